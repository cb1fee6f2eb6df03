import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { minuteMs, open, results, starts } from "../contracts/chat-scene.ts";
import { discordChat } from "../discord-chat.ts";
import { reasonToSkipPostgres } from "../postgres-cluster.ts";
import { startPostgresEngines } from "../postgres-fixture.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { slackChat } from "../slack-chat.ts";
import { telegramChat } from "../telegram-chat.ts";
import { verifies } from "../verifies.ts";

const processes = 4;
const closers: (() => PromiseLike<void>)[] = [];
let engines: Awaited<ReturnType<typeof startPostgresEngines>>;

describe.skipIf(reasonToSkipPostgres() !== null)("four processes on one PostgreSQL database", () => {
  beforeAll(async () => {
    engines = await startPostgresEngines({ connections: 2 });
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) {
      await close();
    }
  });
  afterAll(() => engines?.cluster.remove());

  test.each([discordChat, slackChat, telegramChat])(
    "$name: an event sent to all of them at once, and again, is one job",
    async (platform) => {
      verifies("chat.once");
      const room = await platform.openRoom();
      closers.push(() => room[Symbol.asyncDispose]());
      const { clock } = room.installation;
      const random = createSeededRandom(5);
      const opened = await engines.open({ clock, random });
      closers.unshift(() => opened.close());
      const ada = room.person("ada");
      /** Whether each process that was handed the event took it. */
      const takes: { process: number; id: string; taken: boolean }[] = [];
      for (let process = 0; process < processes; process += 1) {
        const { runtime } = await open(room, ada, { openEngine: (own) => opened.another(own) });
        const take = runtime.inbox.take.bind(runtime.inbox);
        runtime.inbox.take = async (event) => {
          const end = await take(event);
          takes.push({ process, id: event.id, taken: end.taken });
          return end;
        };
      }
      const act = ada.ask("image", { prompt: "a fox" });
      room.redeliver(act);
      await room.until(() => results(ada).length > 0, 10 * minuteMs);
      room.redeliver(act);
      await room.pass(minuteMs);
      expect([act.state, starts(room), results(ada).length, ada.sees().length]).toEqual(["acknowledged", 1, 1, 1]);
      expect(await opened.engine.list({})).toMatchObject([{ state: { phase: "succeeded" } }]);
      expect([...new Set(takes.map(({ process }) => process))].sort()).toEqual([0, 1, 2, 3]);
      // Telegram's is first taken as it came, then as what it says.
      const taken = takes.filter((take) => take.taken).map(({ id }) => id);
      expect(taken).toHaveLength(new Set(takes.map(({ id }) => id)).size);
      expect(new Set(taken).size).toBe(platform.name === "Telegram" ? 2 : 1);
    },
  );
});
