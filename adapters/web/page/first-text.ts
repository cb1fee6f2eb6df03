/** The text that best describes a filled form: the first that the person wrote. */
export function firstText(input: Record<string, unknown>): string {
  const text = Object.values(input).find((value) => typeof value === "string" && !value.startsWith("asset_"));
  return typeof text === "string" ? text : "";
}
