import { type Chat, type ChatEvent, SendError, sendFailures } from "@toolcast/core/chat";
import { describe, expect, test } from "vitest";
import {
  createScriptedChat,
  type ScriptedChat,
  type ScriptedChatOptions,
  tool,
  waysOf,
} from "../doubles/scripted-chat.ts";
import { ada, createInstallation, type Installation, type RunningProcess } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

const minuteMs = 60_000;

interface Room extends AsyncDisposable {
  installation: Installation;
  platform: ScriptedChat;
  forms: { id: string; tool: string }[];
  open(): Promise<{ running: RunningProcess; chat: Chat }>;
}

async function openRoom(options: ScriptedChatOptions = {}): Promise<Room> {
  const installation = await createInstallation();
  installation.provider.maxDurationMs = 5 * 60 * minuteMs;
  const platform = createScriptedChat(options);
  return {
    ...{ installation, platform, forms: [] },
    async open() {
      const running = await installation.open({ attached: false, started: false });
      const chat = await platform.connect(running, installation);
      await running.runtime.start();
      return { running, chat };
    },
    [Symbol.asyncDispose]: () => installation[Symbol.asyncDispose](),
  };
}

type Given = Partial<Extract<ChatEvent, { event: "command" }>>;

function command(
  room: Room,
  running: RunningProcess,
  id: string,
  name: string,
  input: object,
  more: Given = {},
): ChatEvent {
  const given = { input: input as never, files: [], private: false };
  return {
    ...{ event: "command", id, caller: ada, ways: waysOf(room.platform, room.forms), tool: tool(running, name), given },
    ...more,
  };
}

const titles = ({ platform }: Room) => platform.lines.map(({ message }) => message?.title ?? "…");
const media = ({ platform }: Room) => platform.lines.filter(({ message }) => (message?.media ?? []).length > 0);
const starts = ({ installation }: Room) => installation.provider.starts.length;

