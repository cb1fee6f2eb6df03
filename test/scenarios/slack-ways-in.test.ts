import { readFile } from "node:fs/promises";
import { afterEach, describe, expect, test } from "vitest";
import { openSlackRoom, type SlackRoom } from "../slack-room.ts";
import { verifies } from "../verifies.ts";

const rooms: SlackRoom[] = [];
const open = async (...options: Parameters<typeof openSlackRoom>) => {
  const room = await openSlackRoom(...options);
  rooms.push(room);
  return room;
};

afterEach(async () => {
  for (const room of rooms.splice(0)) {
    await room[Symbol.asyncDispose]();
  }
});

const picture = async () => ({
  filename: "cat.png",
  bytes: await readFile(new URL("../../core/fixtures/picture.png", import.meta.url)),
});

describe("messages to the bot", () => {
  test("that begin with a command word are that command, in threads too", async () => {
    verifies("slack.buttons");
    const room = await open();
    await room.open();
    const ada = room.platform.person("ada");
    const said = ada.say("image a fox --count 1", { in: ada.direct });
    await room.until(() => room.installation.jobs().length === 1 && room.everythingSent());
    ada.say("/image an owl", { in: ada.direct, thread: said.ts });
    await room.until(() => room.installation.jobs().length === 2 && room.everythingSent());
    const inThread = ada.visibleMessages(ada.direct).filter(({ threadTs, byApp }) => byApp && threadTs === said.ts);
    expect(inThread.flatMap(({ images }) => images)).toHaveLength(1);
  });

  test("are not taken for the bot's own: a result in a direct message is followed by nothing", async () => {
    verifies("slack.commands");
    const room = await open();
    await room.open();
    const { platform } = room;
    const ada = platform.person("ada");
    ada.say("image a fox", { in: ada.direct });
    await room.until(() => room.installation.jobs().length === 1 && room.everythingSent());
    await room.pass(10_000);
    const [answer, files, ...others] = ada.visibleMessages(ada.direct).filter(({ byApp }) => byApp);
    expect([answer?.images.length, files?.files.length, others]).toEqual([1, 1, []]);
  });

  test.each(["a mention", "a direct message"])("start nothing again when they are edited: %s", async (what) => {
    verifies("slack.acknowledged");
    const room = await open();
    await room.open();
    const { platform } = room;
    const ada = platform.person("ada");
    const isDirect = what === "a direct message";
    const said = ada.say(isDirect ? "image a fix" : "@toolcast image a fix", isDirect ? { in: ada.direct } : {});
    await room.until(() => room.installation.jobs().length === 1 && room.everythingSent());
    const before = ada.visibleMessages(isDirect ? ada.direct : platform.channel).length;
    ada.edit(said, isDirect ? "image a fox" : "@toolcast image a fox");
    const told = platform.deliveries.at(-1)!;
    expect(told.name).toBe(isDirect ? "message" : "app_mention");
    expect((await room.taken(told)).state).toBe("acknowledged");
    await room.pass(5_000);
    expect(room.installation.jobs()).toHaveLength(1);
    expect(ada.visibleMessages(isDirect ? ada.direct : platform.channel)).toHaveLength(before);
  });

  test("are heard where they are for the bot: not each message of a channel, though the app subscribes to it", async () => {
    verifies("slack.commands");
    const room = await open();
    const { platform } = room;
    const events = platform.app.manifest.settings!.event_subscriptions!;
    Object.assign(events, { bot_events: [...events.bot_events!, "message.channels"] });
    await room.open();
    const ada = platform.person("ada");
    ada.say("what a lovely day");
    ada.say("image a fox");
    ada.say("@toolcast image a fox");
    await room.until(() => room.installation.jobs().length === 1 && room.everythingSent());
    await room.pass(5_000);
    const answers = ada.visibleMessages().filter(({ byApp, files }) => byApp && files.length === 0);
    expect(answers.map(({ images }) => images.length)).toEqual([1]);
  });

  test("with other words, or mentions without a command, are answered with how to use it", async () => {
    verifies("slack.buttons");
    const room = await open();
    await room.open();
    const ada = room.platform.person("ada", { locale: "zh-CN" });
    ada.say("你好", { in: ada.direct });
    await room.pass(1_000);
    expect(ada.visibleMessages(ada.direct).at(-1)?.text).toContain("命令词");
    ada.say("hello @toolcast");
    await room.pass(1_000);
    expect(ada.visibleMessages().at(-1)).toMatchObject({ byApp: true });
    expect(room.installation.jobs()).toEqual([]);
  });
});

