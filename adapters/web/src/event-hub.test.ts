import { systemRandom } from "@toolcast/core";
import { expect, it, vi } from "vitest";
import { eventReader, testConsole } from "./testing/console.ts";
import { createWebSurface } from "./web-surface.ts";

async function connect(
  console: ReturnType<typeof testConsole>,
  path = "/api/events",
  headers: Record<string, string> = {},
) {
  const response = await console.request(path, { headers });
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  return eventReader(response);
}

it("says hello with the server's name and how many jobs are open", async () => {
  const console = testConsole();
  await console.say("/paint x");
  const events = await connect(console);
  const { instance } = await console.get("/api/state");
  expect(await events.next()).toMatchObject({ event: "hello", data: { instance, openJobs: 1, sequence: 2 } });
});

it("reports added entries, changed jobs, and the answers that follow them", async () => {
  const console = testConsole();
  const events = await connect(console);
  await events.next();
  await console.say("/paint x");
  expect(await events.next()).toMatchObject({ event: "entry", id: "1", data: { text: "/paint x" } });
  expect(await events.next()).toMatchObject({ event: "entry", id: "2", data: { kind: "reply" } });
  console.runtime.change("job_1", { state: { phase: "succeeded" } });
  expect(await events.next()).toMatchObject({ event: "job", data: { id: "job_1", phase: "succeeded" } });
  const changed = await events.next();
  expect(changed).toMatchObject({ event: "entry-changed", data: { sequence: 2, collapsed: true } });
  expect(changed.id).toBeUndefined();
  await console.web.surface.deliver("post", {
    id: "job_1.1",
    place: { surface: "web", conversation: "main" },
    asker: "web:local",
    message: { tone: "success", title: "Done", private: false, jobId: "job_1" },
  });
  expect(await events.next()).toMatchObject({ event: "entry", id: "3", data: { kind: "result" } });
  expect(await events.next()).toMatchObject({ event: "entry-changed", data: { sequence: 2, collapsed: true } });
});

it("sends what was missed since the last event seen, for its conversation only", async () => {
  const console = testConsole();
  await console.say("/paint a");
  await console.post("/api/conversations/other/messages", { text: "/paint elsewhere" });
  await console.say("/paint b");
  const events = await connect(console, "/api/events?conversation=main", { "Last-Event-ID": "2" });
  expect(await events.next()).toMatchObject({ event: "hello" });
  const seen: unknown[] = [];
  while (seen.length < 2) {
    const { event, data } = await events.next();
    if (event === "entry") {
      seen.push(data.text ?? data.kind);
    }
  }
  expect(seen).toEqual(["/paint b", "reply"]);
});

it("speaks the language of each page", async () => {
  const console = testConsole();
  await console.say("/paint a");
  const english = await connect(console, "/api/events?locale=en");
  const chinese = await connect(console, "/api/events?locale=zh-CN");
  for (const [events, title] of [
    [english, "Paint queued"],
    [chinese, "绘画 queued"],
  ] as const) {
    await events.next();
    expect(await events.next()).toMatchObject({ event: "job", data: { message: { title } } });
  }
});

it("shows what another process has written, at the next look", async () => {
  const console = testConsole();
  const other = createWebSurface({
    runtime: console.runtime.asRuntime(),
    clock: console.clock,
    random: systemRandom,
    directory: console.directory,
  });
  const events = await connect(console);
  await events.next();
  await other.surface.deliver("post", {
    id: "d",
    place: { surface: "web", conversation: "main" },
    asker: "web:local",
    message: { tone: "success", title: "From elsewhere", private: false },
  });
  other.close();
  console.clock.move(1_000);
  expect(await events.next()).toMatchObject({ event: "entry", data: { id: "d" } });
});

it("has one timer for all pages, and none without pages", async () => {
  const console = testConsole();
  const pages = await Promise.all([connect(console), connect(console), connect(console)]);
  expect(console.clock.timers).toBe(1);
  console.clock.move(1_000);
  expect(console.clock.timers).toBe(1);
  for (const page of pages) {
    await page.cancel();
  }
  await vi.waitFor(() => expect(console.clock.timers).toBe(0), { timeout: 30_000 });
});

it("watches jobs once for all pages, and only while a page is open", async () => {
  const console = testConsole();
  let watching = 0;
  const { watch } = console.runtime;
  console.runtime.watch = (listener) => {
    watching += 1;
    const stop = watch.call(console.runtime, listener);
    return () => {
      watching -= 1;
      stop();
    };
  };
  expect(watching).toBe(0);
  const pages = [await connect(console), await connect(console)];
  expect(watching).toBe(1);
  await pages[0]?.cancel();
  expect(watching).toBe(1);
  await pages[1]?.cancel();
  await vi.waitFor(() => expect(watching).toBe(0));
});

it("sends nothing twice that has not changed", async () => {
  const console = testConsole();
  const events = await connect(console);
  await events.next();
  await console.say("/paint x");
  await events.next();
  await events.next();
  console.runtime.change("job_1", {});
  expect(await events.next()).toMatchObject({ event: "job" });
  expect(await events.next()).toMatchObject({ event: "entry-changed" });
  console.runtime.change("job_1", {});
  console.clock.move(1_000);
  await console.say("/paint y");
  expect(await events.next()).toMatchObject({ event: "entry", data: { text: "/paint y" } });
});

it("ends the streams when the server stops", async () => {
  const console = testConsole();
  const events = await connect(console);
  await events.next();
  console.web.endStreams();
  await expect(events.next()).rejects.toThrow("ended");
});

// @verifies survives.many-pages
it("opens a stream at the same cost however many are open", async () => {
  const console = testConsole();
  await console.say("/paint x");
  const messages = vi.spyOn(console.runtime, "jobMessage");
  const open = async () => {
    const before = messages.mock.calls.length;
    const events = await connect(console);
    expect(await events.next()).toMatchObject({ event: "hello" });
    expect(await events.next()).toMatchObject({ event: "job" });
    return messages.mock.calls.length - before;
  };
  const first = await open();
  for (let streams = 1; streams < 50; streams += 1) {
    expect(await open()).toBeLessThanOrEqual(first);
  }
});
