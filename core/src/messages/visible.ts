/** Text without characters that cannot be seen but turn text around, hide it or act on a terminal. */
export function withoutControls(text: string): string {
  return text.replaceAll(/(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu, "");
}
