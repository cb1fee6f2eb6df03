/** Takes secrets out of what is printed. */
export interface Redact {
  /** Replaces every secret in a text. */
  (text: string): string;
  /**
   * Replaces every secret in the values of a JSON document, which stays one. Names and numbers are mostly our own: only a
   * secret too long to stand in them by chance is looked for there.
   */
  json(value: unknown): unknown;
}

const replacement = "[redacted]";

/** A secret that is shorter stands in many words that are none: taken out, it leaves holes everywhere. */
export const leastSecretCharacters = 8;

/**
 * The one place where secrets are taken out of what is printed: each value is replaced wherever it appears, plain, as
 * part of JSON, of an address or of base64.
 */
export function createRedaction(secrets: readonly string[]): Redact {
  const inText = replacing(secrets);
  const ofLongSecrets = replacing(secrets.filter(({ length }) => length >= leastSecretCharacters));
  const json = (value: unknown): unknown => {
    if (typeof value === "string") {
      return inText(value);
    }
    if (typeof value === "number") {
      const said = String(value);
      return ofLongSecrets(said) === said ? value : replacement;
    }
    if (Array.isArray(value)) {
      return value.map(json);
    }
    return typeof value === "object" && value !== null
      ? Object.fromEntries(Object.entries(value).map(([name, inside]) => [ofLongSecrets(name), json(inside)]))
      : value;
  };
  return Object.assign((text: string) => inText(text), { json });
}

/** Nothing is secret. */
export const redactNothing: Redact = createRedaction([]);

function replacing(secrets: readonly string[]): (text: string) => string {
  const forms = secrets.filter((secret) => secret !== "").flatMap(formsOf);
  // Longest first, so that a secret within another one leaves nothing of the longer one behind.
  const ordered = [...new Set(forms)].sort((one, other) => other.length - one.length);
  if (ordered.length === 0) {
    return (text) => text;
  }
  // In one pass, so that a short secret is not found in the word that stands for another one.
  const any = new RegExp(ordered.map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "g");
  return (text) => text.replaceAll(any, replacement);
}

function formsOf(secret: string): string[] {
  const base64 = Buffer.from(secret, "utf8").toString("base64");
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    base64,
    base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, ""),
  ];
}
