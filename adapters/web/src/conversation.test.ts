import { describe, expect, it } from "vitest";
import { read, testConsole } from "./testing/console.ts";
import type { EntryView } from "./wire.ts";

const entriesOf = async (console: ReturnType<typeof testConsole>, query = ""): Promise<EntryView[]> =>
  (await console.get(`/api/conversations/main/entries${query}`)).entries;

describe("a typed line", () => {
  it("is recorded, called with its key and place, answered and acknowledged", async () => {
    const console = testConsole();
    const response = await console.say("/paint 日照金山 --count 2", {
      "Idempotency-Key": "k1",
      "X-Toolcast-Locale": "zh-CN",
    });
    expect(response.status).toBe(202);
    const body = await read(response);
    expect(body).toMatchObject({ outcome: "job", repeated: false, jobId: "job_1", message: { title: "绘画 queued" } });
    expect(console.runtime.calls).toEqual([
      {
        tool: "paint",
        input: { prompt: "日照金山", count: "2" },
        key: "web:main:k1",
        caller: {
          id: "web:local",
          name: { en: "the console", "zh-CN": "控制台" },
          locale: "zh-CN",
          place: { surface: "web", conversation: "main" },
        },
      },
    ]);
    const entries = await entriesOf(console);
    expect(entries).toMatchObject([
      { kind: "request", text: "/paint 日照金山 --count 2" },
      { kind: "reply", replyTo: entries[0]!.id, job: { id: "job_1", phase: "queued", ended: false } },
    ]);
    expect(console.runtime.acknowledgements).toEqual([{ jobId: "job_1", receipt: { entry: entries[1]!.id } }]);
  });

  it("is one request under one key, even after a restart", async () => {
    const first = testConsole();
    await first.say("/paint x", { "Idempotency-Key": "k1" });
    const repeat = await read(await first.say("/paint x", { "Idempotency-Key": "k1" }));
    expect(repeat).toMatchObject({ repeated: true, jobId: "job_1" });
    expect(first.runtime.calls).toHaveLength(1);
    first.web.close();
    const second = testConsole({ directory: first.directory });
    expect((await read(await second.say("/paint x", { "Idempotency-Key": "k1" }))).repeated).toBe(true);
    expect(second.runtime.calls).toHaveLength(0);
    expect(await entriesOf(second)).toHaveLength(2);
    expect((await second.say("/paint y", { "Idempotency-Key": "k1" })).status).toBe(409);
    expect((await second.say("/paint y", { "Idempotency-Key": "a b" })).status).toBe(400);
  });

  it("continues under its key when the first attempt failed before it was answered", async () => {
    const console = testConsole();
    console.runtime.trouble = new Error("disk is full: secret path");
    const broken = await console.say("/paint x", { "Idempotency-Key": "k1" });
    expect(broken.status).toBe(500);
    expect(await broken.text()).not.toContain("disk");
    expect(await entriesOf(console)).toMatchObject([{ kind: "request" }]);
    expect((await console.say("/paint x", { "Idempotency-Key": "k1" })).status).toBe(202);
    expect(await entriesOf(console)).toMatchObject([{ kind: "request" }, { kind: "reply" }]);
  });

  it.each([
    ["en", "/paint x --count 9", "count", /Count must be a whole number from 1 to 4/],
    ["zh-CN", "/paint x --count 9", "count", /数量须为 1 到 4 之间的整数/],
    ["zh-CN", "/paint x --colour red", "colour", /--colour/],
    ["en", "/nothing", undefined, /\/nothing/],
  ])(
    "with a mistake is refused in %s, names the field and stays in the conversation",
    async (locale, text, field, said) => {
      const console = testConsole();
      const response = await console.say(text, { "Accept-Language": locale });
      const body = await read(response);
      expect(response.status).toBe(422);
      expect(body.field).toBe(field);
      expect(body.error.title).toMatch(said);
      expect(body.entries).toMatchObject([{ text }, { kind: "reply", message: { tone: "warning" } }]);
      expect(console.runtime.jobsById.size).toBe(0);
    },
  );

  it("with a mistake in an input offers the form filled with what was typed", async () => {
    const console = testConsole();
    const { error } = await read(await console.say("/paint 日照金山 --count 9", { "Accept-Language": "zh-CN" }));
    expect(error.actions).toEqual([
      {
        action: "form",
        subject: "paint",
        label: "用表单填写",
        style: "plain",
        form: { command: "paint", input: { prompt: "日照金山", count: "9" } },
      },
    ]);
    // A form that was sent needs no other form, and an unknown command has none.
    const form = { command: "paint", input: {} };
    const filled = await read(await console.post("/api/conversations/main/messages", form));
    const unknown = await read(await console.say("/nothing"));
    expect([filled.error.actions, unknown.error.actions]).toEqual([undefined, undefined]);
  });

  it("without a command offers the tools that could take it", async () => {
    const console = testConsole();
    const body = await read(await console.say("日照金山"));
    expect(body.outcome).toBe("answer");
    expect(body.message.actions).toMatchObject([{ form: { command: "paint", input: { prompt: "日照金山" } } }]);
    expect(console.runtime.calls).toEqual([]);
  });
});

