import { describe, expect, test, vi } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
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

  test("it offers a result that Telegram has not had yet, after an upload that nobody notices", async () => {
    verifies("telegram.staged");
    await using room = await open();
    const { runtime } = await room.open();
    const [ada, bo] = [await room.member("Ada"), await room.member("Bo")];
    ada.start();
    await room.calm();
    const keep = (person: Person) =>
      runtime.media.keep(fixture("picture.png"), {
        ...{ owner: `telegram:${person.id}`, maxBytes: 1_000_000 },
        origin: { jobId: `job_of_${person.id}`, step: "only", index: 0 },
      });
    await Promise.all([keep(ada), keep(bo)]);
    const before = ada.visibleMessages().length;
    const rings = ada.notifications().filter(({ silent }) => !silent).length;
    const results = await offered(room, ada, "");
    expect(results).toMatchObject([{ type: "photo", photo_file_id: expect.any(String) }]);
    expect(await offered(room, ada, "f")).toEqual(results);
    expect(room.platform.requestsTo("sendPhoto")).toHaveLength(1);
    expect(ada.visibleMessages()).toHaveLength(before);
    expect(ada.notifications().filter(({ silent }) => !silent)).toHaveLength(rings);
    const elsewhere = room.platform.addGroup("Elsewhere", [ada], { bot: "left" });
    const ask = ada.askInline("");
    await room.calm();
    ada.chooseInline(ask, String(ask.results?.[0]?.id), { in: elsewhere });
    expect(ada.visibleMessages(elsewhere).map(({ kind }) => kind)).toEqual(["photo"]);
    // Whoever has no chat with the bot is offered one.
    expect(await offered(room, bo, "")).toEqual([]);
  });

  test("it does not wait for an upload that takes longer than Telegram waits, and offers it the next time", async () => {
    verifies("telegram.staged");
    await using room = await open();
    const { runtime } = await room.open();
    const ada = await room.member("Ada");
    ada.start();
    await room.calm();
    await runtime.media.keep(fixture("picture.png"), {
      ...{ owner: `telegram:${ada.id}`, maxBytes: 1_000_000 },
      origin: { jobId: "job_1", step: "only", index: 0 },
    });
    room.platform.faults.next("sendPhoto", { kind: "hang", ms: 20_000 });
    const ask = ada.askInline("");
    await room.platform.until(() => room.platform.requestsTo("sendPhoto").length === 1, "the upload");
    await room.clock.advance(5_000);
    await room.platform.until(() => ask.results !== null, "an answer");
    expect(ask.results).toEqual([]);
    await room.clock.advance(15_000);
    await room.calm();
    expect(await offered(room, ada, "")).toMatchObject([{ type: "photo" }]);
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
