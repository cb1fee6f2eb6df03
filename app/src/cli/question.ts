import { createInterface } from "node:readline/promises";
import type { Locale, MessageAction } from "@toolcast/core";
import type { Writable } from "./output.ts";
import { plainText } from "./plain-text.ts";

/**
 * Lets the person at the terminal choose one of the actions; null when they choose none or close the input. Rejects
 * when `signal` is aborted meanwhile.
 */
export async function chooseAction(
  actions: readonly MessageAction[],
  options: { locale: Locale; stdin: NodeJS.ReadStream; stderr: Writable; signal: AbortSignal },
): Promise<MessageAction | null> {
  const { locale, stdin, stderr, signal } = options;
  const list = actions.map(({ label }, index) => `  ${index + 1}) ${plainText(label)}`).join("\n");
  stderr.write(`${list}\n`);
  const prompt =
    locale === "en"
      ? `1-${actions.length}, or Enter to decide later: `
      : `请选择 1-${actions.length}，直接回车则稍后决定：`;
  const reader = createInterface({ input: stdin, output: stderr as NodeJS.WritableStream, terminal: false });
  const ended = new Promise<string>((resolve) => reader.once("close", () => resolve("")));
  try {
    for (;;) {
      const answer = (await Promise.race([reader.question(prompt, { signal }), ended])).trim();
      if (answer === "") {
        return null;
      }
      const chosen = /^\d+$/.test(answer) ? actions[Number(answer) - 1] : undefined;
      if (chosen !== undefined) {
        return chosen;
      }
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    reader.close();
  }
}
