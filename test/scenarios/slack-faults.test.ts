import { afterEach, describe, expect, test } from "vitest";
import { vendorFailure } from "../doubles/scripted-provider.ts";
import type { Fault, Target } from "../fakes/slack/faults.ts";
import { openSlackRoom, type SlackRoom } from "../slack-room.ts";
import { verifies } from "../verifies.ts";

const rooms: SlackRoom[] = [];

afterEach(async () => {
  for (const room of rooms.splice(0)) {
    await room[Symbol.asyncDispose]();
  }
});

/** How a request can end without telling whether it took effect, and whether it did. */
const ends: Readonly<Record<string, { fault: Fault; when: "before" | "after" }>> = {
  "a 503 before its effect": { fault: { kind: "status", status: 503, when: "before" }, when: "before" },
  "a 503 after its effect": { fault: { kind: "status", status: 503, when: "after" }, when: "after" },
  "no answer after its effect": { fault: { kind: "drop", when: "after" }, when: "after" },
  "internal_error after its effect": {
    fault: { kind: "error", error: "internal_error", when: "after" },
    when: "after",
  },
};

type Place =
  | "where the bot is"
  | "where it is not"
  | "for the asker alone"
  | "in its direct messages"
  | "where its first answer was deleted";

/** The requests that go wrong in each place: the first answer's, then the result's. */
const requests: readonly [Place, "the first answer" | "the result", readonly Target[]][] = [
  ["where the bot is", "the first answer", ["chat.postMessage"]],
  [
    "where the bot is",
    "the result",
    ["files.getUploadURLExternal", "upload", "files.completeUploadExternal", "files.info", "chat.update"],
  ],
  ["where it is not", "the first answer", ["response_url"]],
  [
    "where it is not",
    "the result",
    ["conversations.open", "chat.postMessage", "files.completeUploadExternal", "chat.update", "response_url"],
  ],
  ["for the asker alone", "the first answer", ["response_url"]],
  ["for the asker alone", "the result", ["conversations.open", "chat.postMessage", "response_url"]],
  ["in its direct messages", "the first answer", ["chat.postMessage"]],
  ["in its direct messages", "the result", ["files.completeUploadExternal", "chat.update"]],
  ["where its first answer was deleted", "the result", ["chat.postMessage", "files.completeUploadExternal"]],
];

const cases = requests.flatMap(([place, what, targets]) =>
  targets.flatMap((target) => Object.keys(ends).map((end) => ({ place, what, target, end }))),
);

/** Somebody asks for something that takes half a minute; `fail` prepares what goes wrong with the first answer. */
async function asked(place: Place, fail: (room: SlackRoom) => void, failed = false) {
  const room = await openSlackRoom();
  rooms.push(room);
  await room.open();
  const { platform, installation, clock } = room;
  const ada = platform.person("ada");
  const channel =
    place === "in its direct messages"
      ? ada.direct
      : platform.addChannel("plans", { kind: "private", withBot: place !== "where it is not", people: [ada] });
  const until = clock.now() + 30_000;
  installation.provider.nextStart("image", { end: "operation", reference: { vendor: "slow" } });
  installation.provider.everyCheck = () =>
    clock.now() < until
      ? { state: "pending", fraction: 0.5, checkAfterMs: 10_000 }
      : failed
        ? { state: "failed", failure: vendorFailure({ vendorCode: "20007", vendorMessage: "no", requestId: "r-9" }) }
        : null;
  fail(room);
  await room.taken(
    ada.command("/image", place === "for the asker alone" ? "a fox --private" : "a fox", { in: channel }),
  );
  await room.pass(20_000);
  const inChannel = () => ada.visibleMessages(channel).filter(({ byApp }) => byApp);
  if (place === "where its first answer was deleted") {
    platform.deleteMessage(inChannel()[0]!);
  }
  const sees = () => [...inChannel(), ...(channel === ada.direct ? [] : ada.visibleMessages(ada.direct))];
  return { room, sees };
}

describe("when it is unknown whether Slack carried out a request", () => {
  test.each(cases)("the picture comes once: $what $place, $target ends with $end", async (given) => {
    verifies("slack.delivery", "delivered.once");
    const { place, what, target, end } = given;
    const goWrong = ({ platform }: SlackRoom) => platform.faults.next(target, ends[end]!.fault);
    const { room, sees } = await asked(place, what === "the first answer" ? goWrong : () => {});
    if (what === "the result") {
      goWrong(room);
    }
    await room.until(() => room.everythingSent(), 20 * 60_000);
    await room.pass(10_000);
    expect(room.platform.faults.take(target)).toBeNull();
    const seen = sees();
    expect(room.installation.provider.starts).toHaveLength(1);
    expect(seen.flatMap(({ images }) => images)).toHaveLength(1);
    expect(seen.flatMap(({ files }) => files)).toHaveLength(1);
    expect(seen.flatMap(({ hiddenFiles }) => hiddenFiles)).toEqual([]);
    if (place === "where the bot is" || place === "in its direct messages") {
      expect(seen.filter(({ threadTs }) => threadTs === null)).toHaveLength(1);
    }
  });

  test.each(
    (["where the bot is", "where it is not", "for the asker alone"] as const).flatMap((place) =>
      Object.keys(ends).map((end) => ({ place, end })),
    ),
  )("a text comes, twice only if nobody can look for it: $place, ends with $end", async (given) => {
    verifies("slack.delivery");
    const { place, end } = given;
    const { fault, when } = ends[end]!;
    const { room, sees } = await asked(place, () => {}, true);
    const target = place === "where the bot is" ? "chat.update" : "response_url";
    room.platform.faults.next(target, fault);
    await room.until(() => room.newestJob().state.phase === "failed" && room.everythingSent(), 20 * 60_000);
    await room.pass(10_000);
    expect(room.platform.faults.take(target)).toBeNull();
    const results = sees().filter(({ text }) => text.includes("20007"));
    expect(results).toHaveLength(target === "response_url" && when === "after" ? 2 : 1);
  });

  test("a text shown by the command's address comes once if the bot was invited meanwhile and can look", async () => {
    verifies("slack.delivery");
    const { room, sees } = await asked("where it is not", () => {}, true);
    const { world, faults } = room.platform;
    const bot = [...world.users.values()].find(({ kind }) => kind === "bot")!;
    for (const channel of world.channels.values()) {
      channel.members.add(bot.id);
    }
    faults.next("response_url", { kind: "status", status: 502, when: "after" });
    await room.until(() => room.newestJob().state.phase === "failed" && room.everythingSent(), 20 * 60_000);
    await room.pass(10_000);
    expect(faults.take("response_url")).toBeNull();
    expect(sees().filter(({ text }) => text.includes("20007"))).toHaveLength(1);
  });
});