describe("a form", () => {
  it("is called with its values", async () => {
    const console = testConsole();
    const form = { command: "paint", input: { prompt: "x", count: 3 } };
    expect((await console.post("/api/conversations/other/messages", form)).status).toBe(202);
    expect(console.runtime.calls[0]).toMatchObject({
      tool: "paint",
      input: form.input,
      caller: { place: { conversation: "other" } },
    });
    expect(await console.get("/api/conversations/other/entries")).toMatchObject({
      entries: [{ form }, { kind: "reply" }],
      more: false,
    });
    expect((await console.get("/api/state")).conversations).toMatchObject([{ id: "other", title: "/paint x" }]);
  });

  it("with a mistake shows the field and leaves the conversation alone", async () => {
    const console = testConsole();
    const response = await console.post("/api/conversations/main/messages", { command: "paint", input: {} });
    expect([response.status, (await read(response)).field]).toEqual([422, "prompt"]);
    expect(await entriesOf(console)).toEqual([]);
  });
});

describe("bodies", () => {
  it.each([
    ["not json", 400],
    ['{"text":""}', 400],
    ['{"text":"/paint x","more":1}', 400],
    ['{"command":"paint"}', 400],
    [JSON.stringify({ text: "x".repeat(1024 ** 2) }), 413],
  ])("%#: a wrong one gets %d %d", async (body, status) => {
    const { request, runtime } = testConsole();
    const response = await request("/api/conversations/main/messages", { method: "POST", body });
    expect(response.status).toBe(status);
    expect(await read(response)).toMatchObject({ error: { tone: "error" } });
    expect(runtime.calls).toEqual([]);
  });

  it("of unknown length is cut off at the cap", async () => {
    const { request } = testConsole();
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        sent += 1;
        controller.enqueue(new Uint8Array(64 * 1024));
      },
    });
    const response = await request("/api/conversations/main/messages", { method: "POST", body, duplex: "half" });
    expect(response.status).toBe(413);
    expect(sent).toBeLessThan(30);
  });

  it("a conversation's name is bounded", async () => {
    const { request } = testConsole();
    expect((await request(`/api/conversations/${"x".repeat(65)}/entries`)).status).toBe(404);
    expect((await request("/api/conversations/..%2F/entries")).status).toBe(404);
  });
});

describe("the first answer", () => {
  const request = {
    caller: { id: "web:local", name: "", locale: "en" as const, place: { surface: "web", conversation: "main" } },
  };

  it("follows its job and becomes one line once the result is below it", async () => {
    const console = testConsole();
    await console.say("/paint x");
    console.runtime.change("job_1", {
      state: { phase: "running", step: "s", attempt: "a", since: 0, checks: 0, failedChecks: 0 },
    });
    expect((await entriesOf(console))[1]).toMatchObject({
      message: { title: "Paint running", actions: [{}] },
      job: { ended: false },
    });
    expect((await entriesOf(console))[1]).not.toHaveProperty("collapsed");
    console.runtime.change("job_1", { state: { phase: "succeeded" } });
    const [, reply] = await entriesOf(console);
    expect(reply).toMatchObject({ collapsed: true, message: { title: "Paint succeeded" }, job: { ended: true } });
    expect(reply!.message).not.toHaveProperty("actions");
  });

  it("keeps showing what could not be delivered anywhere else", async () => {
    const console = testConsole();
    await console.say("/paint x");
    const notices = [{ id: "n", about: "outcome" as const, assets: [], state: "kept" as const, attempts: 0 }];
    console.runtime.change("job_1", { state: { phase: "succeeded" }, notices });
    expect((await entriesOf(console))[1]).not.toHaveProperty("collapsed");
  });

  it("is delivered below exactly once, can be found again, and loses its buttons when the job moves on", async () => {
    const console = testConsole();
    const { surface } = console.web;
    console.runtime.addJob(request, { prompt: "x" });
    console.runtime.change("job_1", { state: { phase: "unresolved" } as never });
    const delivery = {
      id: "job_1.1",
      place: request.caller.place,
      asker: "web:local",
      message: {
        tone: "warning" as const,
        title: "Unclear",
        private: false,
        jobId: "job_1",
        media: [
          {
            assetId: "asset_1",
            kind: "image" as const,
            type: "image/png",
            bytes: 1,
            name: "made.png",
            alternative: "made",
          },
        ],
        actions: [
          { action: "start-again", subject: "job_1", label: "Start again", style: "danger" as const },
          {
            action: "again",
            subject: "job_1",
            label: "Again",
            style: "plain" as const,
            form: { command: "paint", input: {} },
          },
        ],
      },
    };
    expect(await surface.find!(delivery)).toBeNull();
    expect(await surface.deliver("post", delivery)).toMatchObject({ end: "sent" });
    expect(await surface.deliver("post", delivery)).toMatchObject({ end: "sent" });
    expect(await surface.find!(delivery)).not.toBeNull();
    const [result, ...rest] = await entriesOf(console);
    expect(rest).toEqual([]);
    // As it is now, with what became known since; what it was delivered with stays.
    expect(result).toMatchObject({
      id: "job_1.1",
      kind: "result",
      message: { title: "Paint unresolved", actions: [{ action: "cancel" }], media: [{ assetId: "asset_1" }] },
    });
    const chinese = await console.get("/api/conversations/main/entries", { "X-Toolcast-Locale": "zh-CN" });
    expect(chinese.entries[0]!.message!.title).toBe("绘画 unresolved");
    // Asked again after another start: only the newest question has its buttons.
    await surface.deliver("post", { ...delivery, id: "job_1.2" });
    const [earlier, newest] = await entriesOf(console);
    expect(earlier!.message).toMatchObject({ title: "Unclear", actions: [{ action: "again" }] });
    expect(newest!.message).toMatchObject({ title: "Paint unresolved", actions: [{ action: "cancel" }] });
    console.runtime.change("job_1", { state: { phase: "succeeded" } });
    expect((await entriesOf(console))[0]!.message).toMatchObject({ title: "Unclear", actions: [{ action: "again" }] });
  });
});

