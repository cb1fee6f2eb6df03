import { step } from "@toolcast/core";
import { type Capabilities, defineProvider } from "@toolcast/core/provider";
import { expect, expectTypeOf, test } from "vitest";
import type { PosterRequest } from "../../docs/examples/toolcast-inkpress/index.js";
import { verifies } from "../verifies.ts";

const words = { en: "Poster", "zh-CN": "海报" };

test("a plugin's capability is known to steps and operations by declaration merging", () => {
  verifies("built.plugins");
  expectTypeOf<Capabilities["poster"]>().toEqualTypeOf<PosterRequest>();
  const made = step({
    ...{ name: "poster", title: words },
    capability: "poster",
    request: () => ({ headline: "Hello" }),
  });
  expect(made.capability).toBe("poster");
  // @ts-expect-error a poster needs a headline
  step({ name: "poster", title: words, capability: "poster", request: () => ({ colour: "red" }) });
});

test("a provider without a schema gets its variables unchanged", () => {
  verifies("built.plugins");
  const plain = defineProvider({
    ...{ id: "plain", title: words, settings: [{ variable: "PLAIN_KEY", summary: words }] },
    hosts: ({ PLAIN_KEY }) => {
      expectTypeOf(PLAIN_KEY).toEqualTypeOf<string | undefined>();
      return ["plain.example"];
    },
    onLoopback: () => false,
    limits: () => ({ concurrent: 1, startsPerSecond: 1 }),
    create: () => ({ operations: {}, doctor: async () => [] }),
  });
  expect(plain.schema.parse({ PLAIN_KEY: "k", OTHER: undefined })).toEqual({ PLAIN_KEY: "k", OTHER: undefined });
});
