/** Replaces every secret in a text. */
export type Redact = (text: string) => string;

const replacement = "[redacted]";

/**
 * The one place where secrets are taken out of what is printed: each value is replaced wherever it appears, plain, as
 * part of JSON, of an address or of base64.
 */
export function createRedaction(secrets: readonly string[]): Redact {
  const forms = secrets.filter((secret) => secret !== "").flatMap(formsOf);
  // Longest first, so that a secret within another one leaves nothing of the longer one behind.
  const ordered = [...new Set(forms)].sort((one, other) => other.length - one.length);
  return (text) => ordered.reduce((clean, form) => clean.replaceAll(form, replacement), text);
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