describe("a button", () => {
  it("is pressed by the person, in the conversation", async () => {
    const console = testConsole();
    await console.say("/paint x");
    const body = { action: "cancel", subject: "job_1", conversation: "main" };
    expect((await console.post("/api/press", body)).status).toBe(202);
    expect(console.runtime.presses).toMatchObject([
      { action: "cancel", subject: "job_1", caller: { id: "web:local", place: { conversation: "main" } } },
    ]);
    expect(await entriesOf(console)).toHaveLength(2);
  });

  it("that starts another job gets its own reply", async () => {
    const console = testConsole();
    await console.say("/paint x");
    console.runtime.addJob(console.runtime.calls[0]!, { prompt: "x" }, "job_2");
    await console.post("/api/press", { action: "again", subject: "job_2" });
    await console.post("/api/press", { action: "again", subject: "job_2" });
    expect((await entriesOf(console)).slice(2)).toMatchObject([{ kind: "reply", job: { id: "job_2" } }]);
  });
});

describe("the state", () => {
  it("is given in the caller's language, with operators' tools for operators only", async () => {
    const console = testConsole();
    const names = async () =>
      (await console.get("/api/state")).tools.map(({ command }: { command: string }) => command);
    expect(await names()).toEqual(["paint", "secret"]);
    console.runtime.operator = false;
    expect(await names()).toEqual(["paint"]);
    for (const [headers, locale, title] of [
      [{ "Accept-Language": "fr, zh-Hans;q=0.8, en;q=0.5" }, "zh-CN", "绘画"],
      [{ "Accept-Language": "en-GB, zh;q=0.9" }, "en", "Paint"],
      [{ "Accept-Language": "zh", Cookie: "a=b; toolcast_locale=en" }, "en", "Paint"],
      [{ "X-Toolcast-Locale": "zh-CN", Cookie: "toolcast_locale=en" }, "zh-CN", "绘画"],
      [{ "X-Toolcast-Locale": "de" }, "en", "Paint"],
    ] as [Record<string, string>, string, string][]) {
      expect(await console.get("/api/state", headers)).toMatchObject({ locale, tools: [{ title }] });
    }
    expect(await console.get("/api/complete?command=paint&field=prompt&partial=x")).toEqual({
      suggestions: [{ value: "x", label: "paint prompt x" }],
    });
  });

  it("includes the jobs, and one with its timeline", async () => {
    const console = testConsole();
    await console.say("/paint 日照金山");
    expect(await console.get("/api/jobs")).toMatchObject({
      jobs: [{ id: "job_1", about: "日照金山", title: "Paint", phase: "queued" }],
    });
    expect(await console.get("/api/jobs/job_1")).toMatchObject({ timeline: { jobId: "job_1" }, json: { id: "job_1" } });
    expect((await console.request("/api/jobs/job_9")).status).toBe(404);
  });

  it("pages through the conversation", async () => {
    const console = testConsole();
    for (const word of ["a", "b", "c"]) {
      await console.say(`/paint ${word}`);
    }
    const newest = await entriesOf(console, "?limit=2");
    expect(newest).toMatchObject([{ text: "/paint c" }, { kind: "reply" }]);
    expect(await entriesOf(console, `?limit=2&before=${newest[0]!.sequence}`)).toMatchObject([
      { text: "/paint b" },
      {},
    ]);
  });
});
