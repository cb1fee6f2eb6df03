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
