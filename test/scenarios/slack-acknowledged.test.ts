import { afterEach, describe, expect, test } from "vitest";
import type { Delivery } from "../fakes/slack/deliveries.ts";
import type { Person } from "../fakes/slack/person.ts";
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

const hasHan = (text: string) => /\p{Script=Han}/u.test(text);

/** Everything somebody can do first, by what it is; each gives what Slack sent. */
const acts: Readonly<Record<string, (person: Person, room: SlackRoom) => Delivery>> = {
  "a command": (person) => person.command("/image", "a fox"),
  "a command with a mistake": (person) => person.command("/image", "a fox --seed seven"),
  "a command that nobody can read": (person) => person.command("/image", "a fox --colour red"),
  "a request for help": (person) => person.command("/image", "help"),
  "a message that is a command": (person, room) => said(room, () => person.say("image a fox", { in: person.direct })),
  "a message that is none": (person, room) => said(room, () => person.say("hello", { in: person.direct })),
  "a mention": (person, room) => said(room, () => person.say("@toolcast hello")),
  "a message that needs a form": (person, room) => said(room, () => person.say("image", { in: person.direct })),
  "a press": (person, { platform }) =>
    person.press(
      "Again",
      platform.allMessages().find(({ buttons }) => buttons.length > 0),
    ),
  "a message shortcut": (person, { platform }) => person.shortcut("tool:speak", platform.allMessages()[0]!),
};

function said({ platform }: SlackRoom, act: () => unknown): Delivery {
  act();
  return platform.deliveries.at(-1)!;
}

describe("before an event is acknowledged", () => {
  test.each(Object.keys(acts))("nothing is asked of Slack, however unknown its sender: %s", async (name) => {
    verifies("slack.acknowledged");
    const room = await open();
    await room.open();
    const { platform } = room;
    await room.taken(platform.person("bob").command("/image", "a fox"));
    await room.until(() => room.everythingSent());
    const ada = platform.person("ada");
    const asked = () => platform.requests.filter(({ target }) => target !== "apps.connections.open").length;
    const before = asked();
    platform.faults.always("any", { kind: "latency", ms: Number.POSITIVE_INFINITY });
    const act = acts[name]!(ada, room);
    const seen = { asked: -1 };
    platform.onChange(() => {
      if (act.state === "acknowledged" && seen.asked < 0) {
        seen.asked = asked() - before;
      }
    });
    await platform.until(() => act.state !== "waiting", "an acknowledgement");
    expect(act).toMatchObject({ state: "acknowledged", acknowledgedAt: act.at });
    expect(seen.asked).toBe(0);
  });
});

describe("somebody whom the bot meets for the first time", () => {
  const sees = (person: Person) =>
    [...person.visibleMessages(), ...person.visibleMessages(person.direct)].filter(
      ({ byApp, ephemeral, threadTs, channelId }) =>
        byApp && (ephemeral || threadTs !== null || channelId === person.direct.id),
    );

  test.each([
    "a command with a mistake",
    "a command that nobody can read",
    "a request for help",
    "a message that is none",
    "a mention",
    "a message that needs a form",
  ])("reads what is wrong in their own language, once: %s", async (name) => {
    verifies("slack.commands");
    const room = await open();
    await room.open();
    const ada = room.platform.person("ada", { locale: "zh-CN" });
    await room.taken(acts[name]!(ada, room));
    await room.pass(5_000);
    expect(sees(ada).map(({ text }) => hasHan(text))).toEqual([true]);
    expect(room.installation.jobs()).toEqual([]);
  });

  test("after a restart reads errors of a form in its language, and what a press did in their own", async () => {
    verifies("slack.form", "slack.buttons");
    const room = await open();
    const first = await room.open();
    const { platform, installation } = room;
    const ada = platform.person("ada", { locale: "zh-CN" });
    installation.provider.nextStart("image", { end: "operation", reference: { vendor: "slow" } });
    installation.provider.everyCheck = () => ({ state: "pending", fraction: 0.5, checkAfterMs: 600_000 });
    await room.taken(ada.command("/image", "a fox"));
    await room.taken(ada.command("/image"));
    await platform.until(() => hasHan(ada.modal?.title ?? ""), "the form in Chinese");
    await first.kill();
    await room.pass(40_000);
    await room.open();
    // Nothing that anybody could read.
    const sent = await room.taken(ada.submit({ prompt: "\u200b" }));
    expect(Object.values(sent.errors ?? {}).map((text) => hasHan(String(text)))).toEqual([true]);
    const before = ada.visibleMessages()[0]?.text;
    await room.taken(ada.press("取消", ada.visibleMessages()[0]));
    const after = ada.visibleMessages()[0]?.text ?? "";
    expect([after === before, hasHan(after)]).toEqual([false, true]);
  });
});
