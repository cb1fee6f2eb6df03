import { builtInTools, defineTool, openState, type State, silentLogger, systemRandom } from "@toolcast/core";
import { messageTools } from "@toolcast/core/chat";
import type { Finding } from "@toolcast/core/provider";
import { discord } from "@toolcast/discord";
import { REST, Routes } from "discord.js";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createFixtureHttp } from "../doubles/fixture-media.ts";
import { type DiscordFake, type DiscordOptions as FakeOptions, startDiscord } from "../fakes/discord/discord.ts";
import { createInstallation, type Installation, type RunningProcess } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

/** Commands, and entries in messages' menus. */
const registered = builtInTools.length + messageTools(builtInTools).length;

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

let installation: Installation;
let platform: DiscordFake;
let running: RunningProcess;
const opened: { close(): Promise<void> }[] = [];

async function begin(options: FakeOptions = {}): Promise<void> {
  installation = await createInstallation();
  platform = await startDiscord({ clock: installation.clock, rateLimits: false, ...options });
  running = await installation.open({ attached: false, started: false });
}
beforeEach(() => begin());
afterEach(async () => {
  for (const each of opened.splice(0)) {
    await each.close();
  }
  await installation[Symbol.asyncDispose]();
  await platform.close();
  platform.assertNoViolations();
});

interface Given {
  token?: string;
  guildId?: string;
}

const settings = ({ token = platform.token, guildId }: Given) => ({ token, guildId, apiUrl: platform.apiUrl });

const tools = () => ({
  ...{ runtime: running.runtime, http: createFixtureHttp(), trustedHosts: [], publicUrl: null },
  ...{ clock: installation.clock, random: systemRandom, logger: silentLogger },
});

async function start({ state = openState({ file: ":memory:" }), ...given }: Given & { state?: State } = {}) {
  const adapter = await discord.create(settings(given), { ...tools(), state });
  opened.push(adapter);
  await adapter.start();
}

const writes = () =>
  platform.requestsTo(
    "set-commands",
    "create-command",
    "delete-command",
    "set-guild-commands",
    "create-guild-command",
    "delete-guild-command",
  );

describe("commands", () => {
  test("are registered once, again when changed, and removed when gone", async () => {
    verifies("discord.registered-once", "discord.commands");
    await start();
    expect(platform.commands().map(({ name }) => name)).toHaveLength(registered);
    expect(writes()).toHaveLength(1);
    await start();
    expect(writes()).toHaveLength(1);
    const [first, ...others] = builtInTools;
    const extra = defineTool({
      name: "say_hello",
      command: "hello",
      effect: "reads",
      title: { en: "Hello", "zh-CN": "问好" },
      summary: { en: "Says hello.", "zh-CN": "打招呼。" },
      input: {},
      answer: async () => ({ message: { tone: "info", title: "Hello" }, data: null }),
    });
    running = await installation.open({ attached: false, started: false, tools: [...others, extra] });
    await start();
    expect(
      writes()
        .slice(1)
        .map(({ route }) => route),
      // The tool that is gone had an entry in messages' menus, too.
    ).toEqual(["create-command", "delete-command", "delete-command"]);
    expect(platform.commands().map(({ name }) => name)).not.toContain(first?.command);
    expect(platform.commands().map(({ name }) => name)).toContain("hello");
  });

  test("are registered in a single server for trying them out", async () => {
    verifies("discord.registered-once");
    await start({ guildId: platform.guild.id });
    expect(platform.commands()).toEqual([]);
    expect(platform.commands(platform.guild)).toHaveLength(registered);
    await start({ guildId: platform.guild.id });
    expect(writes()).toHaveLength(1);
  });
});

describe("commands whose place of registration has changed", () => {
  const names = (of?: Parameters<DiscordFake["commands"]>[0]) => platform.commands(of).map(({ name }) => name);
  const startIn = (state: State, guildId?: string) => start({ state, guildId });

  test("are removed from the old place, once; those of others stay", async () => {
    verifies("discord.registered-once");
    const state = openState({ file: ":memory:" });
    const wanted = registered;
    await startIn(state);
    const rest = new REST({ api: platform.apiUrl }).setToken(platform.token);
    const foreign = { name: "foreign", description: "Somebody else's." };
    await rest.post(Routes.applicationCommands(platform.applicationId), { body: foreign });
    await startIn(state, platform.guild.id);
    expect([names(), names(platform.guild).length]).toEqual([["foreign"], wanted]);
    const writesBefore = writes().length;
    await startIn(state, platform.guild.id);
    expect(writes()).toHaveLength(writesBefore);
    const other = platform.addGuild("another");
    await startIn(state, other.id);
    expect([names(platform.guild).length, names(other).length]).toEqual([0, wanted]);
    await startIn(state);
    expect([names(other).length, names(platform.guild).length, names().length]).toEqual([0, 0, wanted]);
  });

  test("if the bot has left it, or Discord cannot be asked, the start succeeds all the same", async () => {
    verifies("discord.registered-once", "discord.start-problems");
    const state = openState({ file: ":memory:" });
    const other = platform.addGuild("another");
    await startIn(state, other.id);
    platform.faults.next("list-guild-commands", { kind: "status", status: 503 });
    await startIn(state);
    expect(names(other)).toHaveLength(registered);
    await startIn(state);
    expect([names(other), names().length]).toEqual([[], registered]);
    await startIn(state, other.id);
    platform.removeBot(other);
    await startIn(state);
    expect(names()).toHaveLength(registered);
    const asked = () => platform.requestsTo("list-guild-commands").length;
    const before = asked();
    await startIn(state);
    expect(asked()).toBe(before);
  });
});