// Platforms with a handle and a look-up (Discord, Slack), and without either (Telegram).
describe.each([
  ["with a look-up", { looks: true }],
  ["without a look-up", { looks: false }],
])("a platform %s", (_name, options) => {
  test("takes a request once, in two processes and again after a restart", async () => {
    verifies("chat.once");
    await using room = await openRoom(options);
    const [one, other] = [await room.open(), await room.open()];
    for (const { running, chat } of [one, other, one]) {
      chat.take(command(room, running, "1", "image", { prompt: "a fox" }));
    }
    await room.installation.until(() => media(room).length > 0);
    one.running.life.die();
    other.running.life.die();
    const { running, chat } = await room.open();
    chat.take(command(room, running, "1", "image", { prompt: "a fox" }));
    await room.installation.pass(minuteMs);
    expect([room.platform.lines.length, media(room).length, starts(room)]).toEqual([1, 1, 1]);
    // Once per delivery: the platform repeats what is not acknowledged.
    expect(room.platform.acknowledged).toBe(4);
  });

  test("that dies between placeholder and answer: the next process carries the request out", async () => {
    verifies("chat.recovered");
    await using room = await openRoom(options);
    const first = await room.open();
    room.platform.nextOpened("die");
    first.chat.take(command(room, first.running, "1", "image", { prompt: "a fox" }));
    await room.installation.pass(1_000);
    first.running.life.die();
    await room.open();
    await room.installation.until(() => media(room).length > 0);
    // Only if the platform offers no look-up may the placeholder of the dead process stay beside the new one.
    expect([room.platform.lines.length, starts(room)]).toEqual([options.looks ? 1 : 2, 1]);
  });

  test("that dies between acknowledgement and placeholder: the next process shows one and carries the request out", async () => {
    verifies("chat.recovered");
    await using room = await openRoom(options);
    const first = await room.open();
    room.platform.nextOpened("die before");
    first.chat.take(command(room, first.running, "1", "image", { prompt: "a fox" }));
    await room.installation.pass(1_000);
    first.running.life.die();
    expect([room.platform.acknowledged, room.platform.lines]).toEqual([1, []]);
    await room.open();
    await room.installation.until(() => media(room).length > 0);
    expect([room.platform.lines.length, starts(room)]).toEqual([1, 1]);
  });

  test("a placeholder that did not arrive is shown again, because the request was acknowledged", async () => {
    verifies("chat.recovered");
    await using room = await openRoom(options);
    const { running, chat } = await room.open();
    room.platform.nextOpened({ shown: false, unclear: true }, { shown: false, unclear: true });
    chat.take(command(room, running, "1", "image", { prompt: "a fox" }));
    await room.installation.until(() => media(room).length > 0);
    expect([room.platform.lines.length, starts(room)]).toEqual([1, 1]);
  });

  test("without a placeholder nothing is begun and nothing is left", async () => {
    verifies("chat.recovered");
    await using room = await openRoom(options);
    const { running, chat } = await room.open();
    room.platform.nextOpened({ shown: false, unclear: false });
    chat.take(command(room, running, "1", "image", { prompt: "a fox" }));
    await room.installation.pass(minuteMs);
    expect([room.platform.lines, starts(room), await chat.context.answers.open()]).toEqual([[], 0, []]);
  });

  test("a form comes first if something is missing; a stranger or a bad value gets the reason", async () => {
    verifies("chat.forms-kept");
    await using room = await openRoom(options);
    const { running, chat } = await room.open();
    chat.take(command(room, running, "1", "image", {}));
    await room.installation.pass(1_000);
    expect(room.forms).toEqual([{ id: "1", tool: "image" }]);
    const form = (id: string, caller: typeof ada, event: object) =>
      chat.take({ id, caller, ways: waysOf(room.platform, room.forms), ...event } as ChatEvent);
    form("2", { ...ada, id: "chat:eve" }, { event: "form", form: "1", input: {}, files: [], filled: [] });
    form("3", ada, { event: "field", form: "1", value: { file: 1 } });
    await room.installation.pass(1_000);
    expect(titles(room)).toEqual([expect.stringContaining("expired"), expect.stringContaining("not a file")]);
    expect(room.forms.at(-1)).toEqual({ id: "3", tool: "image" });
    form("4", ada, { event: "field", form: "3", value: { text: "a fox" } });
    await room.installation.until(() => media(room).length > 0);
    expect([starts(room), room.installation.jobs()[0]?.input]).toEqual([
      1,
      expect.objectContaining({ prompt: "a fox" }),
    ]);
  });

  test("further events join a request while it waits for them, and are taken once", async () => {
    verifies("chat.once");
    await using room = await openRoom(options);
    const { running, chat } = await room.open();
    chat.take(command(room, running, "1", "image", {}, { gatherMs: 5_000 }));
    await room.installation.pass(1_000);
    const { answers } = chat.context;
    const joined = [
      await answers.join("1", { id: "1b", content: { prompt: "a fox" } }),
      await answers.join("1", { id: "1b", content: { prompt: "a hen" } }),
    ];
    await room.installation.until(() => media(room).length > 0);
    joined.push(await answers.join("1", { id: "1c", content: {} }));
    expect(joined).toEqual(["joined", "repeated", "closed"]);
    expect(room.installation.jobs()[0]?.input).toMatchObject({ prompt: "a fox" });
  });

  test("a request waits no longer for further events because the clock was set back", async () => {
    verifies("survives.clock");
    await using room = await openRoom(options);
    const { running, chat } = await room.open();
    chat.take(command(room, running, "1", "image", { prompt: "a fox" }, { gatherMs: 5_000 }));
    // Its time to wait is stored, and its wait has not begun.
    await new Promise((resolve) => setImmediate(resolve));
    room.installation.clock.step(-24 * 60 * minuteMs);
    await room.installation.until(() => media(room).length > 0, minuteMs);
    expect(starts(room)).toBe(1);
  });

  test("a request larger than the store accepts is refused, and acknowledged", async () => {
    verifies("chat.once");
    await using room = await openRoom(options);
    const { running, chat } = await room.open();
    const input = { prompt: "a".repeat(300_000) };
    chat.take(command(room, running, "1", "image", input, { gatherMs: 1_000 }));
    await room.installation.pass(5_000);
    expect([titles(room), room.platform.acknowledged]).toEqual([
      [expect.stringContaining("too much for one request")],
      1,
    ]);
  });

  test("a form too large for one request is refused with a sentence, and what was entered before is kept", async () => {
    verifies("chat.forms-capped");
    await using room = await openRoom(options);
    const { running, chat } = await room.open();
    const { forms } = chat.context;
    const long = "a".repeat(300_000);
    const files = [{ field: "image", file: { id: long } }];
    chat.take(command(room, running, "1", "avatar", {}, { given: { input: {}, files, private: false } }));
    await room.installation.pass(1_000);
    expect([room.forms, await forms.read("1")]).toEqual([[], null]);
    expect(titles(room)).toEqual([expect.stringContaining("too much for one request")]);
    // A value that is wrong as well: the reason comes without a button that could not open anything.
    chat.take(command(room, running, "2", "image", { prompt: long }));
    await room.installation.pass(1_000);
    expect([await forms.read("2"), room.platform.lines.at(-1)?.options.buttons]).toEqual([null, []]);
    chat.take(command(room, running, "3", "clone", { name: "mine" }));
    await room.installation.pass(1_000);
    expect(room.forms).toEqual([{ id: "3", tool: "clone" }]);
    const ways = waysOf(room.platform, room.forms);
    chat.take({ event: "field", id: "4", caller: ada, ways, form: "3", value: { file: { id: long } } });
    await room.installation.pass(1_000);
    expect(await forms.read("3")).toMatchObject({ input: { name: "mine" }, files: [] });
    expect([room.forms.length, await forms.read("4")]).toEqual([1, null]);
  });

  test("an unreadable event is acknowledged and remembered", async () => {
    verifies("chat.once");
    await using room = await openRoom(options);
    const { chat } = await room.open();
    let acknowledged = 0;
    const acknowledge = async () => {
      acknowledged += 1;
    };
    chat.takeUnreadable("x", {}, { acknowledge });
    await room.installation.pass(1_000);
    expect([acknowledged, await chat.context.answers.refuse("x")]).toEqual([1, false]);
  });
});

