import { describe, expect, test, vi } from "vitest";
import { type DiscordRoom, everythingSent, newestJob, openRoom, slowStart, textOf } from "../discord-room.ts";
import type { MessageView } from "../fakes/discord/message-view.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const hourMs = 60 * 60_000;
const labels = (message: MessageView | null | undefined) => (message?.buttons ?? []).map(({ label }) => label);
const results = (messages: readonly MessageView[]) => messages.filter(({ files }) => files.length > 0);
const notice = (room: DiscordRoom) => newestJob(room).notices.at(-1);
const finished = (room: DiscordRoom) => room.until(() => everythingSent(room), 2 * hourMs, 15_000);
const kept = (room: DiscordRoom) => room.until(() => notice(room)?.state === "undeliverable", 2 * hourMs, 15_000);

describe("in the conversation", () => {
  test("a result in time edits the answer and pings nobody", async () => {
    verifies("discord.ladder", "delivered.into-conversation");
    await using room = await openRoom();
    await room.open();
    const ada = room.platform.person("ada");
    await room.ask(ada, "image", { prompt: "a fox" });
    await finished(room);
    const [only, ...others] = ada.visibleMessages();
    expect(others).toEqual([]);
    expect([only?.files.length, only?.edited, only?.pings.userIds]).toEqual([1, true, []]);
    expect(notice(room)).toMatchObject({ state: "sent", rung: "edit", receipt: { message: only?.id } });
  });

  test("after 40 minutes it is a reply that names the asker; the answer showed progress and says where it is", async () => {
    verifies("discord.ladder", "discord.native", "discord.never-thinking");
    await using room = await openRoom();
    await room.open();
    const ada = room.platform.person("ada");
    slowStart(room, "image", 40);
    const asked = await room.ask(ada, "image", { prompt: "a fox" });
    await room.pass(10 * 60_000, 15_000);
    expect(textOf(ada.answerTo(asked))).toMatch(/▰.*2\d %/);
    await room.pass(15 * 60_000, 15_000);
    expect(textOf(ada.answerTo(asked))).toMatch(/▰.*[56]\d %/);
    await finished(room);
    const [answer, result, ...others] = ada.visibleMessages();
    expect(others).toEqual([]);
    expect([result?.files.length, result?.replyTo, result?.pings.userIds]).toEqual([1, answer?.id, [ada.id]]);
    expect(textOf(answer)).toBe("The result is in a message below.");
    expect(answer?.buttons[0]?.url).toContain(`/${room.platform.channel.id}/${result?.id}`);
    expect(notice(room)).toMatchObject({ state: "sent", rung: "post" });
    const edits = room.platform.requestsTo("edit-original", "edit-message").length;
    expect(edits).toBeLessThan(60);
  });

  test("a removed answer or a missing right to read messages: it is posted all the same", async () => {
    verifies("discord.ladder");
    await using room = await openRoom();
    await room.open();
    const ada = room.platform.person("ada");
    slowStart(room, "image", 3);
    const asked = await room.ask(ada, "image", { prompt: "a fox" });
    room.platform.deleteMessage(ada.answerTo(asked)!);
    await finished(room);
    expect(results(ada.visibleMessages())).toMatchObject([{ pings: { userIds: [ada.id] } }]);
    room.platform.revoke(room.platform.channel, "READ_MESSAGE_HISTORY");
    slowStart(room, "image", 20);
    await room.ask(ada, "image", { prompt: "another" });
    await finished(room);
    expect(results(ada.visibleMessages())).toMatchObject([{}, { replyTo: null, pings: { userIds: [ada.id] } }]);
  });

  test("an archived thread is opened again", async () => {
    verifies("discord.ladder");
    await using room = await openRoom();
    await room.open();
    const ada = room.platform.person("ada");
    const thread = room.platform.addThread("foxes");
    slowStart(room, "image", 20);
    await room.ask(ada, "image", { prompt: "a fox" }, { in: thread });
    room.platform.archive(thread);
    await finished(room);
    expect(results(ada.visibleMessages(thread))).toHaveLength(1);
  });

  test("a bot that may no longer write can still edit what it wrote", async () => {
    verifies("discord.ladder");
    await using room = await openRoom();
    await room.open();
    const ada = room.platform.person("ada");
    slowStart(room, "image", 20);
    const asked = await room.ask(ada, "image", { prompt: "a fox" });
    room.platform.revoke(room.platform.channel, "SEND_MESSAGES");
    await finished(room);
    expect(ada.answerTo(asked)?.files).toHaveLength(1);
    expect(ada.visibleMessages()).toHaveLength(1);
  });
});