describe("what only an operator can fix ends the start", () => {
  test("a wrong token", async () => {
    verifies("discord.start-problems");
    const refused = start({ token: "wrong.token.of-somebody-else" });
    await expect(refused).rejects.toMatchObject({
      variable: "DISCORD_TOKEN",
      sentence: { en: expect.stringContaining("Reset Token") },
    });
    await expect(refused).rejects.not.toThrow(/wrong\.token/);
  });

  test("a server that the bot is not in, or that invited it without its commands", async () => {
    verifies("discord.start-problems");
    const elsewhere = platform.addGuild("elsewhere");
    platform.removeBot(elsewhere);
    await expect(start({ guildId: elsewhere.id })).rejects.toMatchObject({
      variable: "DISCORD_GUILD_ID",
      sentence: { en: expect.stringContaining("applications.commands") },
    });
    platform.guild.acceptsCommands = false;
    await expect(start({ guildId: platform.guild.id })).rejects.toThrow(/scope=bot\+applications\.commands/);
  });

  test("commands that Discord does not accept today keep nobody from the others", async () => {
    verifies("discord.start-problems");
    const body = { code: 30_034, message: "Max number of daily application command creates has been reached (200)" };
    platform.faults.next("set-commands", { kind: "status", status: 400, body });
    await start();
    await platform.until(() => platform.gateway.identified > 0, "a connection");
  });

  test("an unreachable Discord is retried, and the start does not fail", async () => {
    verifies("discord.start-problems");
    platform.faults.next("own-application", { kind: "status", status: 503 }, 2);
    await start();
    expect(platform.commands()).toEqual([]);
    await platform.until(() => true);
    for (let tries = 0; tries < 1_000 && platform.commands().length === 0; tries += 1) {
      await installation.clock.advance(5_000);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(platform.commands()).toHaveLength(registered);
  });
});

describe("doctor", () => {
  const diagnose = (given: Given = {}): Promise<Finding[]> =>
    discord.doctor(settings(given), { ...tools(), tools: builtInTools, state: openState({ file: ":memory:" }) });
  const levels = (findings: Finding[]) => findings.map(({ level }) => level);

  test("says what is right and what is not, and changes nothing", async () => {
    verifies("discord.start-problems");
    expect(levels(await diagnose({ token: "wrong.token.of-somebody-else" }))).toEqual(["error"]);
    expect(levels(await diagnose())).toEqual(["ok", "ok", "warning"]);
    await start();
    expect(levels(await diagnose())).toEqual(["ok", "ok", "ok"]);
    const everyone = platform.guild.roles.get(platform.guild.id);
    platform.setRolePermissions(everyone!, ["VIEW_CHANNEL", "SEND_MESSAGES"]);
    const findings = await diagnose();
    expect(levels(findings)).toEqual(["ok", "warning", "ok"]);
    expect(JSON.stringify(findings)).toMatch(/ATTACH_FILES.*READ_MESSAGE_HISTORY/);
    platform.removeBot(platform.guild);
    expect(levels(await diagnose({ guildId: platform.guild.id }))).toEqual(["ok", "error"]);
    expect(writes()).toHaveLength(1);
  });

  test("names other places where commands are registered; two starts remove them", async () => {
    verifies("discord.start-problems", "discord.registered-once");
    const { guild } = platform;
    const here = { guildId: guild.id };
    const twice = async (options?: typeof here) => (await diagnose(options)).slice(3);
    await start();
    expect([await twice(), await twice(here)]).toMatchObject([[], [{ level: "warning" }]]);
    // An installation that remembers nothing of the previous one.
    await start(here);
    expect(await twice(here)).toMatchObject([
      { level: "warning", sentence: { en: expect.stringMatching(/shown twice.*without DISCORD_GUILD_ID/s) } },
    ]);
    expect(await twice()).toMatchObject([
      { level: "warning", sentence: { en: expect.stringContaining(`DISCORD_GUILD_ID=${guild.id}`) } },
    ]);
    const state = openState({ file: ":memory:" });
    await start({ state });
    await start({ state, ...here });
    const rest = new REST({ api: platform.apiUrl }).setToken(platform.token);
    const foreign = { name: "foreign", description: "Somebody else's." };
    await rest.post(Routes.applicationCommands(platform.applicationId), { body: foreign });
    expect([platform.commands().length, await twice(here)]).toEqual([1, []]);
    await start({ state: openState({ file: ":memory:" }) });
    const other = openState({ file: ":memory:" });
    await start({ state: other, ...here });
    await start({ state: other });
    expect([platform.commands(guild).length, await twice()]).toEqual([0, []]);
  });
});
