/** Removes secrets from output. */
export interface Redact {
  /** Replaces every secret in a text. */
  (text: string): string;
  /**
   * Replaces every secret in the values of a JSON document, which stays valid. Names and numbers are mostly our own, so
   * only secrets too long to appear there by chance are replaced in them.
   */
  json(value: unknown): unknown;
}

const replacement = "[redacted]";

/** A shorter secret is part of many ordinary words: redacting it leaves gaps everywhere. */
export const leastSecretCharacters = 8;

/**
 * The one place where secrets are removed from output: each value is replaced wherever it appears, plain or as part of
 * JSON, an address or base64.
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

/** For output without secrets. */
export const redactNothing: Redact = createRedaction([]);

function replacing(secrets: readonly string[]): (text: string) => string {
  const forms = secrets.filter((secret) => secret !== "").flatMap(formsOf);
  // Longest first, so that a secret contained in another leaves nothing of the longer one behind.
  const ordered = [...new Set(forms)].sort((one, other) => other.length - one.length);
  if (ordered.length === 0) {
    return (text) => text;
  }
  // In one pass, so that a short secret is not found in the replacement of another.
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
