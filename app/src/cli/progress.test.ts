import type { Message } from "@toolcast/core";
import stringWidth from "string-width";
import { expect, test } from "vitest";
import { redactNothing } from "../redaction.ts";
import { createOutput } from "./output.ts";
import { barLine, createProgressView } from "./progress.ts";

// @verifies understood.estimate

const message = (fraction?: number): Message => ({
  tone: "progress",
  title: "Making it",
  private: true,
  progress: { fraction, estimated: true, label: "3 sec so far" },
});

test("an estimate is marked as one, and unfinished work is never at 100 %", () => {
  expect(barLine(message(0.5), 0, 80, "en")).toMatch(/█{12}░{12} {2}50 % \(estimated\) 3 sec so far$/);
  expect(barLine(message(0.5), 0, 80, "zh-CN")).toContain("（估计）");
  expect(barLine(message(1), 0, 80, "en")).toContain(" 99 %");
});

test("an estimate is marked once, even on a terminal too narrow for the text that marks it", () => {
  for (const [locale, label] of [
    ["en", "3 sec so far; usually 40 sec (estimate)"],
    ["zh-CN", "已用时 3 秒，通常约 40 秒（估计值）"],
  ] as const) {
    const shown = { ...message(0.5), progress: { fraction: 0.5, estimated: true, label } };
    for (const columns of [120, 90, 80, 60, 50]) {
      expect(barLine(shown, 0, columns, locale).match(/estimate|估计/g), `${columns}`).toHaveLength(1);
    }
  }
});

test("the line never wraps", () => {
  for (const columns of [20, 40, 80]) {
    expect(
      stringWidth(barLine({ ...message(), title: "长".repeat(100), progress: undefined }, 0, columns, "en")),
    ).toBeLessThan(columns);
  }
  expect(
    stringWidth(
      barLine({ ...message(0.5), progress: { fraction: 0.5, estimated: true, label: "长".repeat(100) } }, 0, 80, "en"),
    ),
  ).toBeLessThan(80);
});

test("a waiting job says why it waits", () => {
  const waiting: Message = { tone: "progress", title: "Waiting", lines: ["The vendor rests."], private: true };
  expect(barLine(waiting, 0, 80, "en")).toContain("Waiting The vendor rests.");
});

test("without a terminal each state is printed once", () => {
  const said: string[] = [];
  const output = createOutput({
    stdout: { write: () => {} },
    stderr: { write: (text) => said.push(text) },
    json: false,
    locale: "en",
    redact: () => redactNothing,
  });
  const view = createProgressView(output);
  view.show(message(0.1));
  view.show(message(0.2));
  view.show({ ...message(0.3), title: "Waiting", lines: ["The vendor rests until 4 pm."] });
  view.show({ ...message(0.3), title: "Nearly there" });
  view.show(message(0.4));
  expect(said).toEqual(["Making it\n", "Waiting\n", "  The vendor rests until 4 pm.\n", "Nearly there\n"]);
});

test("a text that still grows is shown by its end, in one line, and said only once where there is no terminal", () => {
  const growing = (text: string) => ({ ...message(0.5), growing: true, lines: ["Step 1", text] });
  expect(barLine(growing("It is\nblue"), 0, 80, "en")).toBe("⠋ It is blue");
  const long = barLine(growing("字".repeat(100)), 0, 40, "zh-CN");
  expect(long).toMatch(/^⠋ …字+$/);
  expect(stringWidth(long)).toBeLessThan(40);
  const noted: string[] = [];
  const view = createProgressView({ terminal: null, locale: "en", note: (text: string) => noted.push(text) } as never);
  view.show(growing("It"));
  view.show(growing("It is blue"));
  expect(noted.filter((text) => text.includes("It"))).toEqual([]);
  expect(noted).toContain("  Step 1");
});
