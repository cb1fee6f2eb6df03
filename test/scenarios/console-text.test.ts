import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Message } from "@toolcast/core";
import type { StartEnd } from "@toolcast/core/provider";
import { createWebSurface } from "@toolcast/web";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createInstallation, type Installation } from "../runtime-fixture.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { verifies } from "../verifies.ts";

let world: Installation;
let directory: string;
beforeEach(async () => {
  world = await createInstallation();
  directory = await mkdtemp(join(tmpdir(), "toolcast-console-text-"));
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

/** The console on a scripted installation, and the messages of first answers as its event stream brings them. */
async function openConsole(language: string) {
  const { runtime } = await world.open({ attached: false });
  const random = createSeededRandom(5);
  const web = createWebSurface({ runtime, clock: world.clock, random, directory });
  runtime.attach(web.surface);
  const headers = { "accept-language": language };
  const request = (path: string, init: RequestInit = {}) =>
    web.fetch(new Request(`http://127.0.0.1:3000${path}`, { headers, ...init }), { remoteAddress: "127.0.0.1" });
  const stream = await request("/api/events?conversation=main");
  const heard: Message[] = [];
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  const reading = (async () => {
    let buffered = "";
    for (let { value, done } = await reader.read(); !done; { value, done } = await reader.read()) {
      const blocks = `${buffered}${value}`.split("\n\n");
      buffered = blocks.pop() ?? "";
      for (const block of blocks) {
        const [, event] = /^event: (.*)$/m.exec(block) ?? [];
        const [, data] = /^data: (.*)$/m.exec(block) ?? [];
        const { message } = (data === undefined ? {} : JSON.parse(data)) as { message?: Message };
        if (event === "entry-changed" && message !== undefined) heard.push(message);
      }
    }
  })();
  return {
    heard,
    say: (text: string) =>
      request("/api/conversations/main/messages", { method: "POST", headers, body: JSON.stringify({ text }) }),
    async press(action: string, subject: string) {
      return request("/api/press", {
        method: "POST",
        headers,
        body: JSON.stringify({ action, subject }),
      });
    },
    async [Symbol.asyncDispose]() {
      web.close();
      await reading.catch(() => {});
    },
  };
}

test.each([
  ["en", "Stop", "charged all the same"],
  ["zh-CN", "停止", "仍会计费"],
])("%s: a text is sent to the open page as it grows, with a button that stops it", async (locale, stopLabel, told) => {
  verifies("console.text-grows", "text.stop");
  await using console = await openConsole(locale);
  const { promise, resolve } = Promise.withResolvers<StartEnd>();
  world.provider.nextStart("text", () => promise);
  expect((await console.say("/ask Why?")).ok).toBe(true);
  await world.until(() => world.provider.starts.length === 1);
  const { onText, stop } = world.provider.starts[0]!.context;
  for (const piece of ["Because ", "it ", "is"]) {
    onText?.(piece);
    await world.pass(1_000);
  }
  const grown = console.heard.flatMap(({ growing, lines = [] }) => (growing ? [lines.at(-1)] : []));
  expect([...new Set(grown)]).toEqual(["Because ", "Because it ", "Because it is"]);
  const button = console.heard.at(-1)?.actions?.find(({ label }) => label === stopLabel);
  stop?.addEventListener("abort", () =>
    resolve({ end: "done", output: { media: [], text: "Because it is", stopped: true } }),
  );
  await console.press(button!.action, button!.subject);
  await world.until(() => world.jobs()[0]?.state.phase === "cancelled");
  const { lines = [] } = await lastMessage();
  expect(lines[0]).toContain(told);
  expect(lines).toContain("Because it is");

  async function lastMessage(): Promise<Message> {
    await world.pass(1_000);
    const { runtime } = await world.open({ attached: false, started: false });
    const [job] = world.jobs();
    return runtime.jobMessage(job!, { ...job!.caller, locale: locale as "en" });
  }
});
