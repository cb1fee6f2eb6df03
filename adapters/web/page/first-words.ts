/** What a filled form is about, in the words of the person. */
export function firstText(input: Record<string, unknown>): string {
  const words = Object.values(input).find((value) => typeof value === "string" && !value.startsWith("asset_"));
  return typeof words === "string" ? words : "";
}
