import fc from "fast-check";
import { expect, test } from "vitest";
import { secretFindings } from "./cli/doctor-command.ts";
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

test("a secret contained in another leaves nothing of the longer one behind", () => {
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

// @verifies safe.no-secrets
test("after redacting a one-letter secret a JSON document is still valid, with all its names", () => {
  const redact = createRedaction(["e", "5"]);
  const document = { level: 30, time: 1_555, message: "three errors", nested: [{ code: "e", done: true, none: null }] };
  expect(redact.json(document)).toEqual({
    level: 30,
    time: 1_555,
    message: "thr[redacted][redacted] [redacted]rrors",
    nested: [{ code: "[redacted]", done: true, none: null }],
  });
});

test("a whole secret is removed from a JSON document wherever it is", () => {
  const leaf = fc.oneof(
    fc.constant("SECRET-1234567"),
    fc.constant(12_345_678),
    fc.string(),
    fc.integer(),
    fc.boolean(),
  );
  const document = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      leaf,
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom("a", "b", "x-SECRET-1234567"), tie("value"), { maxKeys: 3 }),
    ),
  })).value;
  const redact = createRedaction(["SECRET-1234567", "12345678"]);
  fc.assert(
    fc.property(document, (value) => {
      const said = JSON.stringify(redact.json(value));
      expect(said).not.toContain("SECRET-1234567");
      expect(said).not.toContain("12345678");
    }),
  );
});

test("doctor warns about a secret so short that it appears everywhere", () => {
  const settings = [
    { variable: "TEA_KEY", secret: true },
    { variable: "TEA_NAME", secret: false },
  ];
  const found = (key: string) =>
    secretFindings({ providers: [{ definition: { settings } as never, values: { TEA_KEY: key, TEA_NAME: "x" } }] });
  expect(found("e")).toMatchObject([{ subject: "TEA_KEY", level: "warning" }]);
  expect(found("long enough")).toEqual([]);
});
