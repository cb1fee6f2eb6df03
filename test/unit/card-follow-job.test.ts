import { afterEach, expect, test, vi } from "vitest";

/** Imported by its path: it is written for browsers, whose types these tests do without. */
const page = new URL("../../adapters/mcp/card/follow-job.ts", import.meta.url).href;

interface Page {
  followJob(following: {
    app: { callServerTool(): Promise<object> };
    job: string;
    locale(): "en";
    onState(state: unknown): void;
    onSilence(): void;
  }): () => void;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

// @verifies mcp.card
test("an answer that comes after the card has turned to another job is not shown", async () => {
  vi.stubGlobal("document", { hidden: false, addEventListener() {}, removeEventListener() {} });
  const { followJob } = (await import(/* @vite-ignore */ page)) as Page;
  const answer = Promise.withResolvers<object>();
  const shown: unknown[] = [];
  const stop = followJob({
    app: { callServerTool: () => answer.promise },
    job: "job_1",
    locale: () => "en",
    onState: (state) => shown.push(state),
    onSilence: () => shown.push("silence"),
  });
  stop();
  answer.resolve({ structuredContent: { ended: true, tone: "success" } });
  await new Promise((resolve) => setImmediate(resolve));
  expect(shown).toEqual([]);
});
