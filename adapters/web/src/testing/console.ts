import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemRandom } from "@toolcast/core";
import type { Clock } from "@toolcast/core/engine";
import { onTestFinished } from "vitest";
import type { WebSurfaceOptions } from "../options.ts";
import { createWebSurface } from "../web-surface.ts";
import type { AssetView, ErrorView, OutcomeView, StateView } from "../wire.ts";
import { FakeRuntime } from "./fake-runtime.ts";

/** Any answer of the console: a test reads the parts that it expects. */
export type AnyAnswer = OutcomeView & ErrorView & AssetView & StateView;

export async function read(response: Response): Promise<AnyAnswer> {
  return (await response.json()) as AnyAnswer;
}

/** A clock that advances only when a test moves it. */
class ManualClock implements Clock {
  #now = 1_000_000;
  #timers = new Set<{ at: number; callback: () => void }>();
  now = () => this.#now;
  monotonic = () => this.#now;
  setTimer(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#now + delayMs, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }
  move(byMs: number): void {
    this.#now += byMs;
    for (const timer of [...this.#timers]) {
      if (timer.at <= this.#now) {
        this.#timers.delete(timer);
        timer.callback();
      }
    }
  }
  get timers(): number {
    return this.#timers.size;
  }
}

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "toolcast-web-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A console with a fake runtime; requests come as from a page on this machine. */
export function testConsole(options: Partial<WebSurfaceOptions> = {}) {
  const runtime = new FakeRuntime();
  const clock = new ManualClock();
  const directory = options.directory ?? temporaryDirectory();
  const web = createWebSurface({ runtime: runtime.asRuntime(), clock, random: systemRandom, directory, ...options });
  onTestFinished(() => web.close());
  const request = (path: string, init: RequestInit & { duplex?: "half" } = {}, remoteAddress = "127.0.0.1") =>
    web.fetch(new Request(`http://127.0.0.1:3000${path}`, init), { remoteAddress });
  return {
    web,
    runtime,
    clock,
    directory,
    request,
    get: async (path: string, headers: Record<string, string> = {}) => read(await request(path, { headers })),
    post: (path: string, body: unknown, headers: Record<string, string> = {}) =>
      request(path, { method: "POST", body: JSON.stringify(body), headers }),
    /** Sends a line in the main conversation. */
    say: (text: string, headers: Record<string, string> = {}) =>
      request("/api/conversations/main/messages", { method: "POST", body: JSON.stringify({ text }), headers }),
  };
}

/** Reads server-sent events one by one. */
export function eventReader(response: Response) {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let buffered = "";
  return {
    async next(): Promise<{ event: string; id?: string; data: Record<string, unknown> }> {
      for (;;) {
        const end = buffered.indexOf("\n\n");
        if (end >= 0) {
          const block = buffered.slice(0, end);
          buffered = buffered.slice(end + 2);
          const lines = new Map(block.split("\n").map((line) => line.split(/: (.*)/s) as unknown as [string, string]));
          const data = lines.get("data");
          if (data !== undefined) {
            const id = lines.get("id");
            return { event: lines.get("event")!, id, data: JSON.parse(data) };
          }
          continue;
        }
        const { value, done } = await reader.read();
        if (done) {
          throw new Error("the stream has ended");
        }
        buffered += value;
      }
    },
    cancel: () => reader.cancel(),
  };
}
