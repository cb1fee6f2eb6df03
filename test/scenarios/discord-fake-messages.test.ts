import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type DiscordFake, startDiscord } from "../fakes/discord/discord.ts";
import { type DrivenDiscord, rawCall } from "../fakes/discord/driven-client.ts";
import type { PermissionName } from "../fakes/discord/permissions.ts";
import type { Person } from "../fakes/discord/person.ts";
import { createManualClock, type ManualClock } from "../manual-clock.ts";
import { verifies } from "../verifies.ts";

let clock: ManualClock;
let discord: DiscordFake;
let call: DrivenDiscord["call"];
let ada: Person;
let here: string;

const minuteMs = 60_000;
const megabyte = 1024 * 1024;
const fox = { "fox.png": Uint8Array.of(1, 2, 3) };
const refused = ({ status, body }: Awaited<ReturnType<DrivenDiscord["call"]>>) => [status, body.code];

beforeEach(async () => {
  clock = createManualClock();
  discord = await startDiscord({ clock, rateLimits: false });
  call = rawCall(discord);
  ada = discord.person("ada");
  here = `/channels/${discord.channel.id}/messages`;
});

afterEach(async () => {
  await discord.close();
  discord.assertNoViolations();
});

async function post(content = "hello", channel = here): Promise<string> {
  const { status, body } = await call("POST", channel, { content });
  expect(status).toBe(200);
  return String(body.id);
}

describe("permissions", () => {
  const cases: [PermissionName, status: number, code: number, body: object, files?: typeof fox][] = [
    ["VIEW_CHANNEL", 403, 50001, { content: "x" }],
    ["SEND_MESSAGES", 403, 50013, { content: "x" }],
    ["ATTACH_FILES", 403, 50013, { content: "x" }, fox],
    ["EMBED_LINKS", 403, 50013, { embeds: [{ title: "x" }] }],
    ["READ_MESSAGE_HISTORY", 400, 160002, { content: "x", message_reference: { message_id: "1" } }],
  ];
  for (const [permission, status, code, body, files] of cases) {
    test(`without ${permission} a message is refused with ${code}`, async () => {
      verifies("built.discord-fake");
      discord.revoke(discord.channel, permission);
      expect(refused(await call("POST", here, body, files))).toEqual([status, code]);
      expect(ada.visibleMessages()).toEqual([]);
      discord.restore(discord.channel, permission);
      await post();
    });
  }

  test("come from roles and the overwrites of everyone, roles and members, in this order", async () => {
    verifies("built.discord-fake");
    const artists = discord.addRole("artists");
    const bea = discord.person("bea", { roles: [artists] });
    discord.overwrite(discord.channel, discord.guild.id, { deny: ["VIEW_CHANNEL"] });
    discord.overwrite(discord.channel, artists.id, { allow: ["VIEW_CHANNEL"] });
    discord.overwrite(discord.channel, discord.botUserId, { allow: ["VIEW_CHANNEL"] });
    await post();
    expect([ada, bea].map((person) => person.visibleMessages().length)).toEqual([0, 1]);
  });

  test("of a kicked bot are none", async () => {
    verifies("built.discord-fake");
    discord.removeBot(discord.guild);
    expect(refused(await call("POST", here, { content: "x" }))).toEqual([403, 50001]);
  });
});

