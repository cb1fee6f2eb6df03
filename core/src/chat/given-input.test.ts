import { describe, expect, test } from "vitest";
import { createManualClock } from "../../../test/manual-clock.ts";
import type { LocalizedText } from "../ground/locale.ts";
import { silentLogger } from "../ground/logger.ts";
import { say } from "../messages/sentence.ts";
import type { Caller } from "../people/caller.ts";
import { missingFields } from "../tools/describe.ts";
import { choice, flag, integer, media, text } from "../tools/field.ts";
import { defineTool, type Suggestion, type Tool } from "../tools/tool.ts";
import { formFields } from "./form-fields.ts";
import { fileLimits, fileProblem, wantsForm } from "./given-input.ts";
import { suggest } from "./suggest.ts";

const said = (en: string): LocalizedText => ({ en, "zh-CN": en });
const named = (en: string) => ({ title: said(en), summary: said(`About ${en}.`) });
const sizes = Array.from({ length: 12 }, (_, index) => ({ value: `${index}`, title: said(`Size ${index}`) }));
const tool: Tool = defineTool({
  ...{ name: "make", command: "make", ...named("Make"), effect: "reads" as const },
  input: {
    prompt: text({ ...named("Prompt"), maxLength: 5_000, multiline: true }),
    picture: media({ ...named("Picture"), limits: { kind: "image", maxBytes: 1_000 } }),
    voice: text({ ...named("Voice"), maxLength: 50, completes: true, optional: true }),
    size: choice({ ...named("Size"), choices: sizes, optional: true }),
    seed: integer({ ...named("Seed"), minimum: 0, maximum: 9, optional: true }),
    fast: flag({ ...named("Fast"), optional: true }),
  },
  answer: async () => ({ message: { tone: "info", title: "", private: false }, data: null }),
});
const caller: Caller = { id: "chat:ada", name: "Ada", locale: "en", place: { surface: "chat", conversation: "1" } };

/** @verifies chat.forms, understood.left-out */
describe("a command", () => {
  const free = defineTool({
    ...{ name: "free", command: "free", ...named("Free"), effect: "reads" as const },
    input: { fast: flag({ ...named("Fast"), optional: true }) },
    answer: async () => ({ message: { tone: "info", title: "", private: false }, data: null }),
  });
  const paid = { ...free, effect: "spends", steps: () => [] } as unknown as Tool;

  test.each([
    ["with something needed missing", tool, { prompt: "a fox" }, true],
    ["with something needed invisible", tool, { prompt: "\u200b", picture: "asset" }, true],
    ["with an empty value alone, of a tool that spends", paid, { fast: "" }, true],
    ["with everything that is needed", tool, { prompt: "a fox", picture: "asset" }, false],
    ["without anything, of a tool that spends", paid, {}, true],
    ["with something, of a tool that spends", paid, { fast: true }, false],
    ["without anything, of a tool that needs nothing", free, {}, false],
  ])("its form opens when it comes %s: %#", (_, of, input, opens) => {
    expect(wantsForm(of, { input, files: [] })).toBe(opens);
  });
});

/** @verifies chat.forms */
describe("a form", () => {
  const fields = (given: Parameters<typeof formFields>[1], limits = {}) =>
    formFields(tool, given, { locale: "en", ...limits });

  test("asks for everything in the tool's own order, with what is known", () => {
    const asked = fields({ input: { size: "3", seed: 4 }, files: [] });
    expect(asked.map(({ name, control }) => [name, control.kind])).toEqual([
      ["prompt", "text"],
      ["picture", "file"],
      ["voice", "text"],
      ["size", "choice"],
      ["seed", "text"],
      ["fast", "choice"],
    ]);
    expect(asked[0]?.control).toMatchObject({ multiline: true, minLength: 1, maxLength: 5_000 });
    expect(asked[3]?.control).toMatchObject({ value: "3" });
    expect(asked[4]?.control).toMatchObject({ kind: "text", multiline: false, maxLength: 100, value: "4" });
  });

  test.each([
    [undefined, true],
    ["4", true],
    [0, true],
    ["-1", false],
    ["10000", false],
    ["four", false],
    ["4.5", false],
    [" ４", false],
  ])("asks for a number as one, unless the field could not show what was given: %s", (seed, isNumber) => {
    const { control } = fields({ input: seed === undefined ? {} : { seed }, files: [] })[4]!;
    const number = isNumber ? { number: { decimal: false, minimum: 0, maximum: 9 } } : {};
    const value = seed === undefined ? {} : { value: String(seed) };
    expect(control).toEqual({ kind: "text", multiline: false, maxLength: 100, ...value, ...number });
  });

  test("with too little room asks first for what is required and missing", () => {
    expect(fields({ input: { seed: 4 }, files: [] }, { fields: 3 }).map(({ name }) => name)).toEqual([
      ...["prompt", "picture", "seed"],
    ]);
  });

  test("asks for no file that was given, no text that does not fit, and a long list as text", () => {
    const input = { prompt: "x".repeat(200) };
    const asked = fields({ input, files: ["picture"] }, { textCharacters: 100, choices: 10 });
    expect(asked.map(({ name, control }) => `${name} ${control.kind}`)).toEqual([
      ...["voice text", "size text", "seed text", "fast choice"],
    ]);
  });

  test("asks for a choice as text if one of its values is longer than the platform takes", () => {
    const kinds = (valueCharacters: number) =>
      fields({ input: {}, files: [] }, { valueCharacters }).map(({ name, control }) => `${name} ${control.kind}`);
    expect(kinds(2)).toContain("size choice");
    expect(kinds(1)).toContain("size text");
  });
});

