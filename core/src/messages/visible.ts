/** Text without the invisible characters that reverse or hide text or control a terminal. */
export function withoutControls(text: string): string {
  return text.replaceAll(/(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu, "");
}