describe("a message", () => {
  test("that is gone, or whose channel is gone, is unknown", async () => {
    verifies("built.discord-fake");
    const id = await post();
    discord.deleteMessage({ id });
    expect(refused(await call("PATCH", `${here}/${id}`, { content: "x" }))).toEqual([404, 10008]);
    const other = await post();
    discord.deleteChannel(discord.channel);
    expect(refused(await call("PATCH", `${here}/${other}`, { content: "x" }))).toEqual([404, 10003]);
    expect(refused(await call("POST", here, { content: "x" }))).toEqual([404, 10003]);
  });

  test("by somebody else cannot be edited, and its text is withheld from an app that may not read it", async () => {
    verifies("built.discord-fake");
    const { id } = ada.say("secret");
    expect(refused(await call("PATCH", `${here}/${id}`, { content: "x" }))).toEqual([403, 50005]);
    expect((await call("GET", `${here}/${id}`)).body.content).toBe("");
  });

  test("can reply to a lost message only if it sets fail_if_not_exists to false", async () => {
    verifies("built.discord-fake");
    const reply = (more: object) =>
      call("POST", here, { content: "x", message_reference: { message_id: "1", ...more } });
    expect(refused(await reply({}))).toEqual([400, 50035]);
    expect((await reply({ fail_if_not_exists: false })).body.message_reference).toBeUndefined();
    const asked = ada.say("please");
    const { body } = await call("POST", here, { content: "x", message_reference: { message_id: asked.id } });
    expect(body.referenced_message).toMatchObject({ id: asked.id });
    expect(ada.visibleMessages().at(-1)).toMatchObject({ replyTo: asked.id, pings: { userIds: [ada.id] } });
  });

  test("with the nonce of a recent one is that same message; nonces are not kept with messages", async () => {
    verifies("built.discord-fake");
    const send = (nonce: string) => call("POST", here, { content: "x", nonce, enforce_nonce: true });
    const first = await send("delivery-1");
    expect(first.body.nonce).toBe("delivery-1");
    await clock.advance(4 * minuteMs);
    expect((await send("delivery-1")).body.id).toBe(first.body.id);
    expect((await call("GET", `${here}/${first.body.id}`)).body.nonce).toBeUndefined();
    await clock.advance(minuteMs);
    expect((await send("delivery-1")).body.id).not.toBe(first.body.id);
    expect(refused(await send("x".repeat(26)))).toEqual([400, 50035]);
    expect(ada.visibleMessages()).toHaveLength(2);
    const deleted = await send("delivery-2");
    discord.deleteMessage({ id: String(deleted.body.id) });
    expect((await send("delivery-2")).body.id).not.toBe(deleted.body.id);
    expect(ada.visibleMessages()).toHaveLength(3);
  });

  test("older than an hour can be edited only a few times", async () => {
    verifies("built.discord-fake");
    const id = await post();
    const edit = () => call("PATCH", `${here}/${id}`, { content: "x" });
    await clock.advance(61 * minuteMs);
    for (let count = 0; count < 3; count += 1) {
      expect((await edit()).status).toBe(200);
    }
    const answer = await edit();
    expect(refused(answer)).toEqual([429, 30046]);
    await clock.advance(Number(answer.body.retry_after) * 1000);
    expect((await edit()).status).toBe(200);
  });

  test("has a text of at most 2,000 characters, and pings only those it may", async () => {
    verifies("built.discord-fake");
    expect(refused(await call("POST", here, { content: " " }))).toEqual([400, 50006]);
    expect(refused(await call("POST", here, { content: "x".repeat(2_001) }))).toEqual([400, 50035]);
    const both = { parse: ["users"], users: [ada.id] };
    expect(refused(await call("POST", here, { content: "x", allowed_mentions: both }))).toEqual([400, 50035]);
    expect(refused(await call("POST", here, { content: "x", allowed_mentions: { users: ["ada"] } }))).toEqual([
      400, 50035,
    ]);
    const text = `<@${ada.id}> @everyone \`<@${discord.person("bea").id}>\``;
    const pings = async (body: object) => {
      await call("POST", here, { content: text, ...body });
      return ada.visibleMessages().at(-1)?.pings;
    };
    expect(await pings({})).toEqual({ everyone: false, userIds: [ada.id], roleIds: [] });
    expect(await pings({ allowed_mentions: { parse: [] } })).toEqual({ everyone: false, userIds: [], roleIds: [] });
    discord.overwrite(discord.channel, discord.botUserId, { allow: ["MENTION_EVERYONE"] });
    expect(await pings({ allowed_mentions: { parse: ["everyone"] } })).toEqual({
      everyone: true,
      userIds: [],
      roleIds: [],
    });
  });

  test("is found in lists before, after and around another, newest first", async () => {
    verifies("built.discord-fake");
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      ids.push(await post(String(count)));
    }
    const listed = async (query: string) => (await call("GET", `${here}?${query}`)).list.map(({ content }) => content);
    expect(await listed("limit=2")).toEqual(["4", "3"]);
    expect(await listed(`before=${ids[2]}&limit=1`)).toEqual(["1"]);
    expect(await listed(`after=${ids[2]}&limit=1`)).toEqual(["3"]);
    expect(await listed(`around=${ids[2]}&limit=3`)).toEqual(["3", "2", "1"]);
    expect((await call("GET", `${here}?limit=101`)).status).toBe(400);
    discord.revoke(discord.channel, "READ_MESSAGE_HISTORY");
    expect(await listed("limit=2")).toEqual([]);
    expect(refused(await call("GET", `${here}/${ids[2]}`))).toEqual([403, 50001]);
  });
});

