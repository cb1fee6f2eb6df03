import { afterEach, describe, expect, test } from "vitest";
import type { StoredFile } from "../fakes/slack/world.ts";
import { openSlackRoom, type SlackRoom } from "../slack-room.ts";
import { verifies } from "../verifies.ts";

const rooms: SlackRoom[] = [];

afterEach(async () => {
  for (const room of rooms.splice(0)) {
    await room[Symbol.asyncDispose]();
  }
});

const minuteMs = 60_000;

type Place = "with the bot" | "without it" | "for one person";
const places: readonly Place[] = ["with the bot", "without it", "for one person"];

/** Somebody has asked for pictures that are ready in ten seconds. */
async function asked(place: Place, { count = 1, locale = "en-US" } = {}) {
  const room = await openSlackRoom();
  rooms.push(room);
  const first = await room.open();
  const { platform, installation } = room;
  const ada = platform.person("ada", { locale });
  const channel = platform.addChannel("plans", { kind: "private", withBot: place !== "without it", people: [ada] });
  installation.provider.nextStart("image", { end: "operation", reference: { vendor: "slow" } });
  installation.provider.nextCheck({ state: "pending", fraction: 0.5, checkAfterMs: 30_000 });
  const words = `a fox --count ${count}${place === "for one person" ? " --private" : ""}`;
  await room.taken(ada.command("/image", words, { in: channel }));
  await room.pass(20_000);
  const sees = () => [...ada.visibleMessages(channel), ...ada.visibleMessages(ada.direct)];
  return { room, first, ada, sees };
}

const files = ({ platform }: SlackRoom): StoredFile[] => [...platform.world.files.values()];

/** What Slack may do to files for as long as it likes, and what the job then says. */
const troubles: Readonly<Record<string, { begin: (room: SlackRoom) => void; en: string; zh: string }>> = {
  "refuses their bytes": {
    begin: ({ platform }) => platform.faults.always("upload", { kind: "status", status: 400 }),
    en: "Slack refused the files (400)",
    zh: "Slack 拒绝了文件（400）",
  },
  "does not allow uploads": {
    begin: ({ platform }) =>
      platform.faults.always("files.getUploadURLExternal", { kind: "error", error: "file_uploads_disabled" }),
    en: "Slack refused the files (file_uploads_disabled)",
    zh: "Slack 拒绝了文件（file_uploads_disabled）",
  },
  "refuses their kind at the end": {
    begin: ({ platform }) =>
      platform.faults.always("files.completeUploadExternal", { kind: "error", error: "file_type_not_allowed" }),
    en: "Slack refused the files (file_type_not_allowed)",
    zh: "Slack 拒绝了文件（file_type_not_allowed）",
  },
  "never shares them": {
    begin: ({ platform }) => platform.files.neverShareNext(1_000),
    en: "Slack has the files but does not show them",
    zh: "Slack 已收到文件，但没有显示",
  },
  "processes them without end": {
    begin: ({ platform }) => platform.files.hold(),
    en: "Slack has the files but does not show them",
    zh: "Slack 已收到文件，但没有显示",
  },
  "deletes them at once": {
    begin: (room) =>
      room.platform.onChange(() => {
        for (const file of files(room).filter(({ state }) => state === "ready")) {
          Object.assign(file, { state: "deleted", bytes: null });
        }
      }),
    en: "the files were deleted on Slack",
    zh: "文件在 Slack 上已被删除",
  },
};

