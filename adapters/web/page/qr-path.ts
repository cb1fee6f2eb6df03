import { encodeQR } from "qr";

/** Width of the light border around the code in modules, as the standard requires. */
const quietModules = 4;

/** A QR code as the side length of its square and the path of its dark modules. */
export function qrPath(text: string): { side: number; path: string } {
  const rows = encodeQR(text, "raw", { border: quietModules });
  const path = rows.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return { side: rows.length, path };
}
