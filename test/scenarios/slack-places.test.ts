import { afterEach, describe, expect, test } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import type { Person } from "../fakes/slack/person.ts";
import type { Channel } from "../fakes/slack/world.ts";
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

describe("where the bot may not write", () => {
  test("in a channel without it, the answer uses the command's address, and the files come by direct message", async () => {
    verifies("slack.ladder");
    const room = await open();
    await room.open();
    const { platform } = room;
    const ada = platform.person("ada");
    const secret = platform.addChannel("plans", { kind: "private", withBot: false, people: [ada] });
    await room.taken(ada.command("/image", "a fox", { in: secret }));
    await room.until(() => room.everythingSent());
    const said = ada.visibleMessages(secret);
    expect(said.map(({ text }) => text).join("\n")).toContain("/invite @toolcast");
    expect(said.flatMap(({ images }) => images)).toEqual([]);
    expect(said.at(-1)?.text).toContain("direct message");
    expect(platform.responseUrls.every(({ uses }) => uses <= 5)).toBe(true);
    expect(ada.visibleMessages(ada.direct).flatMap(({ images }) => images)).toHaveLength(1);
  });

  test.each([
    ["en-US", "a member", "The bot cannot read cat.png"],
    ["zh-CN", "somebody of another workspace", "机器人无法读取 cat.png"],
  ])(
    "in a channel without it, a message's files cannot be read, and their sender learns what to do: %s, %s",
    async (locale, who, words) => {
      verifies("slack.ladder", "slack.form");
      const room = await open();
      const { platform } = room;
      const isStranger = who !== "a member";
      const ada = platform.person("ada", { locale, ...(isStranger ? { kind: "stranger", channels: [] } : {}) });
      const roles = ["slack:role:member", "slack:role:stranger"];
      await room.open({ policy: { operators: [], access: [{ tool: "describe", allowed: roles }] } });
      const plans = platform.addChannel("plans", {
        kind: "private",
        shared: isStranger,
        withBot: false,
        people: [ada],
      });
      const picture = { filename: "cat.png", bytes: Buffer.from(fixture("picture.png")) };
      const said = ada.say("what is this", { in: plans, files: [picture] });
      await room.pass(1_000);
      await room.taken(ada.shortcut("tool:describe", said));
      await room.pass(10_000);
      const [told, ...others] = ada.visibleMessages(plans).filter(({ byApp }) => byApp);
      expect([told?.ephemeral, others]).toEqual([true, []]);
      expect(told?.text).toContain(isStranger ? words.replace("cat.png", "file") : words);
      expect(told?.text).toContain("/invite @toolcast");
      expect(room.installation.jobs()).toEqual([]);
    },
  );

  test("in a channel archived meanwhile, only the direct message is left", async () => {
    verifies("slack.ladder");
    const room = await open();
    await room.open();
    const { platform, installation } = room;
    const ada = platform.person("ada");
    installation.provider.nextStart("image", { end: "operation", reference: { vendor: "slow" } });
    installation.provider.nextCheck({ state: "pending", fraction: 0.5, checkAfterMs: 60_000 });
    await room.taken(ada.command("/image", "a fox"));
    platform.archive(platform.channel);
    await room.until(() => room.everythingSent());
    expect(ada.visibleMessages(ada.direct).flatMap(({ images }) => images)).toHaveLength(1);
  });

  test("with direct messages closed as well, the outcome is kept, and nothing is repeated endlessly", async () => {
    verifies("slack.ladder");
    const room = await open();
    await room.open();
    const { platform } = room;
    const ada = platform.person("ada");
    const secret = platform.addChannel("plans", { kind: "private", withBot: false, people: [ada] });
    platform.closeDirect(ada);
    await room.taken(ada.command("/image", "a fox", { in: secret }));
    await room.until(() => room.newestJob().notices.some(({ rung }) => rung === "kept"), 3 * 60 * 60_000, 30_000);
    expect(room.installation.provider.starts).toHaveLength(1);
  });
});

describe("in a thread", () => {
  const seenBy = (person: Person, channel: Channel) =>
    person
      .visibleMessages(channel)
      .flatMap(({ byApp, ephemeral, threadTs }) => (byApp ? [{ ephemeral, threadTs }] : []));

  test.each(["a message without replies", "a reply"])(
    "where the bot is not, the answers to a shortcut stand below its message: %s",
    async (what) => {
      verifies("slack.ladder");
      const room = await open();
      await room.open();
      const { platform } = room;
      const [ada, bob] = [platform.person("ada"), platform.person("bob")];
      const secret = platform.addChannel("plans", { kind: "private", withBot: false, people: [ada, bob] });
      const first = ada.say("a fox", { in: secret });
      const reply = what === "a reply" ? ada.say("an owl", { in: secret, thread: first.ts }) : first;
      await room.taken(ada.shortcut("tool:image", { channelId: secret.id, ts: reply.ts }));
      await room.until(() => room.everythingSent());
      const seen = seenBy(bob, secret);
      expect(seen.length).toBeGreaterThan(0);
      expect(seen.map(({ threadTs }) => threadTs)).toEqual(seen.map(() => first.ts));
      expect(ada.visibleMessages(ada.direct).flatMap(({ images }) => images)).toHaveLength(1);
    },
  );

  test.each([
    ["--private", "image a fox --private"],
    ["a tool that answers its asker alone", "balance"],
    ["a mistake", "image a fox --seed seven"],
  ])("an answer to a mention for its asker alone is seen: in the thread once it has a reply (%s)", async (_, words) => {
    verifies("slack.ladder");
    const room = await open();
    await room.open();
    const { platform } = room;
    const [ada, bob] = [platform.person("ada"), platform.person("bob")];
    const { ts } = ada.say(`@toolcast ${words}`);
    await room.pass(5_000);
    await room.until(() => room.everythingSent());
    expect(seenBy(ada, platform.channel)).toEqual([{ ephemeral: true, threadTs: null }]);
    bob.say("go on", { thread: ts });
    ada.say(`@toolcast ${words}`, { thread: ts });
    await room.pass(5_000);
    await room.until(() => room.everythingSent());
    expect(seenBy(ada, platform.channel).at(-1)).toEqual({ ephemeral: true, threadTs: ts });
    expect(seenBy(bob, platform.channel)).toEqual([]);
  });

  test("who filled in the form of such a shortcut for an hour reads why it was refused", async () => {
    verifies("slack.ladder");
    const room = await open();
    await room.open();
    const { platform } = room;
    const gil = platform.person("gil", { kind: "guest" });
    await room.taken(gil.shortcut("tool:describe", gil.say("what is this")));
    await platform.until(() => gil.modal !== null, "the form");
    await room.pass(60 * 60_000, 60_000);
    const picture = { filename: "cat.png", bytes: Buffer.from(fixture("picture.png")) };
    await room.taken(gil.submit({ image: [picture] }));
    await room.pass(5_000);
    expect(gil.visibleMessages().at(-1)?.text).toContain("Ask an operator.");
  });
});
