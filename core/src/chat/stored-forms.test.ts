import { describe, expect, it } from "vitest";
import { choice, media, text } from "../tools/field.ts";
import { defineTool } from "../tools/tool.ts";
import { answerField, fillForm, nextField, type StoredForm } from "./stored-forms.ts";

const words = (name: string) => ({ en: name, "zh-CN": name });
const about = (name: string) => ({ title: words(name), summary: words(name) });
const tool = defineTool({
  name: "paint",
  command: "paint",
  ...about("Paint"),
  effect: "reads",
  input: {
    picture: media({ ...about("Picture"), limits: { kind: "image" } }),
    prompt: text({ ...about("Prompt"), minLength: 3, maxLength: 10 }),
    size: choice({ ...about("Size"), choices: [{ value: "s", title: words("small") }], optional: true }),
  },
  answer: async () => ({ message: { tone: "info", title: "", private: false }, data: null }),
} as unknown as Parameters<typeof defineTool>[0]);
const empty: StoredForm = { command: "paint", input: {}, files: [], private: true, owner: "chat:ada" };

// @verifies chat.forms-kept
describe("a form", () => {
  it("asks for what is required and missing, one at a time, and names the problem with a wrong answer", () => {
    expect(nextField(tool, empty)).toBe("picture");
    expect(answerField(tool, { ...empty, next: "prompt" }, { file: 1 })).toEqual({
      problem: { key: "answer.no-file-here" },
    });
    const pictured = answerField(tool, empty, { file: { id: 1 } });
    expect(pictured).toEqual({ form: { ...empty, files: [{ field: "picture", file: { id: 1 } }] } });
    const form = "form" in pictured ? pictured.form : empty;
    expect(nextField(tool, form)).toBe("prompt");
    expect(answerField(tool, form, { text: "a" })).toMatchObject({ problem: { en: expect.stringContaining("3") } });
    const whole = answerField(tool, { ...form, next: "prompt" }, { text: " a fox " });
    expect(whole).toEqual({ form: { ...form, input: { prompt: "a fox" } } });
    expect(nextField(tool, "form" in whole ? whole.form : empty)).toBeNull();
  });

  it("filled as a whole is merged with what was known: emptied inputs are left out, unknown ones ignored", () => {
    const known = {
      ...empty,
      input: { prompt: "a fox", size: "s", gone: 1 },
      files: [{ field: "picture", file: "old" }],
    };
    expect(fillForm(tool, known, { input: { size: "s" }, files: [], filled: ["prompt", "size"] })).toEqual({
      input: { size: "s" },
      files: [{ field: "picture", file: "old" }],
      private: true,
    });
    const files = [{ field: "picture", file: "new" }];
    expect(fillForm(tool, known, { input: {}, files, filled: ["picture"] })).toMatchObject({
      input: { prompt: "a fox", size: "s" },
      files,
    });
  });
});