test("if the placeholder acknowledges, a request without one has failed for its sender and is not begun", async () => {
  verifies("chat.recovered");
  await using room = await openRoom();
  const { acknowledge: _apart, ...ways } = waysOf(room.platform);
  const first = await room.open();
  room.platform.nextOpened({ shown: false, unclear: true }, "die before");
  first.chat.take(command(room, first.running, "1", "image", { prompt: "a fox" }, { ways }));
  await room.installation.pass(minuteMs);
  first.chat.take(command(room, first.running, "2", "image", { prompt: "a fox" }, { ways }));
  await room.installation.pass(minuteMs);
  first.running.life.die();
  const { chat } = await room.open();
  await room.installation.pass(minuteMs);
  expect([room.platform.lines, starts(room), await chat.context.answers.open()]).toEqual([[], 0, []]);
});

test("a process that starts while the platform does not answer continues a request as soon as it does", async () => {
  verifies("chat.recovered");
  await using room = await openRoom();
  const first = await room.open();
  room.platform.nextOpened("die");
  first.chat.take(command(room, first.running, "1", "image", { prompt: "a fox" }));
  await room.installation.pass(1_000);
  first.running.life.die();
  room.platform.nextLooksFail(4);
  const opened = room.open();
  await room.installation.until(() => media(room).length > 0);
  await opened;
  expect([room.platform.lines.length, starts(room)]).toEqual([1, 1]);
});

test("a request that takes longer than its handle lives is still carried out if its process dies", async () => {
  verifies("chat.recovered");
  await using room = await openRoom();
  const { platform, installation } = room;
  const first = await room.open();
  // Shown, and the process waits for ever to hear of it.
  platform.nextOpened("die");
  const handle = { value: "url", expiresAt: installation.clock.now() + 15 * minuteMs };
  first.chat.take(command(room, first.running, "1", "image", { prompt: "a fox" }, { handle }));
  await installation.pass(14 * minuteMs);
  expect(titles(room)[0]).toContain("takes longer than");
  first.running.life.die();
  await room.open();
  await installation.until(() => media(room).length > 0);
  expect([platform.lines.length, starts(room)]).toEqual([1, 1]);
});

test.each([
  ["was deleted", { isRefused: true, shown: "…", tries: 1 }],
  ["cannot be reached for a while", { isRefused: false, shown: "Nothing was started or charged", tries: 3 }],
])("an answer that %s learns of an interrupted request when that is possible, and only then", async (_name, end) => {
  verifies("chat.recovered");
  await using room = await openRoom();
  const { platform, installation } = room;
  const first = await room.open();
  platform.nextOpened("die");
  const handle = { value: "url", expiresAt: installation.clock.now() + 15 * minuteMs };
  first.chat.take(command(room, first.running, "1", "image", { prompt: "a fox" }, { handle }));
  await installation.pass(1_000);
  first.running.life.die();
  await installation.pass(20 * minuteMs);
  const refused = new SendError(platform.failures.refused({ detail: "it is gone" }));
  let tries = 0;
  Object.defineProperty(platform, "editError", {
    get() {
      tries += 1;
      return end.isRefused ? refused : tries < end.tries ? new Error("no answer") : null;
    },
  });
  const { chat } = await room.open();
  await installation.pass(10 * minuteMs);
  expect(titles(room)[0]).toContain(end.shown);
  expect([tries, starts(room), await chat.context.answers.open()]).toEqual([end.tries, 0, []]);
});

