import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type DiscordFake, startDiscord } from "../fakes/discord/discord.ts";
import { type DrivenDiscord, rawCall, startDrivenDiscord } from "../fakes/discord/driven-client.ts";
import { createRateLimits } from "../fakes/discord/rate-limits.ts";
import { createManualClock, type ManualClock } from "../manual-clock.ts";
import { verifies } from "../verifies.ts";

let clock: ManualClock;
let discord: DiscordFake;
let call: DrivenDiscord["call"];
let here: string;

beforeEach(async () => {
  clock = createManualClock();
  discord = await startDiscord({ clock });
  call = rawCall(discord);
  here = `/channels/${discord.channel.id}/messages`;
});

afterEach(async () => {
  await discord.close();
  discord.assertNoViolations();
});

const send = () => call("POST", here, { content: "x" });
const stored = () => discord.allMessages().length;

describe("rate limits", () => {
  test("are stated in headers, kept per bucket and refused with the time to wait", async () => {
    verifies("built.discord-fake");
    const first = await send();
    expect(first.headers.get("x-ratelimit-limit")).toBe("5");
    expect(first.headers.get("x-ratelimit-remaining")).toBe("4");
    expect(first.headers.get("x-ratelimit-reset-after")).toBe("5.000");
    for (let count = 0; count < 4; count += 1) {
      expect((await send()).status).toBe(200);
    }
    await clock.advance(2_000);
    const refused = await send();
    expect([refused.status, refused.body.retry_after, refused.body.global]).toEqual([429, 3, false]);
    expect([refused.headers.get("retry-after"), refused.headers.get("x-ratelimit-scope")]).toEqual(["3", "user"]);
    const other = discord.addChannel("other");
    expect((await call("POST", `/channels/${other.id}/messages`, { content: "x" })).status).toBe(200);
    await clock.advance(3_000);
    expect((await send()).status).toBe(200);
    expect(stored()).toBe(6);
  });

  test("hold over all routes at 50 a second, except for interactions", async () => {
    verifies("built.discord-fake");
    const channels = Array.from({ length: 51 }, (_, index) => discord.addChannel(`c${index}`));
    const statuses: number[] = [];
    for (const channel of channels) {
      statuses.push((await call("GET", `/channels/${channel.id}`)).status);
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(50);
    const refused = await call("GET", `/channels/${discord.channel.id}`);
    expect([refused.status, refused.body.global, refused.headers.get("x-ratelimit-global")]).toEqual([
      429,
      true,
      "true",
    ]);
    expect((await call("POST", "/interactions/1/none/callback", { type: 5 })).status).toBe(404);
    await clock.advance(1_000);
    expect((await send()).status).toBe(200);
  });

  test("count like other refusals, except those of a shared limit", async () => {
    verifies("built.discord-fake");
    discord.revoke(discord.channel, "VIEW_CHANNEL");
    await send();
    discord.faults.next("create-message", { kind: "rate-limit", retryAfterMs: 1_000, scope: "shared" });
    await send();
    expect(discord.invalidRequests).toBe(1);
  });

  test("ban an address after 10,000 refusals in ten minutes", () => {
    verifies("built.discord-fake");
    const limits = createRateLimits(clock, {});
    for (let count = 0; count < 10_000; count += 1) {
      expect(count === 9_999 && limits.take("messages", String(count), false).banned).toBe(false);
      limits.countInvalid();
    }
    expect(limits.take("messages", "x", false).banned).toBe(true);
  });
});

describe("faults", () => {
  test("happen before or after the request is carried out", async () => {
    verifies("built.discord-fake");
    discord.faults.next("create-message", { kind: "status", status: 502 });
    expect([(await send()).status, stored()]).toEqual([502, 0]);
    discord.faults.next("create-message", { kind: "status", status: 502, when: "after" });
    expect([(await send()).status, stored()]).toEqual([502, 1]);
    discord.faults.next("create-message", { kind: "drop" });
    await expect(send()).rejects.toThrow();
    expect(stored()).toBe(1);
    discord.faults.next("create-message", { kind: "drop", when: "after" });
    await expect(send()).rejects.toThrow();
    expect(stored()).toBe(2);
    expect((await send()).status).toBe(200);
  });

  test("on another route do not affect this one", async () => {
    verifies("built.discord-fake");
    discord.faults.always("edit-message", { kind: "status", status: 500 });
    expect((await send()).status).toBe(200);
  });

  test("of latency last until the clock has moved", async () => {
    verifies("built.discord-fake");
    discord.faults.next("create-message", { kind: "latency", ms: 2_000, when: "after" });
    const sending = send();
    await discord.until(() => clock.pending() === 1, "the wait");
    expect([stored(), discord.requestsTo("create-message")[0]?.status]).toEqual([1, 200]);
    await clock.advance(2_000);
    expect((await sending).status).toBe(200);
  });
});

describe("the judge", () => {
  test("sees faults that the server itself does not check", async ({ skip }) => {
    verifies("built.discord-judge");
    skip(!discord.judged, "Discord's own description is not at hand (TOOLCAST_JUDGES)");
    const wrong = await call("POST", here, { content: "x", tts: "yes" });
    expect(wrong.status).toBe(400);
    expect(discord.violations).toMatchObject([{ direction: "request", where: "POST /channels/{channel_id}/messages" }]);
    expect(() => discord.assertNoViolations()).toThrow(/tts/);
    discord.violations.splice(0);
  });

  test("finds no fault in what the app learns about itself and its guild", async ({ skip }) => {
    verifies("built.discord-judge");
    skip(!discord.judged, "Discord's own description is not at hand (TOOLCAST_JUDGES)");
    const { id } = discord.guild;
    discord.person("ada");
    for (const path of [
      "/gateway/bot",
      "/users/@me",
      "/users/@me/guilds",
      "/applications/@me",
      "/oauth2/applications/@me",
      `/users/${discord.botUserId}`,
      `/guilds/${id}`,
      `/guilds/${id}/channels`,
      `/guilds/${id}/roles`,
      `/guilds/${id}/members/${discord.botUserId}`,
      `/channels/${discord.addThread("clips").id}`,
    ]) {
      expect([path, (await call("GET", path)).status]).toEqual([path, 200]);
    }
    discord.assertNoViolations();
  });

  test("judges the events that the client receives", async ({ skip }) => {
    verifies("built.discord-judge");
    const driven = await startDrivenDiscord();
    skip(!driven.discord.judged, "Discord's own description is not at hand (TOOLCAST_JUDGES)");
    const ada = driven.discord.person("ada", { locale: "xx" });
    await driven.client.application.commands.set([{ name: "ping", description: "Answers" }]);
    ada.runCommand("ping");
    expect(driven.discord.violations).toMatchObject([{ direction: "event", where: "INTERACTION_CREATE" }]);
    await driven.stop();
  });
});
