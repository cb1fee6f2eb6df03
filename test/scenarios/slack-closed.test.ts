import type { AccessRule } from "@toolcast/core";
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

/** Everything that somebody can do to ask for a picture, or for words about one. */
const ways: Readonly<Record<string, (room: SlackRoom, somebody: Person, channel: Channel) => Promise<void>>> = {
  "by slash command": async (room, somebody, channel) => {
    await room.taken(somebody.command("/image", "a fox", { in: channel }));
  },
  "by direct message": async (_, somebody) => {
    somebody.say("image a fox", { in: somebody.direct });
  },
  "by mention": async (_, somebody, channel) => {
    somebody.say("@toolcast image a fox", { in: channel });
  },
  "by form": async (room, somebody, channel) => {
    await room.taken(somebody.command("/image", "", { in: channel }));
    await fillIn(room, somebody, 1);
  },
  "by the global shortcut": async (room, somebody) => {
    await room.taken(somebody.shortcut("open"));
    await room.platform.until(() => somebody.modal !== null, "the list of tools");
    await room.taken(somebody.press("t1:begin:image:"));
    await fillIn(room, somebody, 2);
  },
  "by a message's shortcut": async (room, somebody, channel) => {
    const picture = { filename: "cat.png", bytes: Buffer.from(fixture("picture.png")) };
    const { ts, channelId } = somebody.say("what is this", { in: channel, files: [picture] });
    await room.pass(1_000);
    await room.taken(somebody.shortcut("tool:describe", { channelId, ts }));
  },
};

async function fillIn(room: SlackRoom, somebody: Person, depth: number): Promise<void> {
  await room.platform.until(() => (somebody.modal?.depth ?? 0) === depth, "the form");
  await room.taken(somebody.submit({ prompt: "a fox" }));
}

/** What the bot says that somebody sees there or in their own conversation with it, oldest first. */
function told(somebody: Person, channel: Channel): string[] {
  return [channel, somebody.direct]
    .flatMap((place) => somebody.visibleMessages(place))
    .filter(({ byApp }) => byApp)
    .toSorted((one, other) => Number(one.ts) - Number(other.ts))
    .map(({ text }) => text);
}

