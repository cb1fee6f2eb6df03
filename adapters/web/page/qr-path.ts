import { encodeQR } from "qr";

/** Modules of light around the code, as the standard asks for. */
const quietModules = 4;

/** A QR code as the side of its square and the path of its dark modules. */
export function qrPath(text: string): { side: number; path: string } {
  const rows = encodeQR(text, "raw", { border: quietModules });
  const path = rows.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return { side: rows.length, path };
}