describe("files", () => {
  test("are limited to 10 MiB, more in a boosted guild, and 25 MiB a request", async () => {
    verifies("built.discord-fake");
    const large = new Uint8Array(10 * megabyte + 1);
    const send = (...sizes: number[]) =>
      call("POST", here, {}, Object.fromEntries(sizes.map((size, index) => [`${index}.png`, large.subarray(0, size)])));
    expect((await send(10 * megabyte)).status).toBe(200);
    expect(refused(await send(10 * megabyte + 1))).toEqual([413, 40005]);
    discord.guild.boostTier = 2;
    expect((await send(10 * megabyte + 1)).status).toBe(200);
    expect(refused(await send(10 * megabyte, 10 * megabyte, 5 * megabyte + 1))).toEqual([413, 40005]);
  }, 20_000);

  test("are ten at most and named as Discord requires", async () => {
    verifies("built.discord-fake");
    const named = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`${index}.png`, Uint8Array.of(index)]));
    expect(refused(await call("POST", here, {}, named(11)))).toEqual([400, 50035]);
    expect((await call("POST", here, {}, named(10))).status).toBe(200);
    const form = new FormData();
    form.append("payload_json", JSON.stringify({ content: "x" }));
    form.append("picture", new Blob(["x"]), "x.png");
    const headers = { authorization: `Bot ${discord.token}` };
    const answer = await fetch(`${discord.apiUrl}/v10${here}`, { method: "POST", headers, body: form });
    expect(answer.status).toBe(400);
  });

  test("are served by the file host and survive an edit that lists them or does not mention them", async () => {
    verifies("built.discord-fake");
    const { body } = await call("POST", here, { content: "x", attachments: [{ id: 0, description: "a fox" }] }, fox);
    const [file] = body.attachments as { id: string; url: string; description: string }[];
    expect(file?.description).toBe("a fox");
    expect(new Uint8Array(await (await fetch(file!.url)).arrayBuffer())).toEqual(fox["fox.png"]);
    const names = () => ada.visibleMessages()[0]?.files.map(({ filename }) => filename);
    await call("PATCH", `${here}/${body.id}`, { content: "y" });
    expect(names()).toEqual(["fox.png"]);
    await call("PATCH", `${here}/${body.id}`, { attachments: [{ id: 0 }] }, { "hare.png": Uint8Array.of(9) });
    expect(names()).toEqual(["hare.png"]);
    expect((await fetch(file!.url)).status).toBe(404);
  });
});

describe("threads and direct messages", () => {
  test("a message opens an archived thread unless it is locked; edits there do not", async () => {
    verifies("built.discord-fake");
    const thread = discord.addThread("clips");
    const there = `/channels/${thread.id}/messages`;
    const id = await post("x", there);
    discord.archive(thread);
    expect(refused(await call("PATCH", `${there}/${id}`, { content: "y" }))).toEqual([400, 50083]);
    await post("y", there);
    expect(thread.archived).toBe(false);
    discord.archive(thread, { locked: true });
    expect(refused(await call("POST", there, { content: "z" }))).toEqual([403, 50013]);
    discord.overwrite(discord.channel, discord.botUserId, { allow: ["MANAGE_THREADS"] });
    await post("z", there);
    discord.revoke(thread, "SEND_MESSAGES_IN_THREADS");
    expect(refused(await call("POST", there, { content: "z" }))).toEqual([403, 50013]);
  });

  test("a person without the app and without a common guild, or who refuses them, gets none", async () => {
    verifies("built.discord-fake");
    const open = async (id: string) =>
      String((await call("POST", "/users/@me/channels", { recipient_id: id })).body.id);
    const direct = await open(ada.id);
    expect(await open(ada.id)).toBe(direct);
    const send = () => call("POST", `/channels/${direct}/messages`, { content: "x" });
    expect((await send()).status).toBe(200);
    discord.blockDirectMessages(ada);
    expect(refused(await send())).toEqual([403, 50007]);
    discord.blockDirectMessages(ada, false);
    discord.leaveGuild(ada, discord.guild);
    expect(refused(await send())).toEqual([403, 50278]);
    expect(refused(await call("POST", "/users/@me/channels", { recipient_id: discord.botUserId }))).toEqual([
      400, 50033,
    ]);
  });
});
