import fc from "fast-check";
import { expect, test } from "vitest";
import { createRedaction } from "./redaction.ts";

// @verifies safe.no-secrets

test("a secret is replaced plain, in JSON, in an address and in base64", () => {
  const secret = 'pa"ss/wörd+1';
  const redact = createRedaction([secret]);
  const text = [
    secret,
    JSON.stringify({ key: secret }),
    `https://vendor.example/?key=${encodeURIComponent(secret)}`,
    Buffer.from(secret).toString("base64"),
  ].join("\n");
  expect(redact(text)).toBe('[redacted]\n{"key":"[redacted]"}\nhttps://vendor.example/?key=[redacted]\n[redacted]');
});

test("a secret within another one leaves nothing of the longer one behind", () => {
  expect(createRedaction(["abc", "abcdef"])("abcdef abc")).toBe("[redacted] [redacted]");
});

test("no secret, or an empty one, changes nothing", () => {
  expect(createRedaction([])("text")).toBe("text");
  expect(createRedaction([""])("text")).toBe("text");
});

// @verifies safe.no-secrets
test("whatever the secret and the text around it, the secret is gone", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 12 }), fc.string(), fc.string(), (secret, before, after) => {
      expect(createRedaction([secret])(before + secret + after)).not.toContain(secret);
    }),
  );
});