describe("somebody who may not spend", () => {
  type Denied = [string, (room: SlackRoom) => { somebody: Person; channel: Channel; access?: AccessRule[] }];
  const denied: Denied[] = [
    ["a guest", ({ platform }) => ({ somebody: platform.person("gil", { kind: "guest" }), channel: platform.channel })],
    [
      "a guest of one channel",
      ({ platform }) => ({
        somebody: platform.person("gil", { kind: "single-channel guest" }),
        channel: platform.channel,
      }),
    ],
    [
      "somebody of another workspace",
      ({ platform }) => {
        const somebody = platform.person("gil", { kind: "stranger", channels: [] });
        return { somebody, channel: platform.addChannel("together", { shared: true, people: [somebody] }) };
      },
    ],
    [
      "a member without the role",
      ({ platform }) => ({
        somebody: platform.person("gil"),
        channel: platform.channel,
        access: [{ tool: "*", allowed: [`slack:group:${platform.addGroup("artists", platform.person("ada")).id}`] }],
      }),
    ],
    [
      "a member in another channel",
      ({ platform }) => ({
        somebody: platform.person("gil"),
        channel: platform.channel,
        access: [{ tool: "*", allowed: [`slack:channel:${platform.addChannel("studio").id}`] }],
      }),
    ],
  ];

  test.each(denied)(
    "is refused whichever way they ask, and learns whom to ask, before anything is paid: %s",
    async (_, who) => {
      verifies("slack.closed");
      const room = await open();
      const { somebody, channel, access = [] } = who(room);
      await room.open({ policy: { operators: [], access } });
      for (const [way, ask] of Object.entries(ways)) {
        const before = told(somebody, channel).length;
        await ask(room, somebody, channel);
        await room.pass(5_000);
        const tool = way === "by a message's shortcut" ? "describe" : "image";
        expect([way, told(somebody, channel).slice(before)]).toEqual([
          way,
          [expect.stringContaining(`You are not allowed to use “${tool}” here. Ask an operator.`)],
        ]);
      }
      expect(room.installation.jobs()).toEqual([]);
      expect(room.installation.provider.starts).toEqual([]);
    },
  );

  test("reads that in their own language, and others do not see it", async () => {
    verifies("slack.closed");
    const room = await open();
    await room.open();
    const eve = room.platform.person("eve");
    const gil = room.platform.person("gil", { kind: "guest", locale: "zh-CN" });
    await room.taken(gil.command("/image", "a fox"));
    await room.pass(5_000);
    expect(told(gil, room.platform.channel).at(-1)).toContain("请联系管理员");
    expect(told(eve, room.platform.channel)).toEqual([]);
  });

  test("any more presses buttons of earlier work in vain: again, change, use and approve", async () => {
    verifies("slack.closed");
    const room = await open();
    await room.open({ policy: { operators: [], askAbove: 0 } });
    const { platform, installation } = room;
    const gil = platform.person("gil");
    await room.taken(gil.command("/image", "a fox"));
    await room.taken(gil.press("Agree", gil.visibleMessages().at(-1)));
    await room.until(() => room.everythingSent());
    await room.taken(gil.command("/image", "an owl"));
    await room.pass(5_000);
    const made = gil.visibleMessages().find(({ images }) => images.length > 0);
    const asked = gil.visibleMessages().find(({ buttons }) => buttons.some(({ label }) => label === "Agree"));
    gil.user.kind = "guest";
    // Longer than people are remembered.
    await room.pass(6 * 60_000, 30_000);
    const forms: readonly string[] = ["Change", "Use: Describe a picture"];
    for (const [button, tool, message] of [
      ["Again", "image", made],
      ["Change", "image", made],
      ["Use: Describe a picture", "describe", made],
      ["Agree", "image", asked],
    ] as const) {
      const before = told(gil, platform.channel).length;
      await room.taken(gil.press(button, message));
      if (forms.includes(button)) {
        await platform.until(() => gil.modal !== null, `the form of ${button}`);
        await room.taken(gil.submit({}));
      }
      await room.pass(5_000);
      expect([button, told(gil, platform.channel).slice(before)]).toEqual([
        button,
        [expect.stringContaining(`You are not allowed to use “${tool}” here. Ask an operator.`)],
      ]);
    }
    expect(installation.jobs().map(({ state }) => state.phase)).toEqual(["succeeded", "held"]);
    expect(installation.provider.starts).toHaveLength(1);
  });

  test("presses somebody else's buttons in vain, though they are a member", async () => {
    verifies("slack.closed");
    const room = await open();
    await room.open({ policy: { operators: [], askAbove: 0 } });
    const { platform, installation } = room;
    const [ada, gil] = [platform.person("ada"), platform.person("gil")];
    await room.taken(ada.command("/image", "a fox"));
    await room.pass(5_000);
    await room.taken(gil.press("Agree", gil.visibleMessages().at(-1)));
    await room.pass(5_000);
    expect(gil.visibleMessages().at(-1)).toMatchObject({ ephemeral: true });
    expect(gil.visibleMessages().at(-1)?.text).toContain("Only the person who asked for this, or an operator");
    expect(installation.provider.starts).toEqual([]);
  });
});

describe("who may spend", () => {
  test("members may in a rule's channel, whichever way they ask there, and not elsewhere", async () => {
    verifies("slack.closed");
    const room = await open();
    const { platform } = room;
    const ada = platform.person("ada");
    const studio = platform.addChannel("studio", { people: [ada] });
    await room.open({ policy: { operators: [], access: [{ tool: "*", allowed: [`slack:channel:${studio.id}`] }] } });
    for (const [way, ask] of Object.entries(ways)) {
      await ask(room, ada, studio);
      await room.pass(5_000);
      await room.until(() => room.everythingSent());
      // The other two have no place but the conversation with the bot.
      const isThere = !["by direct message", "by the global shortcut"].includes(way);
      expect([way, told(ada, studio).at(-1)?.includes("Ask an operator")]).toEqual([way, !isThere]);
    }
    const where = room.installation.jobs().map(({ caller }) => caller.places?.[0]);
    expect(where).toEqual(Array.from({ length: 4 }, () => `slack:channel:${studio.id}`));
  });

  test("a guest may if a rule admits their user group or names them", async () => {
    verifies("slack.closed");
    const room = await open();
    const { platform } = room;
    const grace = platform.person("grace", { kind: "guest" });
    const group = platform.addGroup("artists", grace);
    const heidi = platform.person("heidi", { kind: "guest" });
    await room.open({
      policy: { operators: [], access: [{ tool: "image", allowed: [`slack:group:${group.id}`] }] },
    });
    await room.taken(grace.command("/image", "a fox"));
    await room.taken(heidi.command("/image", "a fox"));
    await room.until(() => room.everythingSent());
    expect(room.installation.jobs().map(({ caller }) => caller.id)).toEqual([`slack:${grace.id}`]);
  });

  test("if Slack does not say who somebody is, nothing is started", async () => {
    verifies("slack.closed");
    const room = await open();
    await room.open();
    room.platform.revokeScope("users:read");
    const ada = room.platform.person("ada");
    await room.taken(ada.command("/image", "a fox"));
    await room.pass(5_000);
    expect(room.installation.jobs()).toEqual([]);
  });
});
