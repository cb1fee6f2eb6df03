import { afterEach, expect, test } from "vitest";
import { vendorFailure } from "../doubles/scripted-provider.ts";
import { openSlackRoom, type SlackRoom } from "../slack-room.ts";
import { verifies } from "../verifies.ts";

const rooms: SlackRoom[] = [];

afterEach(async () => {
  for (const room of rooms.splice(0)) {
    await room[Symbol.asyncDispose]();
  }
});

const minuteMs = 60_000;

/** Somebody asks for a picture that takes that long, in a channel without the bot. */
async function asked(minutes: number, words: string, prepare = (_room: SlackRoom) => {}) {
  const room = await openSlackRoom();
  rooms.push(room);
  await room.open();
  prepare(room);
  const { platform, installation, clock } = room;
  const ada = platform.person("ada");
  const channel = platform.addChannel("plans", { kind: "private", withBot: false, people: [ada] });
  const until = clock.now() + minutes * minuteMs;
  installation.provider.nextStart("image", { end: "operation", reference: { vendor: "slow" } });
  installation.provider.everyCheck = () =>
    clock.now() < until ? { state: "pending", fraction: 0.5, checkAfterMs: 30_000 } : null;
  await room.taken(ada.command("/image", words, { in: channel }));
  await room.pass(20_000);
  return { room, ada, channel };
}

/** The first answer costs all the uses of the command's address but `left`. */
const costly =
  (left: number) =>
  ({ platform }: SlackRoom) =>
    platform.faults.next("response_url", { kind: "status", status: 503 }, 5 - 1 - left);

test.each(
  [
    { how: "after 40 minutes", minutes: 40, prepare: () => {} },
    { how: "when the command's address is used up", minutes: 1, prepare: costly(0) },
  ].flatMap((row) => ["a fox", "a fox --private"].map((words) => ({ ...row, words }))),
)("where the bot is not, the direct message with a result says nothing about itself: $how, $words", async (given) => {
  verifies("slack.ladder");
  const { minutes, words, prepare } = given;
  const { room, ada } = await asked(minutes, words, prepare);
  await room.until(() => room.everythingSent(), 60 * minuteMs, 10_000);
  await room.pass(minuteMs);
  const [result, ...below] = ada.visibleMessages(ada.direct);
  expect(result?.images).toHaveLength(1);
  expect(below.map(({ threadTs, files }) => [threadTs, files.length])).toEqual([[result?.ts, 1]]);
  expect(room.platform.responseUrls.every(({ uses }) => uses <= 5)).toBe(true);
  expect(room.newestJob().notices).toMatchObject([{ state: "sent", rung: "direct" }]);
});

test.each(["a fox", "a fox --private"])(
  "where the bot is not, and the command's address is used up, a text whose direct message was lost comes again: %s",
  async (words) => {
    verifies("slack.ladder", "slack.delivery");
    const { room, ada } = await asked(1, words, costly(0));
    const failure = vendorFailure({ vendorCode: "20007", vendorMessage: "no", requestId: "r-9" });
    room.installation.provider.everyCheck = () => ({ state: "failed", failure });
    room.platform.faults.next("chat.postMessage", { kind: "drop", when: "before" });
    await room.until(() => room.newestJob().state.phase === "failed" && room.everythingSent(), 20 * minuteMs);
    await room.pass(minuteMs);
    expect(room.platform.faults.take("chat.postMessage")).toBeNull();
    expect(ada.visibleMessages(ada.direct).filter(({ text }) => text.includes("20007"))).toHaveLength(1);
  },
);

test("where the bot is not, and no use of the address is left for the first answer, one direct message is both", async () => {
  verifies("slack.ladder");
  const { room, ada, channel } = await asked(1, "a fox", costly(-1));
  await room.until(() => room.everythingSent(), 20 * minuteMs);
  expect(ada.visibleMessages(channel)).toEqual([]);
  const [result, ...below] = ada.visibleMessages(ada.direct);
  expect([result?.images.length, below.map(({ threadTs }) => threadTs)]).toEqual([1, [result?.ts]]);
});

test.each(["a fox", "a fox --private"])(
  "where the bot is not, a press shows how a long job stands: %s",
  async (words) => {
    verifies("slack.buttons", "slack.ladder");
    const { room, ada, channel } = await asked(40, words);
    await room.pass(35 * minuteMs, 20_000);
    const shown = () => ada.visibleMessages(channel).find(({ text }) => text.includes("so far"));
    await room.taken(ada.press("Show the result", shown()));
    await room.pass(5_000);
    expect(shown()?.text).toContain("35 min");
    await room.until(() => room.everythingSent(), 60 * minuteMs, 10_000);
    const results = () => ada.visibleMessages(ada.direct).flatMap(({ images }) => images);
    expect(results()).toHaveLength(1);
    // What was pressed does not show work for ever: it says where the result is.
    expect(shown()).toBeUndefined();
    expect(ada.visibleMessages(channel).at(-1)?.text).toContain("direct message");
  },
);

test("where the bot is not, the button is offered again before the press's own address expires", async () => {
  verifies("slack.buttons", "slack.ladder");
  const { room, ada, channel } = await asked(100, "a fox");
  const offered = () => ada.visibleMessages(channel).find(({ text }) => text.includes("so far"));
  for (const minutes of [35, 32, 32]) {
    await room.pass(minutes * minuteMs, 20_000);
    expect(ada.visibleMessages(channel).filter(({ text }) => text.includes("so far"))).toHaveLength(1);
    await room.taken(ada.press("Show the result", offered()));
    await room.pass(5_000);
  }
  await room.until(() => room.everythingSent(), 60 * minuteMs, 10_000);
  expect(offered()).toBeUndefined();
  expect(ada.visibleMessages(ada.direct).flatMap(({ images }) => images)).toHaveLength(1);
});
