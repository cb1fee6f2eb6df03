import type { Job } from "@toolcast/core";
import { expect, test, vi } from "vitest";
import { openSlackRoom } from "../slack-room.ts";
import { verifies } from "../verifies.ts";

// Thousands of requests over loopback sockets take real time.
vi.setConfig({ testTimeout: 300_000 });

const minuteMs = 60_000;
/** How many commands come at once; half of them end soon, while the others still have progress to show. */
const commands = 500;
/** More than a write takes on a slow disk; more than one for each command before its acknowledgement is too many. */
const writeMs = 1.5;

test("500 commands at once: each is acknowledged within a second of a slow store, and before Slack is asked anything", async () => {
  verifies("slack.acknowledged");
  await using room = await openSlackRoom();
  const { platform, clock } = room;
  // The clock stands still while this machine computes: what takes time is the store, whose writes wait for each other.
  const writeCost = { eachMs: 0 };
  const { slack } = await room.open({ writeCost });
  const people = Array.from({ length: 50 }, (_, index) => platform.person(`person-${index}`));
  let received = 0;
  const { take } = slack;
  slack.take = (payload, acknowledge) => {
    received += 1;
    take(payload, acknowledge);
  };
  writeCost.eachMs = writeMs;
  const before = platform.requests.length;
  const acts = Array.from({ length: commands }, (_, index) =>
    people[index % people.length]!.command("/image", `picture ${index}`),
  );
  await platform.until(() => received === commands, "the commands", 60_000);
  while (acts.some(({ state }) => state === "waiting")) {
    await clock.advance(writeMs);
  }
  writeCost.eachMs = 0;
  // The work of the first few may have begun by the time the last acknowledgement is seen.
  expect(platform.requests.length - before).toBeLessThan(commands / 25);
  const took = acts.map(({ state, at, acknowledgedAt }) =>
    state === "acknowledged" ? acknowledgedAt! - at : Infinity,
  );
  expect(Math.max(...took)).toBeLessThanOrEqual(1_000);
  // Each waited for the store: none was acknowledged before its command was there.
  expect(Math.max(...took)).toBeGreaterThanOrEqual(commands * writeMs);
});

test("500 commands at once within Slack's own limits: all acknowledged, each result once, progress gives way", async () => {
  verifies("slack.acknowledged", "chat.paced", "chat.results-first");
  await using room = await openSlackRoom({ rateLimits: {}, fileProcessingMs: 1_500 });
  const { platform, clock, installation } = room;
  const { provider } = installation;
  provider.limits = { concurrent: commands, startsPerSecond: 1_000 };
  await room.open();
  const begun = clock.now();
  provider.everyCheck = (reference) => {
    const minutes = (clock.now() - begun) / minuteMs;
    const { until } = reference as { until: number };
    return minutes < until ? { state: "pending", fraction: minutes / until, checkAfterMs: 4_000 } : null;
  };
  const channels = Array.from({ length: 10 }, (_, index) => platform.addChannel(`room-${index}`));
  const people = Array.from({ length: 50 }, (_, index) =>
    platform.person(`person-${index}`, { channels: [channels[index % channels.length]!] }),
  );
  const acts = Array.from({ length: commands }, (_, index) => {
    provider.nextStart("image", { end: "operation", reference: { until: index % 2 === 0 ? 3 : 60 } });
    return people[index % people.length]!.command("/image", `picture ${index}`);
  });
  await platform.until(() => acts.every(({ state }) => state !== "waiting"), "the acknowledgements", 60_000);
  expect(acts.filter(({ state }) => state !== "acknowledged")).toEqual([]);
  const isSent = ({ notices }: Job) => notices.length > 0 && notices.every(({ state }) => state === "sent");
  const sent = () => installation.jobs().filter(isSent).length;
  await room.until(() => sent() === commands / 2, 20 * minuteMs, 2_000);
  const edits = platform.requestsTo("chat.update").map(({ body }) => JSON.stringify(body).includes("slack_file"));
  const whileResultsWaited = edits.slice(edits.indexOf(true), edits.lastIndexOf(true));
  expect(whileResultsWaited.filter((isResult) => !isResult).length).toBeLessThan(commands / 25);
  provider.everyCheck = () => null;
  await room.until(() => sent() === commands, 20 * minuteMs, 2_000);
  const seen = channels.flatMap((channel) => platform.allMessages(channel).filter(({ byApp }) => byApp));
  expect(seen.filter(({ threadTs }) => threadTs === null)).toHaveLength(commands);
  expect(seen.flatMap(({ images }) => images)).toHaveLength(commands);
  expect(seen.flatMap(({ files }) => files)).toHaveLength(commands);
  expect(provider.starts).toHaveLength(commands);
  // A file is ready at the second or third look; an attempt that was put off for want of room does not look again first.
  expect(platform.requestsTo("files.info").length).toBeLessThan(commands * 2.5);
  expect(platform.requests.filter(({ status }) => status === 429)).toEqual([]);
});