describe("to the asker alone", () => {
  const ways: Record<string, (room: DiscordRoom, where: ReturnType<DiscordRoom["platform"]["addThread"]>) => void> = {
    "when the channel is gone": ({ platform }, where) => platform.deleteChannel(where),
    "when the bot cannot see the channel": ({ platform }, where) => platform.revoke(where, "VIEW_CHANNEL"),
    "when the thread is locked": ({ platform }, where) => platform.archive(where, { locked: true }),
  };
  for (const [name, happens] of Object.entries(ways)) {
    test(`a late result is a direct message ${name}`, async () => {
      verifies("discord.ladder");
      await using room = await openRoom();
      await room.open();
      const ada = room.platform.person("ada");
      const where = room.platform.addThread("foxes");
      slowStart(room, "image", 20);
      await room.ask(ada, "image", { prompt: "a fox" }, { in: where });
      happens(room, where);
      await finished(room);
      expect(results(ada.visibleMessages(room.platform.direct(ada)))).toHaveLength(1);
      expect(notice(room)).toMatchObject({ state: "sent", rung: "direct" });
    });
  }

  test("a private result is never made public", async () => {
    verifies("discord.ladder", "delivered.private-stays-private");
    await using room = await openRoom();
    await room.open();
    const [ada, bob] = [room.platform.person("ada"), room.platform.person("bob")];
    slowStart(room, "image", 20);
    await room.ask(ada, "image", { prompt: "a fox", private: true });
    await finished(room);
    expect(bob.visibleMessages()).toEqual([]);
    expect(results(ada.visibleMessages(room.platform.direct(ada)))).toHaveLength(1);
    expect(room.platform.requestsTo("create-message").map(({ path }) => path)).toEqual([
      expect.stringContaining(room.platform.direct(ada).id),
    ]);
  });

  test("a private answer that its reader dismissed is followed by another one while its token lives", async () => {
    verifies("discord.ladder", "delivered.private-stays-private");
    await using room = await openRoom();
    await room.open();
    const ada = room.platform.person("ada");
    slowStart(room, "image", 3);
    const asked = await room.ask(ada, "image", { prompt: "a fox", private: true });
    room.platform.deleteMessage(ada.answerTo(asked)!);
    await finished(room);
    expect(results(ada.visibleMessages())).toMatchObject([{ ephemeral: true }]);
  });

  test("where nothing can be sent it is kept, with the reason; /jobs and the button show it", async () => {
    verifies("discord.ladder", "discord.reopened", "delivered.separate-from-outcome");
    await using room = await openRoom();
    await room.open();
    const ada = room.platform.person("ada", { locale: "zh-CN" });
    slowStart(room, "image", 20);
    const asked = await room.ask(ada, "image", { prompt: "狐狸", private: true });
    room.platform.blockDirectMessages(ada);
    await kept(room);
    expect(labels(ada.answerTo(asked))).toContain("显示结果");
    expect(notice(room)).toMatchObject({ trouble: "无法向该用户发送私信" });
    const jobs = await room.ask(ada, "jobs");
    expect(textOf(ada.answerTo(jobs))).toMatch(/未能发送/);
    ada.press(ada.answerTo(asked)!, "显示结果");
    await room.calm();
    expect(ada.answerTo(asked)?.files).toHaveLength(1);
  });
});

describe("where the bot is absent", () => {
  test("the answer offers a button before its token ends, and a press prolongs it", async () => {
    verifies("discord.reopened", "discord.ladder");
    await using room = await openRoom();
    await room.open();
    const ada = room.platform.person("ada", { installedApp: true });
    const bob = room.platform.person("bob");
    const group = room.platform.addGroup(ada, bob);
    slowStart(room, "image", 20);
    const asked = await room.ask(ada, "image", { prompt: "a fox" }, { in: group, installation: "user" });
    await room.pass(13.5 * 60_000, 15_000);
    expect(labels(ada.answerTo(asked))).toContain("Show the result");
    ada.press(ada.answerTo(asked)!, "Show the result");
    await finished(room);
    expect(notice(room)).toMatchObject({ rung: "edit" });
    expect(ada.answerTo(asked)?.files).toHaveLength(1);
  });

  test("many answers whose tokens end together all offer it, even while Discord is slow", async () => {
    verifies("discord.reopened");
    await using room = await openRoom();
    await room.open();
    const ada = room.platform.person("ada");
    const asked = [];
    for (let count = 0; count < 8; count += 1) {
      slowStart(room, "image", 30);
      asked.push(ada.runCommand("image", { prompt: `fox ${count}`, private: true }));
    }
    await room.until(() => room.installation.store.entries.size === asked.length);
    await room.pass(12.75 * 60_000, 15_000);
    room.platform.faults.always("edit-original", { kind: "latency", ms: 15_000, when: "before" });
    await room.pass(60_000, 15_000);
    const offered = asked.filter((one) => labels(ada.answerTo(one)).includes("Show the result"));
    expect(offered).toHaveLength(asked.length);
  });

  test("a channel that it could never see is such a place too", async () => {
    verifies("discord.reopened");
    await using room = await openRoom();
    await room.open();
    const ada = room.platform.person("ada");
    room.platform.revoke(room.platform.channel, "VIEW_CHANNEL");
    slowStart(room, "image", 20);
    const asked = await room.ask(ada, "image", { prompt: "a fox" });
    await room.pass(13.5 * 60_000, 15_000);
    expect(labels(ada.answerTo(asked))).toContain("Show the result");
  });

  test("if nobody presses, it is a direct message, or kept until somebody does", async () => {
    verifies("discord.reopened", "discord.ladder");
    await using room = await openRoom();
    await room.open();
    const ada = room.platform.person("ada", { installedApp: true, guilds: [] });
    const group = room.platform.addGroup(ada);
    slowStart(room, "image", 20);
    const asked = await room.ask(ada, "image", { prompt: "a fox" }, { in: group, installation: "user" });
    room.platform.blockDirectMessages(ada);
    await kept(room);
    ada.press(ada.answerTo(asked)!, "Show the result");
    await room.calm();
    expect(ada.answerTo(asked)?.files).toHaveLength(1);
  });
});

