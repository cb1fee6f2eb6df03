import { describe, expect, test, vi } from "vitest";
import type { JsonObject } from "../fakes/json.ts";
import type { Person } from "../fakes/telegram/person.ts";
import { everythingSent, openTelegramRoom, shownText, type TelegramRoom } from "../telegram-room.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const finished = (room: TelegramRoom) => room.until(() => everythingSent(room), 2 * 60 * 60_000, 15_000);
const open = () => openTelegramRoom({ bot: { inline: true, guest: true } });

/** What somebody is offered for a text typed after the bot's name. */
async function offered(room: TelegramRoom, person: Person, query: string): Promise<readonly JsonObject[]> {
  const ask = person.askInline(query);
  await room.calm();
  expect(ask.results).not.toBeNull();
  return ask.results ?? [];
}

describe("in chats that the bot is not in", () => {
  test("inline mode offers the answer of a tool that reads", async () => {
    verifies("telegram.elsewhere");
    await using room = await open();
    await room.open();
    const ada = await room.member("Ada", { languageCode: "zh-hans" });
    const elsewhere = room.platform.addGroup("Elsewhere", [ada], { bot: "left" });
    const ask = ada.askInline("explain 11200");
    await room.calm();
    expect(ask.results).toMatchObject([{ type: "article" }]);
    ada.chooseInline(ask, String(ask.results?.[0]?.id), { in: elsewhere });
    const [sent] = ada.visibleMessages(elsewhere);
    expect([sent?.fromBot, sent?.active, shownText(sent?.text ?? "")]).toEqual([
      true,
      [],
      expect.stringMatching(/11200.*\p{Script=Han}/su),
    ]);
  });

  test("it offers one's own results by their ids, and nobody else's", async () => {
    verifies("telegram.elsewhere");
    await using room = await open();
    await room.open();
    const [ada, bo] = [await room.member("Ada"), await room.member("Bo")];
    ada.write("/image a fox");
    await finished(room);
    const before = room.installation.jobs().length;
    const results = await offered(room, ada, "");
    const [file] = ada.visibleMessages().flatMap(({ files }) => files);
    expect(results).toMatchObject([{ type: "photo", photo_file_id: file?.fileId }]);
    expect(await offered(room, bo, "")).toEqual([]);
    expect(await offered(room, ada, "image a bear")).toEqual(results);
    expect(room.installation.jobs()).toHaveLength(before);
  });

  test("neither strangers nor private or paid commands get an answer", async () => {
    verifies("telegram.elsewhere", "telegram.closed");
    await using room = await open();
    await room.open();
    const [ada, eve] = [await room.member("Ada"), room.platform.person("Eve")];
    for (const query of ["explain 11200", "", "voices"]) {
      expect(await offered(room, eve, query)).toEqual([]);
    }
    for (const query of ["voices", "jobs", "forget --confirm yes", "image a fox"]) {
      expect(await offered(room, ada, query)).toEqual([]);
    }
    expect(room.installation.jobs()).toEqual([]);
  });

  test("a guest answers a mention once, in one message", async () => {
    verifies("telegram.elsewhere");
    await using room = await open();
    await room.open();
    const [ada, eve] = [await room.member("Ada"), room.platform.person("Eve")];
    const elsewhere = room.platform.addGroup("Elsewhere", [ada, eve], { bot: "left" });
    ada.callGuest("/explain 11200", { in: elsewhere });
    await room.calm();
    ada.callGuest("/image a fox", { in: elsewhere });
    await room.calm();
    eve.callGuest("/explain 11200", { in: elsewhere });
    await room.calm();
    const answers = ada.visibleMessages(elsewhere).filter(({ fromBot }) => fromBot);
    expect(answers.map(({ text }) => shownText(text))).toEqual([
      expect.stringContaining("11200"),
      expect.stringContaining("in our own chat"),
      expect.stringContaining("only for people and chats"),
    ]);
    expect(room.installation.jobs()).toEqual([]);
  });
});
