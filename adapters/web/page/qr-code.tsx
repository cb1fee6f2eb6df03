import { qrPath } from "./qr-path.ts";

/** A QR code for another device's camera: dark on light in every colour scheme, because many readers need that. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { side, path } = qrPath(text);
  return (
    <svg class="qr" viewBox={`0 0 ${side} ${side}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <rect class="qr-ground" width={side} height={side} rx={2} />
      <path class="qr-ink" d={path} />
    </svg>
  );
}