describe("a result whose files Slack does not show", () => {
  test.each(
    Object.keys(troubles).flatMap((trouble) =>
      places.map((place, index) => ({ trouble, place, locale: index === 1 ? "zh-CN" : "en-US" })),
    ),
  )("is kept with its reason, and its text is read in the first answer: it $trouble, $place", async (given) => {
    verifies("slack.files", "slack.ladder");
    const { trouble, place, locale } = given;
    const { room, sees, ada } = await asked(place, { locale });
    const { begin, en, zh } = troubles[trouble]!;
    begin(room);
    await room.until(() => room.newestJob().notices.some(({ rung }) => rung === "kept"), 120 * minuteMs, 10_000);
    const { state, notices } = room.newestJob();
    const isChinese = locale === "zh-CN";
    expect([state.phase, notices.map((notice) => notice.trouble)]).toEqual(["succeeded", [isChinese ? zh : en]]);
    const told = sees();
    expect(told.flatMap(({ images }) => images)).toEqual([]);
    const outcomes = told.filter(({ text }) => text.includes(isChinese ? "无法发送到此处" : "could not be sent here"));
    // Once where it was asked for, unless the address that came with the command has expired, and in the direct message.
    const direct = outcomes.filter(({ channelId }) => channelId === ada.direct.id);
    expect(direct).toHaveLength(1);
    const isLate = trouble === "processes them without end" && place === "without it";
    const isTriedBelow = place === "with the bot" && /never|without end/.test(trouble);
    expect(outcomes).toHaveLength(isLate ? 1 : isTriedBelow ? 3 : 2);
    expect(told.filter(({ text }) => text.includes(isChinese ? "已用时" : "so far"))).toEqual([]);
    const requests = room.platform.requests.length;
    await room.pass(120 * minuteMs, minuteMs);
    expect(room.platform.requests.length).toBe(requests);
    // Nothing that Slack took and did not show may appear later.
    room.platform.files.release();
    await room.calm();
    expect(sees().flatMap((message) => message.files.filter((file) => file.state !== "deleted"))).toEqual([]);
  });

  test.each(places)("is shared a second time when the first share was lost, and shown once: %s", async (place) => {
    verifies("slack.files");
    const { room, sees } = await asked(place);
    room.platform.files.neverShareNext();
    await room.until(() => room.everythingSent(), 10 * minuteMs);
    expect(sees().flatMap(({ images }) => images)).toHaveLength(1);
    expect(sees().flatMap((message) => message.files)).toHaveLength(1);
    expect(files(room).map((file) => file.state)).toEqual(["deleted", "ready"]);
  });

  test.each(places)(
    "is shared once though the clock is set forward by a day while Slack processes it: %s",
    async (place) => {
      verifies("slack.files", "survives.clock");
      const { room, sees } = await asked(place);
      room.platform.files.hold();
      await room.until(() => files(room).some(({ state }) => state === "processing"), 10 * minuteMs);
      room.clock.step(24 * 60 * minuteMs);
      await room.pass(3 * minuteMs);
      room.platform.files.release();
      await room.until(() => room.everythingSent(), 10 * minuteMs);
      expect(sees().flatMap(({ images }) => images)).toHaveLength(1);
      expect(files(room).map((file) => file.state)).toEqual(["ready"]);
    },
  );

  test.each(places)("waits while Slack processes its files for minutes, and is shown once: %s", async (place) => {
    verifies("slack.files");
    const { room, sees } = await asked(place);
    room.platform.files.hold();
    await room.pass(12 * minuteMs, 5_000);
    expect(sees().flatMap(({ images }) => images)).toEqual([]);
    room.platform.files.release();
    await room.until(() => room.everythingSent(), 5 * minuteMs);
    expect(sees().flatMap(({ images }) => images)).toHaveLength(1);
    expect(sees().flatMap((message) => message.files)).toHaveLength(1);
    expect(room.platform.requestsTo("files.completeUploadExternal")).toHaveLength(1);
  });
});

describe("a process that dies while it shares files", () => {
  const states = (room: SlackRoom) => files(room).map(({ state }) => state);
  const shared = (room: SlackRoom) => files(room).filter(({ shares }) => shares.length > 0).length;

  /** Where it dies, and what Slack has by then: how far each file is, and how many are shown in a conversation. */
  test.each([
    ["between two uploads", "after", "upload", ["uploaded"], 0],
    ["between upload and complete", "before", "completeUploads", ["uploaded", "uploaded"], 0],
    ["between complete and its answer", "after", "completeUploads", ["processing", "processing"], 0],
    ["between complete and share", "before", "file", ["processing", "processing"], 0],
    ["between share and edit", "before", "update", ["ready", "ready"], 2],
    ["after the edit", "after", "update", ["ready", "ready"], 2],
  ] as const)("%s: the next one shows each picture once", async (_, when, method, expected, shown) => {
    verifies("slack.crash", "slack.delivery");
    const { room, first, sees } = await asked("with the bot", { count: 2 });
    // The edits before that one show progress.
    const arm = () => (method !== "update" || shared(room) === 2) && first.dieAt(when, method);
    arm();
    room.platform.onChange(arm);
    await room.until(() => first.life.dead, minuteMs);
    expect([states(room), shared(room)]).toEqual([expected, shown]);
    await first.kill();
    await room.pass(35_000);
    await room.open();
    await room.until(() => room.everythingSent(), 10 * minuteMs);
    const seen = sees();
    expect(seen.flatMap(({ images }) => images)).toHaveLength(2);
    expect(seen.flatMap((message) => message.files)).toHaveLength(2);
    expect(seen.flatMap(({ hiddenFiles }) => hiddenFiles)).toEqual([]);
    expect(seen.filter(({ threadTs }) => threadTs === null)).toHaveLength(1);
    expect(room.installation.provider.starts).toHaveLength(2);
  });

  test("after a lost share was deleted, and before it is replaced: the next one replaces it once", async () => {
    verifies("slack.crash", "slack.files");
    const { room, first, sees } = await asked("with the bot");
    room.platform.files.neverShareNext();
    first.dieAt("after", "deleteFile");
    await room.until(() => first.life.dead, 10 * minuteMs);
    await first.kill();
    await room.pass(35_000);
    await room.open();
    await room.until(() => room.everythingSent(), 10 * minuteMs);
    expect(sees().flatMap(({ images }) => images)).toHaveLength(1);
    expect(states(room)).toEqual(["deleted", "ready"]);
  });
});