test("a handle with few uses saves them for the result", async () => {
  verifies("chat.handles");
  await using room = await openRoom();
  const { running, chat } = await room.open();
  const { answers } = chat.context;
  const handle = { value: "url", expiresAt: room.installation.clock.now() + 30 * minuteMs, usesLeft: 4 };
  const { provider } = room.installation;
  provider.nextStart("image", { end: "operation", reference: { vendor: "slow" } });
  provider.nextCheck(
    ...Array.from({ length: 6 }, (_, index) => ({
      state: "pending" as const,
      fraction: index / 6,
      checkAfterMs: minuteMs,
    })),
  );
  chat.take(command(room, running, "1", "image", { prompt: "a fox" }, { handle }));
  await room.installation.until(() => media(room).length > 0);
  // One announces the beginning, one shows progress; the last two are the result's.
  expect([room.platform.used.length, (await answers.read("1"))?.handle?.usesLeft]).toEqual([3, 1]);
});

test("an answer reachable only by its handle offers a button before the handle expires, and pressing it shows the result", async () => {
  verifies("chat.handles");
  await using room = await openRoom({ needsHandle: true });
  const { running, chat } = await room.open();
  const { clock, provider } = room.installation;
  provider.nextStart("image", { end: "operation", reference: { vendor: "slow" } });
  provider.nextCheck(...Array.from({ length: 40 }, () => ({ state: "pending" as const, checkAfterMs: minuteMs })));
  const handle = { value: "first", expiresAt: clock.now() + 15 * minuteMs };
  chat.take(command(room, running, "1", "image", { prompt: "a fox" }, { handle }));
  await room.installation.pass(14 * minuteMs);
  const [line] = room.platform.lines;
  expect(line?.options.note).toContain("15 minutes");
  const [button] = line?.options.buttons ?? [];
  await room.installation.pass(60 * minuteMs);
  expect(media(room)).toEqual([expect.objectContaining({ id: expect.stringContaining(".") })]);
  chat.take({
    ...{ event: "press", id: "2", caller: ada, ways: waysOf(room.platform), message: line?.id ?? "" },
    press: { action: button?.action ?? "", subject: button?.subject ?? "" },
    taken: async () => ({ shown: true }),
  });
  await room.installation.pass(1_000);
  expect(line?.message?.title).toMatch(/^Done/);
});

test("what is wrong with a request is shown in its answer if the platform refuses to remove the answer", async () => {
  verifies("understood.bad-input");
  const withdraw = async () => {
    throw new SendError(sendFailures("Roomy").refused({ detail: "no", reason: "sending.not-allowed" }));
  };
  await using room = await openRoom({ withdraw });
  const { running, chat } = await room.open();
  chat.take(command(room, running, "1", "image", { prompt: "a fox", provider: "nobody" }));
  await room.installation.pass(minuteMs);
  expect(titles(room)).toEqual([expect.stringContaining("There is no provider")]);
});

test("a stranger's press, and one on an outdated button, get a true sentence", async () => {
  verifies("chat.presses");
  await using room = await openRoom();
  const { running, chat } = await room.open();
  chat.take(command(room, running, "1", "image", { prompt: "a fox" }));
  await room.installation.until(() => media(room).length > 0);
  const [job] = room.installation.jobs();
  const press = (id: string, action: string) =>
    chat.take({
      ...{ event: "press", id, caller: { ...ada, id: "chat:eve" }, ways: waysOf(room.platform) },
      press: { action, subject: job?.id ?? "" },
      taken: async () => ({ shown: true }),
    });
  press("2", "cancel");
  press("3", "kept");
  press("4", "correct");
  await room.installation.pass(1_000);
  const shown = titles(room).slice(1);
  expect(shown).toHaveLength(3);
  expect(shown.filter((title) => /no longer does anything/.test(title))).toHaveLength(2);
  expect(shown.filter((title) => /^Only the person who asked for this/.test(title))).toHaveLength(1);
});
