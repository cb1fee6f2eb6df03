import { Client, Events, GatewayIntentBits, type Interaction } from "discord.js";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type DiscordFake, startDiscord } from "../fakes/discord/discord.ts";
import { clientOptions, type DrivenDiscord, startDrivenDiscord } from "../fakes/discord/driven-client.ts";
import { createManualClock } from "../manual-clock.ts";
import { verifies } from "../verifies.ts";

const closing: (() => Promise<unknown>)[] = [];

async function drive(...given: Parameters<typeof startDrivenDiscord>): Promise<DrivenDiscord> {
  const driven = await startDrivenDiscord(...given);
  closing.push(driven.stop);
  return driven;
}

async function alone(options: Parameters<typeof startDiscord>[0] = {}): Promise<DiscordFake> {
  const discord = await startDiscord({ clock: createManualClock(), ...options });
  closing.push(() => discord.close());
  return discord;
}

/** The code with which a connection is closed after sending these payloads. */
function closeCode(discord: DiscordFake, payloads: readonly unknown[], query = "?v=10&encoding=json"): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${discord.gateway.url}/${query}`);
    socket.on("message", (raw: Buffer) => {
      if ((JSON.parse(raw.toString()) as { op: number }).op === 10) {
        for (const payload of payloads) {
          socket.send(typeof payload === "string" ? payload : JSON.stringify(payload));
        }
      }
    });
    socket.on("close", resolve);
  });
}

const ping = { name: "ping", description: "Answers" };

afterEach(async () => {
  for (const close of closing.splice(0)) {
    await close();
  }
});

describe("login", () => {
  test("gives the client the app, its guild and the guild's channels", async () => {
    verifies("built.discord-fake");
    const { discord, client } = await drive();
    expect(client.application.id).toBe(discord.applicationId);
    expect(client.guilds.cache.get(discord.guild.id)?.name).toBe("Workshop");
    expect(client.channels.cache.has(discord.channel.id)).toBe(true);
    discord.assertNoViolations();
  });

  test("fails with a wrong token, over REST and the gateway", async () => {
    verifies("built.discord-fake");
    const discord = await alone();
    const client = new Client(clientOptions(discord));
    await expect(client.login("AAAA.BBBB.wrong")).rejects.toThrow(/token/i);
    expect(discord.requestsTo("gateway").map(({ status }) => status)).toEqual([401]);
    expect(await closeCode(discord, [{ op: 2, d: { token: "wrong", intents: 1, properties: {} } }])).toBe(4004);
  });

  test("fails with an intent that is not switched on", async () => {
    verifies("built.discord-fake");
    const discord = await alone();
    const client = new Client(clientOptions(discord, [GatewayIntentBits.Guilds, GatewayIntentBits.MessageContent]));
    await expect(client.login(discord.token)).rejects.toThrow(/disallowed intents/i);
    const allowed = await drive({ privilegedIntents: GatewayIntentBits.MessageContent }, [
      GatewayIntentBits.MessageContent,
    ]);
    expect(allowed.client.isReady()).toBe(true);
  });

  test("fails when the day's sessions are used up", async () => {
    verifies("built.discord-fake");
    const discord = await alone({ identifiesADay: 0 });
    await expect(new Client(clientOptions(discord)).login(discord.token)).rejects.toThrow(/session/i);
  });
});

describe("a connection", () => {
  const wrong: [what: string, code: number, payloads: unknown[], query?: string][] = [
    ["a payload above 4,096 bytes", 4002, [{ op: 1, d: "x".repeat(4_096) }]],
    ["invalid JSON", 4002, ["{"]],
    ["an unknown op", 4001, [{ op: 77 }]],
    ["a presence before Identify", 4003, [{ op: 3, d: {} }]],
    ["unknown intents", 4013, [{ op: 2, d: { token: "Ym90.fake.token-of-the-bot", intents: 1 << 30 } }]],
    ["another shard", 4010, [{ op: 2, d: { token: "Ym90.fake.token-of-the-bot", intents: 1, shard: [1, 2] } }]],
    ["two Identifies", 4005, Array(2).fill({ op: 2, d: { token: "Ym90.fake.token-of-the-bot", intents: 1 } })],
    ["more than 120 payloads a minute", 4008, Array(121).fill({ op: 1, d: null })],
    ["another version", 4012, [], "?v=9&encoding=json"],
  ];
  for (const [what, code, payloads, query] of wrong) {
    test(`is closed with ${code} for ${what}`, async () => {
      verifies("built.discord-fake");
      expect(await closeCode(await alone(), payloads, query)).toBe(code);
    });
  }
});

describe("a lost connection", () => {
  async function registered(): Promise<DrivenDiscord & { heard: Interaction[] }> {
    const driven = await drive();
    const heard: Interaction[] = [];
    driven.client.on(Events.InteractionCreate, (interaction) => heard.push(interaction));
    await driven.client.application.commands.set([ping]);
    return { ...driven, heard };
  }

  test("is resumed, and what was missed is replayed once", async () => {
    verifies("built.discord-fake");
    const { discord, heard } = await registered();
    const ada = discord.person("ada");
    ada.runCommand("ping");
    await discord.until(() => heard.length === 1);
    discord.gateway.drop();
    const missed = ada.runCommand("ping");
    await discord.until(() => discord.gateway.resumed === 1 && heard.length === 2, "the replay");
    expect(heard.map(({ id }) => id).at(-1)).toBe(missed.id);
    expect(discord.gateway.connections.at(-1)).toBe("/resumes");
    expect(discord.gateway.identified).toBe(1);
  });

  test("is resumed after Reconnect, and starts over after Invalid Session", async () => {
    verifies("built.discord-fake");
    const { discord, client } = await registered();
    const seen: string[] = [];
    client.on(Events.ShardResume, () => seen.push("resumed"));
    client.on(Events.ShardReady, () => seen.push("ready"));
    discord.gateway.reconnect();
    await discord.until(() => seen.length === 1, "the resume");
    discord.gateway.invalidate(false);
    await discord.until(() => seen.length === 2, "the second session");
    expect(seen).toEqual(["resumed", "ready"]);
    expect([discord.gateway.resumed, discord.gateway.identified]).toEqual([1, 2]);
  });

  test("cannot be resumed after more than three minutes", async () => {
    verifies("built.discord-fake");
    const clock = createManualClock();
    const discord = await alone({ clock });
    const answerTo = (payload: unknown) =>
      new Promise<{ op: number; d: unknown }>((resolve) => {
        const socket = new WebSocket(`${discord.gateway.url}/?v=10&encoding=json`);
        socket.on("message", (raw: Buffer) => {
          const message = JSON.parse(raw.toString()) as { op: number; d: unknown };
          if (message.op === 10) {
            socket.send(JSON.stringify(payload));
          } else {
            socket.once("close", () => resolve(message));
            socket.terminate();
          }
        });
      });
    const { token } = discord;
    const ready = await answerTo({ op: 2, d: { token, intents: 0 } });
    const { session_id } = ready.d as { session_id: string };
    const resume = { op: 6, d: { token, session_id, seq: 1 } };
    await discord.until(() => discord.gateway.connected === 0);
    await clock.advance(170_000);
    expect(await answerTo(resume)).toMatchObject({ t: "RESUMED" });
    await discord.until(() => discord.gateway.connected === 0);
    await clock.advance(181_000);
    expect(await answerTo(resume)).toMatchObject({ op: 9, d: false });
  });

  test("is noticed by missing heartbeat acknowledgements", async () => {
    verifies("built.discord-fake");
    const { discord } = await drive({ heartbeatIntervalMs: 40 });
    discord.gateway.silence();
    await discord.until(() => discord.gateway.resumed >= 1, "the resume");
    discord.gateway.acknowledge();
  });
});
