import { expect, test } from "vitest";
import { createLogger } from "./logging.ts";
import { createRedaction } from "./redaction.ts";

function capture(isTTY: boolean, level = "info") {
  const lines: string[] = [];
  const output = { isTTY, write: (text: string) => lines.push(text) };
  return { lines, logger: createLogger({ level, redact: createRedaction(["hunter2-secret"]), output }) };
}

test("a secret never reaches the log, wherever it is", () => {
  const { lines, logger } = capture(false);
  logger.error({ err: new Error("refused hunter2-secret"), nested: { key: "hunter2-secret" } }, "key hunter2-secret");
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toContain("hunter2");
  expect(JSON.parse(lines[0]!)).toMatchObject({ msg: "key [redacted]", nested: { key: "[redacted]" } });
});

test("only an error's message and stack are written, not its library's extra properties", () => {
  const { lines, logger } = capture(false);
  const cause = Object.assign(new Error("reset"), { code: "ECONNRESET", requestBody: "what was sent" });
  const error = Object.assign(new Error("no answer", { cause }), { url: "https://host.example/one-time-token" });
  logger.error({ err: error }, "failed");
  const { err } = JSON.parse(lines[0]!);
  expect(err).toMatchObject({ type: "Error", message: "no answer", cause: { message: "reset", code: "ECONNRESET" } });
  expect(err.stack).toContain("logging.test.ts");
  expect(lines[0]).not.toMatch(/one-time-token|what was sent/);
});

test("a terminal gets one short line", () => {
  const { lines, logger } = capture(true);
  logger.info({ port: 3000 }, "listening");
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d info listening \{"port":3000\}\n$/);
});

test("what is below the level is not written", () => {
  const { lines, logger } = capture(false, "warn");
  logger.info({}, "quiet");
  expect(lines).toEqual([]);
});