/** @verifies chat.files */
describe("a file", () => {
  const problem = (claim: { size?: number | null; type?: string | null }) => {
    const found = fileProblem(tool, [{ field: "picture", name: "a.bin", ...claim }]);
    return found === null ? null : [found.field, say(found.sentence, "en")];
  };

  test("of the wrong kind or too large is recognized by what the platform says, before it is loaded", () => {
    expect(problem({ type: "audio/wav" })).toEqual([
      ...["picture", "a.bin is not a picture. Nothing was started. Attach another file."],
    ]);
    expect(problem({ type: "image/png", size: 1_001 })?.[1]).toBe(
      "a.bin is 1,001 byte; the limit is 1,000 byte. Nothing was started. Attach a smaller file.",
    );
  });

  test("about which the platform says little is loaded and inspected", () => {
    expect([problem({}), problem({ type: null, size: null }), problem({ type: "application/zip" })]).toEqual([
      ...[null, null, null],
    ]);
    expect(fileProblem(tool, [{ field: "prompt", name: "a" }])).toBeNull();
    expect([fileLimits(tool, "picture")?.kind, fileLimits(tool, "prompt")]).toEqual(["image", undefined]);
    expect(missingFields(tool, ["prompt"])).toEqual(["picture"]);
  });
});

/** @verifies chat.suggest */
describe("suggestions", () => {
  const limits = { limit: 5, valueCharacters: 10, labelCharacters: 12, withinMs: 2_000 };
  const picture = { kind: "image", name: "fox.png", id: "asset_1", createdAt: 0 };
  const make = (complete: () => Promise<Suggestion[]>) => {
    const clock = createManualClock();
    const gallery = async () => [picture, { ...picture, kind: "audio" }] as never;
    const ask = (field: string, partial = "") =>
      suggest(
        { runtime: { complete, gallery }, clock, logger: silentLogger },
        { tool, field, partial, caller },
        limits,
      );
    return { clock, ask };
  };

  test("come from choices, the person's own media and the tool, as many and as long as the platform shows", async () => {
    const voices = ["", "a".repeat(11), "Xiaolin"].map((value) => ({ value, label: `${value} (a cloned voice)` }));
    const { ask } = make(async () => voices);
    expect(await ask("size", "size 1")).toEqual(["1", "10", "11"].map((value) => ({ value, label: `Size ${value}` })));
    expect(await ask("size")).toHaveLength(5);
    expect(await ask("picture", "FOX")).toEqual([{ value: "asset_1", label: "fox.png · 1…" }]);
    expect(await ask("voice")).toEqual([{ value: "Xiaolin", label: "Xiaolin (a…" }]);
    expect([await ask("seed"), await ask("gone")]).toEqual([[], []]);
  });

  test("that fail or come late are left out, and no timer remains", async () => {
    const failing = make(() => Promise.reject(new Error("broken")));
    expect(await failing.ask("voice")).toEqual([]);
    const late = make(() => new Promise(() => {}));
    const asked = late.ask("voice");
    await late.clock.advance(2_000);
    expect(await asked).toEqual([]);
    expect([failing.clock.pending(), late.clock.pending()]).toEqual([0, 0]);
  });
});
