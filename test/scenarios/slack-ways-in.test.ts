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
    await room.open();
    const { platform } = room;
    const ada = platform.person("ada");
    const shortcuts = platform.app.manifest.features?.shortcuts ?? [];
    expect(shortcuts.length).toBeGreaterThan(2);
    const said = ada.say("a cat that speaks", { files: [await picture()] });
    const describing = shortcuts.find(({ callback_id: id }) => id === "tool:describe");
    expect(describing).toBeDefined();
    await room.taken(ada.shortcut("tool:describe", { channelId: said.channelId, ts: said.ts }));
    await room.until(() => room.installation.jobs().length === 1 && room.everythingSent());
    const inThread = ada.visibleMessages().filter(({ byApp, threadTs }) => byApp && threadTs === said.ts);
    expect(inThread.length).toBeGreaterThan(0);
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

describe("forms", () => {
  test("that cannot be opened in time become a button that opens them with everything kept", async () => {
    verifies("slack.form");
    const room = await open();
    await room.open();
    const { platform } = room;
    const ada = platform.person("ada");
    platform.faults.next("views.open", { kind: "error", error: "expired_trigger_id" });
    await room.taken(ada.command("/image", "--size 1024x1024"));
    await room.pass(500);
    expect(ada.modal).toBeNull();
    const offer = ada.visibleMessages().at(-1);
    expect(offer).toMatchObject({ ephemeral: true });
    await room.taken(ada.press("Open the form", offer));
    await platform.until(() => ada.modal !== null, "the form");
    expect(ada.modal?.inputs.find(({ blockId }) => blockId === "size")?.value).toMatchObject({
      value: "1024x1024",
    });
  });

  test("show errors beside the input at fault", async () => {
    verifies("slack.form");
    const room = await open();
    await room.open();
    const ada = room.platform.person("ada");
    await room.taken(ada.command("/image"));
    await room.platform.until(() => ada.modal !== null, "the form");
    const sent = await room.taken(ada.submit({ prompt: "a fox", seed: "seven" }));
    expect(Object.keys(sent.errors ?? {})).toEqual(["seed"]);
    expect(room.installation.jobs()).toEqual([]);
  });

  test("accept a file, by the bot's token and from Slack's own host", async () => {
    verifies("slack.form");
    const room = await open();
    await room.open();
    const ada = room.platform.person("ada");
    await room.taken(ada.command("/describe"));
    await room.platform.until(() => ada.modal !== null, "the form");
    const file = ada.modal?.inputs.find(({ type }) => type === "file_input")?.blockId ?? "";
    await room.taken(ada.submit({ [file]: [await picture()] }));
    await room.until(() => room.installation.jobs().length === 1 && room.everythingSent());
    const loaded = room.platform.fileHost.requests.filter(({ method }) => method === "GET");
    expect(loaded.map(({ authorization }) => authorization)).toEqual([`Bearer ${room.platform.botToken}`]);
  });
});

describe("text from people", () => {
  test("mentions nobody, links nothing and makes no markup", async () => {
    verifies("slack.inert");
    const room = await open();
    await room.open();
    const ada = room.platform.person("ada");
    const hostile = "<!channel> <@U0000> *bold* https://evil.example <https://evil.example|here> &lt;b&gt;";
    await room.taken(ada.command("/image", hostile));
    await room.until(() => room.everythingSent());
    for (const { mentions, unfurls, byApp } of ada.visibleMessages()) {
      expect(byApp).toBe(true);
      expect(mentions.broadcasts).toEqual([]);
      expect(mentions.userIds.filter((id) => id !== ada.id)).toEqual([]);
      expect(unfurls).toEqual([]);
    }
    expect(room.newestJob().input).toMatchObject({ prompt: hostile });
  });

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
