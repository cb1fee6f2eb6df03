import { array, check, constant, oneof, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { anyText } from "../../../test/any-text.ts";
import { ToolcastError } from "../errors/errors.ts";
import { say } from "../messages/sentence.ts";
import { parseCommandLine } from "./command-line.ts";
import { choice, flag, integer, media, text } from "./field.ts";
import { defineTool, type Tool } from "./tool.ts";

const both = (words: string) => ({ en: words, "zh-CN": words });
const about = { title: both("Title"), summary: both("Summary") };
const answer = async () => ({ message: { tone: "info" as const, title: "" }, data: null });

const image = defineTool({
  name: "generate_image",
  command: "image",
  ...about,
  effect: "reads",
  primary: "prompt",
  input: {
    prompt: text({ ...about, maxLength: 1_000 }),
    size: choice({ ...about, optional: true, choices: [{ value: "512x512", title: both("512x512") }] }),
    count: integer({ ...about, optional: true, minimum: 1, maximum: 4 }),
    negative_prompt: text({ ...about, optional: true, maxLength: 100 }),
    draft: flag({ ...about, optional: true }),
  },
  answer,
});
const clone = defineTool({
  name: "clone_voice",
  command: "clone",
  ...about,
  effect: "reads",
  input: { audio: media({ ...about, limits: { kind: "audio" } }), consent: flag({ ...about, optional: true }) },
  answer,
});
const tools: Tool[] = [image, clone];
const parse = (line: string) => parseCommandLine(line, tools);
const refusal = (line: string) => {
  try {
    parse(line);
  } catch (error) {
    if (ToolcastError.isInstance(error)) {
      return {
        field: error.failure.field,
        en: say(error.failure.sentence, "en"),
        zh: say(error.failure.sentence, "zh-CN"),
      };
    }
    throw error;
  }
  throw new Error(`accepted: ${line}`);
};

describe("parseCommandLine", () => {
  it("lists the inputs as each language separates them", () => {
    expect(refusal("/clone --sound x")).toMatchObject({
      en: "There is no input “--sound”. Available: --audio, --consent.",
      zh: "没有名为“--sound”的参数。可用参数：--audio、--consent。",
    });
    expect(refusal("/clone x").zh).toContain("可用参数：--audio、--consent。");
  });

  it("finds a command by its own or its agents' name, with dashes or underscores", () => {
    for (const word of ["image", "IMAGE", "generate_image", "generate-image"]) {
      expect(parse(`/${word} x`)).toEqual({ command: "image", input: { prompt: "x" } });
    }
  });

  it("reads free text and named inputs", () => {
    expect(parse("/image 日照金山 --size 512x512 --count 2")).toEqual({
      command: "image",
      input: { prompt: "日照金山", size: "512x512", count: "2" },
    });
  });

  it("accepts a full-width slash, capitals and the tool's programmatic name", () => {
    expect(parse("／image 山")).toEqual({ command: "image", input: { prompt: "山" } });
    expect(parse("  /Image x")).toEqual({ command: "image", input: { prompt: "x" } });
    expect(parse("/generate_image x")).toEqual({ command: "image", input: { prompt: "x" } });
  });

  it.each([
    ['--negative-prompt "bad hands"', "bad hands"],
    ["--negative-prompt “bad hands”", "bad hands"],
    ["--negative-prompt ‘bad hands’", "bad hands"],
    ["--negative-prompt='bad hands'", "bad hands"],
    ["negative_prompt=「bad hands」", "bad hands"],
    ["negative-prompt＝“bad hands", "“bad"],
    ["--negative_prompt bad", "bad"],
    ["—negative-prompt bad", "bad"],
    ['--negative-prompt "say \\"no\\" twice"', 'say "no" twice'],
    ['--negative-prompt "--size"', "--size"],
    ["--negative-prompt=", ""],
  ])("reads %s", (line, expected) => {
    expect(parse(`/image x ${line}`)?.input.negative_prompt).toBe(expected);
  });

  it("keeps a description as it was typed", () => {
    expect(parse("/image a cat's  hat\nwith e=mc² and “open” --count 2")?.input).toEqual({
      prompt: "a cat's  hat\nwith e=mc² and “open”",
      count: "2",
    });
    expect(parse("/image “one quoted description”")?.input).toEqual({ prompt: "one quoted description" });
    expect(parse("/image 山——水 —云")?.input).toEqual({ prompt: "山——水 —云" });
    expect(parse("/image before --count 2 after it")?.input).toEqual({ prompt: "before after it", count: "2" });
    expect(parse("/image -- --size is a flag")?.input).toEqual({ prompt: "--size is a flag" });
  });

  it("accepts a yes-or-no input without a value", () => {
    expect(parse("/image --draft 日照金山")?.input).toEqual({ draft: "true", prompt: "日照金山" });
    expect(parse("/image 日照金山 --draft no")?.input).toEqual({ draft: "no", prompt: "日照金山" });
    expect(parse("/clone --consent --audio asset_1")?.input).toEqual({ consent: "true", audio: "asset_1" });
  });

  it("returns null for text that is not a command", () => {
    expect(parse("日照金山")).toBeNull();
    expect(parse("")).toBeNull();
    expect(parse("and/or")).toBeNull();
  });

  it("names an unknown command and lists the known ones", () => {
    expect(refusal("/paint x").en).toContain("/paint");
    expect(refusal("/paint x").zh).toContain("/image、/clone");
    expect(refusal("/").en).toContain("/image");
  });

  // @verifies tried.misspelt
  it("names the command that was probably meant", () => {
    expect(refusal("/imge a fox").en).toBe("There is no command “/imge”. Did you mean /image?");
    expect(refusal("/imagine a fox").en).toBe("There is no command “/imagine”. Did you mean /image?");
    // Three letters say little.
    expect(refusal("/ima").en).not.toContain("Did you mean");
    expect(refusal("／Clnoe x").zh).toBe("没有“/Clnoe”命令。您要输入的是不是 /clone？");
  });

  it("names an unknown input and lists the known ones", () => {
    const { field, en, zh } = refusal("/image x --negativ-prompt y");
    expect(field).toBe("negativ_prompt");
    const names = ["--prompt", "--size", "--count", "--negative-prompt", "--draft"];
    for (const [sentence, separator] of [
      [en, ", "],
      [zh, "、"],
    ] as const) {
      expect(sentence).toContain("--negativ-prompt");
      expect(sentence).toContain(names.join(separator));
    }
  });

  it("refuses a missing value, a value given twice, and stray words", () => {
    expect(refusal("/image x --size").field).toBe("size");
    expect(refusal("/image x --size --count 2").field).toBe("size");
    expect(refusal("/image x --count 2 count=3").field).toBe("count");
    expect(refusal("/image x --prompt y").field).toBe("prompt");
    expect(refusal("/clone my voice").en).toContain("--audio, --consent");
  });

  it("names the rest of a value with spaces that lacks quotes, and how to write it", () => {
    const { field, en, zh } = refusal("/image prompt=a lighthouse at dusk");
    expect(field).toBe("prompt");
    expect(en).toBe('“lighthouse at dusk” belongs to no input. Put a value with spaces in quotes: --prompt "…".');
    expect(zh).toContain("“lighthouse at dusk”");
  });

  it("is not fooled by names that every object has", () => {
    expect(refusal("/image x --constructor y").field).toBe("constructor");
    expect(parse("/image toString=1")?.input).toEqual({ prompt: "toString=1" });
  });

  it("reads a megabyte of opening quotes in linear time", () => {
    const words = "“a ".repeat(300_000).trim();
    expect(parse(`/image ${words}`)?.input.prompt).toBe(words);
  });

  it("throws nothing but usage errors, and returns only text", () => {
    const piece = oneof(
      anyText(),
      ...[
        "/image",
        "／clone",
        "--",
        "—",
        "size",
        "=",
        '"',
        "“",
        "”",
        "'",
        "\\",
        " ",
        "\n",
        "--draft",
        "__proto__",
        "count=2",
      ].map((word) => constant(word)),
    );
    const result = check(
      property(array(piece, { maxLength: 12 }), (pieces) => {
        for (const line of [pieces.join(""), `/image ${pieces.join("")}`, `/clone ${pieces.join(" ")}`]) {
          try {
            const parsed = parse(line);
            expect(Object.values(parsed?.input ?? {}).every((value) => typeof value === "string")).toBe(true);
          } catch (error) {
            expect(ToolcastError.isInstance(error) && error.failure.kind).toBe("usage");
          }
        }
      }),
      { numRuns: 2_000 },
    );
    expect(result.failed, JSON.stringify(result.counterexample)).toBe(false);
  });

  it.each([
    ["/image a fox --private", { prompt: "a fox" }, ["private"]],
    ["/image —private a fox --size 1024x1024", { prompt: "a fox", size: "1024x1024" }, ["private"]],
    ["/image a fox --private 否", { prompt: "a fox" }, []],
    ['/image "a --private fox"', { prompt: "a --private fox" }, []],
    ["/image a fox", { prompt: "a fox" }, []],
  ])("a place's own flag is kept apart from the tool's inputs: %s", (line, input, flags) => {
    expect(parseCommandLine(line, tools, { flags: ["private"] })).toEqual({ command: "image", input, flags });
  });
});
