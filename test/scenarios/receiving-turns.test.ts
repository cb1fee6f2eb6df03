import { createHttp, type Runtime, silentLogger, systemClock } from "@toolcast/core";
import { type Adapter, type AdapterDefinition, createReceivingTurn } from "@toolcast/core/surface";
import { discord } from "@toolcast/discord";
import { slack } from "@toolcast/slack";
import { telegram } from "@toolcast/telegram";
import Keyv from "keyv";
import { afterEach, describe, expect, test, vi } from "vitest";
import { startDiscord } from "../fakes/discord/discord.ts";
import { startSlack } from "../fakes/slack/slack.ts";
import { startTelegram } from "../fakes/telegram/telegram.ts";
import type { ManualClock } from "../manual-clock.ts";
import { createMemoryEngine, createMemoryStore } from "../memory-engine.ts";
import { createMortalProcess } from "../mortal-process.ts";
import { createInstallation } from "../runtime-fixture.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) {
    await close();
  }
});

/** A platform's fake, and how many processes it sends events to at the moment. */
interface Platform {
  definition: AdapterDefinition<never>;
  values: Record<string, string>;
  hosts: string[];
  receivers(): number;
}

const platforms: Record<string, (clock: ManualClock) => Promise<Platform>> = {
  async Discord(clock) {
    const fake = await startDiscord({ clock, rateLimits: false });
    closers.push(() => fake.close());
    return {
      definition: discord as AdapterDefinition<never>,
      values: { DISCORD_TOKEN: fake.token, DISCORD_API_URL: fake.apiUrl },
      hosts: [new URL(fake.apiUrl).host],
      receivers: () => fake.gateway.connected,
    };
  },
  async Slack(clock) {
    const fake = await startSlack({ clock, rateLimits: false, fileProcessingMs: 0 });
    closers.push(() => fake.close());
    const { botToken: SLACK_BOT_TOKEN, appToken: SLACK_APP_TOKEN, apiUrl: SLACK_API_URL } = fake;
    return {
      definition: slack as AdapterDefinition<never>,
      values: { SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_API_URL },
      hosts: [fake.apiUrl, fake.fileHost.url].map((url) => new URL(url).host),
      // Each process has two.
      receivers: () => fake.sockets.connected / 2,
    };
  },
  async Telegram() {
    const fake = await startTelegram({ clock: systemClock, flood: false });
    closers.push(() => fake.close());
    return {
      definition: telegram as AdapterDefinition<never>,
      values: { TELEGRAM_BOT_TOKEN: fake.token, TELEGRAM_API_ROOT: fake.apiRoot },
      hosts: [new URL(fake.apiRoot).host],
      receivers: () => Number(fake.updates.polling),
    };
  },
};

