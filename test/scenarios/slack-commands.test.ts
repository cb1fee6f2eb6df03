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

describe("a slash command on Slack", () => {
  test("shows its result as pictures in the first message, with the files in its thread", async () => {
    verifies("slack.commands");
    verifies("slack.delivery");
    const room = await open();
    await room.open();
    const { platform } = room;
    const ada = platform.person("ada");
    const asked = await room.taken(ada.command("/image", "日照金山 --size 1024x1024"));
    expect(asked).toMatchObject({ state: "acknowledged", problem: null });
    await room.until(() => room.everythingSent());
    const [answer, files, ...others] = ada.visibleMessages();
    expect(others).toEqual([]);
    expect(answer).toMatchObject({ byApp: true, ephemeral: false, threadTs: null, hiddenFiles: [] });
    expect(answer?.images).toHaveLength(1);
    expect(files).toMatchObject({ threadTs: answer?.ts });
    expect(files?.notified).toContain(ada.id);
    expect(room.newestJob().input).toMatchObject({ prompt: "日照金山", size: "1024x1024" });
  });

  test("opens a form for empty text, and what was filled in is carried out", async () => {
    verifies("slack.form");
    const room = await open();
    await room.open();
    const ada = room.platform.person("ada", { locale: "zh-CN" });
    await room.taken(ada.command("/image"));
    await room.platform.until(() => ada.modal !== null, "the form");
    await room.calm();
    expect(ada.modal?.title).toMatch(/\p{Script=Han}/u);
    const sent = await room.taken(ada.submit({ prompt: "a fox" }));
    expect(sent.errors).toBeNull();
    expect(ada.modal).toBeNull();
    await room.until(() => room.everythingSent());
    expect(ada.visibleMessages()[0]?.images).toHaveLength(1);
  });

  test("shows what core finds wrong with it to its sender alone", async () => {
    verifies("slack.commands");
    const room = await open();
    await room.open();
    const [ada, eve] = [room.platform.person("ada"), room.platform.person("eve")];
    await room.taken(ada.command("/speak", "Hello --voice nobody"));
    await room.calm();
    const [refusal, ...others] = ada.visibleMessages();
    expect([refusal?.ephemeral, others, eve.visibleMessages(), room.installation.jobs()]).toEqual([true, [], [], []]);
    expect(refusal?.buttons.map(({ label }) => label)).toEqual(["Correct it"]);
  });

  test("a list shows moments as Slack's own dates, in each reader's own time", async () => {
    verifies("chat.moments");
    const room = await open();
    await room.open();
    const ada = room.platform.person("ada");
    const timestamp = Math.floor(room.clock.now() / 1_000);
    await room.taken(ada.command("/image", "a fox"));
    await room.until(() => room.everythingSent());
    await room.taken(ada.command("/jobs", "--limit 5"));
    await room.calm();
    const list = ada.visibleMessages().find(({ text }) => text.includes("a fox” · done"));
    expect(JSON.stringify(list?.blocks)).toContain(
      `{"type":"date","timestamp":${timestamp},"format":"{ago}","fallback":`,
    );
    expect(list?.text).toMatch(/a fox” · done · \d/);
  });
});

describe("with a prefix", () => {
  const openPrefixed = async () => {
    const room = await open({ prefix: "ai" });
    await room.open();
    return room;
  };
  const openUnprefixed = async () => {
    const room = await open();
    await room.open();
    return room;
  };

  test("every command is registered under it, and starts its own tool", async () => {
    verifies("slack.prefix");
    const room = await openPrefixed();
    const ada = room.platform.person("ada");
    await room.taken(ada.command("/ai-image", "a fox"));
    await room.until(() => room.everythingSent());
    expect(room.newestJob()).toMatchObject({ tool: "generate_image", input: { prompt: "a fox" } });
    await room.taken(ada.command("/ai-speak"));
    await room.platform.until(() => ada.modal !== null, "the form");
    expect(ada.modal?.title).toContain("Speak");
    expect(() => ada.command("/image", "a fox")).toThrow("not a valid command");
    for (const { command } of room.platform.app.manifest.features?.slash_commands ?? []) {
      await room.taken(ada.command(command, "help"));
      expect(ada.visibleMessages().at(-1)?.text).toContain(`${command}: `);
    }
  });

  test("errors name the command as it was written", async () => {
    verifies("slack.prefix");
    const room = await openPrefixed();
    const ada = room.platform.person("ada");
    await room.taken(ada.command("/ai-voices", "of yesterday"));
    expect(ada.visibleMessages().at(-1)?.text).toContain("/ai-voices does not know what “of yesterday” belongs to");
  });

  test("direct messages and mentions may begin with either name, the prefixed one with its slash", async () => {
    verifies("slack.prefix");
    const room = await openPrefixed();
    const ada = room.platform.person("ada");
    for (const text of ["/ai-image a fox", "／AI-image a fox", "Image a fox", "image a fox"]) {
      ada.say(text, { in: ada.direct });
    }
    ada.say("@toolcast /ai-image a fox");
    await room.until(() => room.installation.jobs().length === 5 && room.everythingSent());
    for (const { tool, input } of room.installation.jobs()) {
      expect([tool, input.prompt]).toEqual(["generate_image", "a fox"]);
    }
    for (const name of ["/ai-image", "/image"]) {
      ada.say(`${name} help`, { in: ada.direct });
      await room.pass(1_000);
      expect(ada.visibleMessages(ada.direct).at(-1)?.text).toContain(`${name}: `);
    }
    expect(room.installation.jobs()).toHaveLength(5);
  });

  test.each(["self-image tips please", "text-to-image is fun", "ai-image a fox", "re-generate_image please"])(
    "a word that merely ends in a command starts nothing: %s",
    async (words) => {
      verifies("slack.prefix");
      for (const room of [await openPrefixed(), await openUnprefixed()]) {
        const ada = room.platform.person("ada");
        ada.say(words, { in: ada.direct });
        ada.say(`@toolcast ${words}`);
        await room.pass(2_000);
        expect(room.installation.jobs()).toEqual([]);
        expect(room.installation.provider.starts).toEqual([]);
        for (const place of [ada.direct, undefined]) {
          expect(ada.visibleMessages(place).at(-1)?.text).toContain("Begin a message with a command word");
        }
      }
    },
  );
});