describe("shortcuts", () => {
  test("a message's picture and words become a tool's input", async () => {
    verifies("slack.buttons");
    const room = await open();
    const { runtime } = await room.open();
    const { platform } = room;
    const ada = platform.person("ada");
    const shortcuts = platform.app.manifest.features?.shortcuts ?? [];
    expect(shortcuts.length).toBeGreaterThan(2);
    for (const words of ["what is this &amp; <why>?", ""]) {
      const said = ada.say(words, { files: [await picture()] });
      await room.pass(1_000);
      await room.taken(ada.shortcut("tool:describe", { channelId: said.channelId, ts: said.ts }));
      await room.until(() => room.everythingSent());
      const { input, tool } = room.newestJob();
      const asset = await runtime.asset(String(input.image), room.newestJob().caller);
      const bytes = await runtime.media.bytes(asset!);
      expect([tool, Buffer.from(bytes)]).toEqual(["describe_image", (await picture()).bytes]);
      expect(input.question).toBe(words || "What does this picture show?");
      const inThread = ada.visibleMessages().filter(({ byApp, threadTs }) => byApp && threadTs === said.ts);
      expect(inThread.length).toBeGreaterThan(0);
    }
    const { channelId, ts } = ada.say("a cat that speaks");
    await room.taken(ada.shortcut("tool:image", { channelId, ts }));
    await room.until(() => room.installation.jobs().length === 3 && room.everythingSent());
    expect(room.newestJob()).toMatchObject({ tool: "generate_image", input: { prompt: "a cat that speaks" } });
  });

  test("an answer of ours gives no text: it announces a job", async () => {
    verifies("slack.buttons", "chat.own-words");
    const room = await open();
    await room.open();
    const { platform } = room;
    const ada = platform.person("ada");
    await room.taken(ada.command("/image", "a fox"));
    await room.until(() => room.everythingSent());
    const [answer] = ada.visibleMessages().filter(({ byApp }) => byApp);
    await room.taken(ada.shortcut("tool:image", { channelId: answer!.channelId, ts: answer!.ts }));
    await platform.until(() => ada.modal !== null, "the form");
    expect(ada.modal?.inputs.find(({ blockId }) => blockId === "prompt")?.value).toMatchObject({ value: null });
    expect(room.installation.jobs()).toHaveLength(1);
  });

  test("the global one lists the tools, and a button opens a form above it", async () => {
    verifies("slack.buttons");
    const room = await open();
    await room.open();
    const ada = room.platform.person("ada");
    await room.taken(ada.shortcut("open"));
    expect(ada.modal).not.toBeNull();
    const button = JSON.stringify(ada.modal?.blocks).match(/"action_id":"(t1:begin:image:)"/)?.[1] ?? "";
    await room.taken(ada.press(button));
    await room.platform.until(() => (ada.modal?.depth ?? 0) === 2, "the form");
    await room.taken(ada.submit({ prompt: "a fox" }));
    expect(ada.modal).toBeNull();
    await room.until(() => room.installation.jobs().length === 1 && room.everythingSent());
    expect(ada.visibleMessages(ada.direct).flatMap(({ images }) => images)).toHaveLength(1);
  });
});

describe("the list of tools that cannot be opened in time", () => {
  test.each([
    ["en-US", "Open the list", "What would you like to make?"],
    ["zh-CN", "打开列表", "想要做什么？"],
  ])("becomes a button that opens it, again and again (%s)", async (locale, label, words) => {
    verifies("slack.form");
    const room = await open();
    await room.open();
    const { platform } = room;
    const ada = platform.person("ada", { locale });
    const expire = () => platform.faults.next("views.open", { kind: "error", error: "expired_trigger_id" });
    expire();
    await room.taken(ada.shortcut("open"));
    await room.pass(500);
    const offers = () => ada.visibleMessages(ada.direct).filter(({ text }) => text.includes(words));
    expect([ada.modal, offers().length]).toEqual([null, 1]);
    expire();
    await room.taken(ada.press(label, offers().at(-1)));
    await room.pass(500);
    expect([ada.modal, offers().length]).toEqual([null, 2]);
    await room.taken(ada.press(label, offers().at(-1)));
    await platform.until(() => ada.modal !== null, "the list");
    expect(JSON.stringify(ada.modal?.blocks)).toContain("t1:begin:image:");
    expect(room.installation.jobs()).toEqual([]);
  });
});

describe("text from people", () => {
  test("with half a character in it comes back whole in a form", async () => {
    verifies("safe.whole-characters");
    const room = await open();
    await room.open();
    const { platform } = room;
    const ada = platform.person("ada");
    const said = ada.say("is this a \ud83d?");
    await room.taken(ada.shortcut("tool:describe", { channelId: said.channelId, ts: said.ts }));
    await platform.until(() => ada.modal !== null, "the form");
    const values = JSON.stringify(ada.modal?.inputs);
    expect(values).toContain("is this a \ufffd?");
    expect(values).not.toContain("\\ud83d");
    const eve = platform.person("eve \ud83d");
    await room.taken(eve.command("/image", "a fox"));
    await room.until(() => room.installation.jobs().length === 1 && room.everythingSent());
    expect(room.installation.jobs()[0]?.caller.name).toBe("eve \ufffd");
  });

  test("unreadable content is reported to its sender alone, and starts nothing", async () => {
    verifies("slack.commands");
    const room = await open();
    await room.open();
    const ada = room.platform.person("ada");
    const bob = room.platform.person("bob");
    await room.taken(ada.command("/image", "a fox --colour red"));
    expect(ada.visibleMessages().at(-1)).toMatchObject({ ephemeral: true });
    expect(ada.visibleMessages().at(-1)?.text).toContain("--size");
    expect(bob.visibleMessages()).toEqual([]);
    await room.taken(ada.command("/image", "help"));
    expect(ada.visibleMessages().at(-1)?.text).toContain("--prompt");
    expect(room.installation.jobs()).toEqual([]);
  });
});