async function openPlatform(name: string) {
  const installation = await createInstallation();
  closers.push(async () => installation[Symbol.asyncDispose]());
  const { clock } = installation;
  const { definition, values, hosts, receivers } = await platforms[name]!(clock);
  const locks = createMemoryStore();
  const keyvs = new Map<string, Keyv>();
  const state = {
    keyv(namespace: string) {
      const keyv = keyvs.get(namespace) ?? new Keyv({ namespace });
      keyvs.set(namespace, keyv);
      return keyv;
    },
    close() {},
  };
  const runtimes: Runtime[] = [];
  let processes = 0;

  /** One more process of the installation. */
  async function begin() {
    processes += 1;
    const { runtime } = await installation.open({ attached: false, started: false });
    runtimes.push(runtime);
    const life = createMortalProcess(clock);
    const random = createSeededRandom(processes);
    const engine = createMemoryEngine({ clock: life.clock, random, shared: locks });
    let isAway = false;
    const turn = createReceivingTurn({
      engine: {
        lock: (...given) => (isAway ? Promise.reject(new Error("away")) : engine.lock(...given)),
        unlock: engine.unlock,
      },
      ...{ surface: definition.id, clock: life.clock, random, logger: silentLogger },
    });
    const http = createHttp({ trustedHosts: () => hosts, clock: systemClock });
    const adapter: Adapter = await definition.create(definition.schema.parse(values), {
      ...{ runtime, state, http, trustedHosts: hosts, publicUrl: null, turn },
      ...{ clock: name === "Telegram" ? systemClock : clock, random, logger: silentLogger },
    });
    runtime.attach(adapter.surface, () => adapter.away?.() ?? null);
    let closing: Promise<void> | undefined;
    /** Its connections end; its lock stays, as after a crash. */
    const cut = async () => {
      let isDone = false;
      closing ??= adapter.close().then(() => http.close());
      void closing.then(() => {
        isDone = true;
      });
      while (!isDone) {
        await new Promise((resolve) => setImmediate(resolve));
        if (name === "Slack") {
          await clock.advance(100);
        }
      }
    };
    closers.push(cut);
    await adapter.start();
    return {
      turn,
      away: async () => (await runtime.condition()).away,
      async crash() {
        life.die();
        await cut();
      },
      async stop() {
        await cut();
        await turn.close();
      },
      freeze: () => life.freeze(),
      thaw: () => life.thaw(),
      /** From now on this process alone cannot reach the store, or again can. */
      lose(isLost: boolean) {
        isAway = isLost;
      },
    };
  }

  /** Lets time pass until so many processes receive; how long that took. */
  async function until(count: number, isSo = () => true): Promise<number> {
    const begun = clock.now();
    for (let spent = 0; spent < 5_000; spent += 1) {
      if (receivers() === count && isSo()) {
        return clock.now() - begun;
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
      if (spent % 10 === 9) {
        await clock.advance(250);
      }
    }
    throw new Error(`${receivers()} receive instead of ${count}`);
  }
  const pass = (ms: number) => clock.advance(ms);
  return { begin, until, pass, receivers };
}

describe.each(Object.keys(platforms))("%s", (name) => {
  test("one process receives, and another takes over within 15 seconds of its death", async () => {
    verifies("survives.one-receiver");
    const { begin, until, pass, receivers } = await openPlatform(name);
    const [one, other] = [await begin(), await begin()];
    await until(1);
    expect([one.turn.isOurs, other.turn.isOurs]).toEqual([true, false]);
    expect([await one.away(), await other.away()]).toEqual([[], []]);
    await pass(60_000);
    expect(receivers()).toBe(1);
    expect([one.turn.isOurs, other.turn.isOurs]).toEqual([true, false]);
    await one.crash();
    expect(await until(1, () => other.turn.isOurs)).toBeLessThanOrEqual(15_000);
    expect(await other.away()).toEqual([]);
  });

  test("a process that stops in an orderly way hands over at once, and takes over again", async () => {
    verifies("survives.one-receiver");
    const { begin, until } = await openPlatform(name);
    const [one, other] = [await begin(), await begin()];
    await until(1);
    await one.stop();
    expect(await until(1, () => other.turn.isOurs)).toBeLessThanOrEqual(2_000);
    const again = await begin();
    await other.stop();
    expect(await until(1, () => again.turn.isOurs)).toBeLessThanOrEqual(2_000);
  });

  test("a process that was suspended leaves it to the one that took over", async () => {
    verifies("survives.one-receiver");
    const { begin, until, pass, receivers } = await openPlatform(name);
    const [one, other] = [await begin(), await begin()];
    await until(1);
    one.freeze();
    await pass(15_000);
    expect(other.turn.isOurs).toBe(true);
    one.thaw();
    await until(1, () => !one.turn.isOurs);
    await other.stop();
    await until(1, () => one.turn.isOurs);
    expect(receivers()).toBe(1);
  });

  test("while the store is away, whoever receives goes on, to say so", async () => {
    verifies("survives.one-receiver");
    const { begin, until, pass, receivers } = await openPlatform(name);
    const [one, other] = [await begin(), await begin()];
    await until(1);
    one.lose(true);
    other.lose(true);
    await pass(60_000);
    expect(receivers()).toBe(1);
    expect([one.turn.isOurs, other.turn.isOurs]).toEqual([true, false]);
    one.lose(false);
    other.lose(false);
    await until(1, () => one.turn.isOurs !== other.turn.isOurs);
  });
});