describe("a send that goes wrong", () => {
  test("is repeated if nothing came of it, and found if something did", async () => {
    verifies("discord.found", "delivered.once", "paid-once.delivery-repeats-alone");
    await using room = await openRoom();
    await room.open();
    const { faults } = room.platform;
    const ada = room.platform.person("ada");
    slowStart(room, "image", 20);
    await room.ask(ada, "image", { prompt: "a fox" });
    faults.next("create-message", { kind: "status", status: 503 });
    faults.next("create-message", { kind: "drop", when: "before" });
    faults.next("create-message", { kind: "status", status: 500, when: "after" });
    await finished(room);
    expect(results(ada.visibleMessages())).toHaveLength(1);
    expect(room.platform.requestsTo("create-message")).toHaveLength(3);
    expect(room.installation.provider.starts).toHaveLength(1);
  });

  test("waits as long as Discord says, and no answer waits behind it", async () => {
    verifies("discord.acknowledged", "delivered.once");
    await using room = await openRoom();
    await room.open();
    const ada = room.platform.person("ada");
    slowStart(room, "image", 2);
    await room.ask(ada, "image", { prompt: "a fox" });
    room.platform.faults.next("edit-original", { kind: "rate-limit", retryAfterMs: 3_000 }, 2);
    const begun = room.clock.now();
    const other = await room.ask(ada, "jobs");
    expect((other.acknowledgedAt ?? 0) - begun).toBeLessThan(1_000);
    await finished(room);
    expect(results(ada.visibleMessages())).toHaveLength(1);
  });

  test("files that Discord refuses as too large become links", async () => {
    verifies("discord.too-large");
    await using room = await openRoom();
    await room.open();
    const ada = room.platform.person("ada");
    slowStart(room, "image", 1);
    const asked = await room.ask(ada, "image", { prompt: "a fox" });
    await room.pass(5_000);
    room.platform.faults.next("edit-original", {
      kind: "status",
      status: 413,
      body: { code: 40005, message: "Request entity too large" },
    });
    await room.until(() => notice(room)?.state === "sent", hourMs, 60_000);
    const answer = ada.answerTo(asked);
    expect(answer?.buttons.map(({ url }) => url)).toContainEqual(expect.stringContaining("https://toolcast.example/"));
    expect(textOf(answer)).toMatch(/works until/);
  });
});

test.each([[false], [true]])("a second part never takes the first one's place (private: %s)", async (isPrivate) => {
  verifies("delivered.parts", "delivered.private-stays-private");
  await using room = await openRoom();
  const { discord, runtime } = await room.open();
  const [ada, bob] = [room.platform.person("ada"), room.platform.person("bob")];
  const asked = await room.ask(ada, "image", { prompt: "a fox", private: isPrivate });
  await finished(room);
  const job = newestJob(room);
  const part = {
    ...{ id: `${job.id}.2`, place: job.caller.place, asker: job.caller.id },
    ...{ message: await runtime.jobMessage(job, job.caller), acknowledgement: job.acknowledgement! },
  };
  const end = await discord.surface.deliver("edit", part);
  expect(end.end).toBe(isPrivate ? "sent" : "closed");
  if (!isPrivate) {
    expect(await discord.surface.deliver("post", part)).toMatchObject({ end: "sent" });
  }
  expect(ada.answerTo(asked)?.files).toHaveLength(1);
  expect(results(ada.visibleMessages())).toHaveLength(2);
  expect(bob.visibleMessages()).toHaveLength(isPrivate ? 0 : 2);
});

test("a result that is ready while the gateway is down is delivered; commands from that time are answered", async () => {
  verifies("discord.acknowledged", "delivered.into-conversation");
  await using room = await openRoom();
  await room.open();
  const ada = room.platform.person("ada");
  slowStart(room, "image", 1);
  const asked = await room.ask(ada, "image", { prompt: "a fox" });
  room.platform.gateway.drop();
  const meanwhile = ada.runCommand("jobs");
  await room.platform.until(() => meanwhile.state === "acknowledged", "the replayed command");
  await finished(room);
  expect(ada.answerTo(asked)?.files).toHaveLength(1);
  expect(ada.answerTo(meanwhile)?.thinking).toBe(false);
});
