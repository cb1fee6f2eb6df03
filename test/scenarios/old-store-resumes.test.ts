import type { Job } from "@toolcast/core";
import { hasEnded } from "@toolcast/core/engine";
import { expect, test } from "vitest";
import { type OldRoom, oldStore, openOldRoom } from "../old-store.ts";
import { verifies } from "../verifies.ts";

const stays = ["held-price", "held-budget", "held-parked", "held-consent", "discord-held", "web-held"];
/** It is unknown whether these began: a person decides. `unresolved-operation` has a reference and can be checked. */
const unclear = ["unresolved-start", "starting"];

async function everyJob(old: OldRoom): Promise<Map<string, Job>> {
  const named = Object.keys(oldStore.jobs).map(async (name) => [name, await old.job(name)] as const);
  return new Map(await Promise.all(named));
}

/** Waits until everything has come to rest and its people have been notified. */
async function rest(old: OldRoom): Promise<Map<string, Job>> {
  await old.room.until(async () =>
    [...(await everyJob(old))].every(
      ([name, job]) =>
        (hasEnded(job) || [...stays, ...unclear].includes(name)) &&
        !["queued", "starting", "running"].includes(job.state.phase) &&
        job.notices.every(({ state }) => ["sent", "kept", "undeliverable"].includes(state)),
    ),
  );
  return everyJob(old);
}

test("each job of an old store continues from where it was, with the starts that were due and no others", async () => {
  verifies("survives.old-store", "survives.kill-anywhere", "survives.held", "paid-once.one-start-a-step");
  await using old = await openOldRoom();
  const before = await everyJob(old);
  const phases = new Set([...before.values()].map(({ state }) => state.phase));
  expect([...phases].sort()).toEqual([
    ...["cancelled", "failed", "held", "queued", "running", "starting", "succeeded", "unresolved"],
  ]);
  const after = await rest(old);

  const asked = (await old.engine.list({ owner: `discord:${old.dora.id}`, limit: 1 }))[0]!;
  expect(asked).toMatchObject({ input: { prompt: "a question" }, state: { phase: "succeeded" } });
  // The two that were queued, and the request that had not become a job yet; nothing that was in progress.
  expect(old.room.installation.provider.starts.map(({ jobId }) => jobId).sort()).toEqual(
    [after.get("queued-behind")!.id, after.get("queued-again")!.id, asked.id].sort(),
  );
  for (const [name, { state }] of after) {
    const expected = stays.includes(name)
      ? "held"
      : unclear.includes(name)
        ? "unresolved"
        : ["failed", "discord-failed"].includes(name)
          ? "failed"
          : name === "cancelled"
            ? "cancelled"
            : "succeeded";
    expect([name, state.phase]).toEqual([name, expected]);
  }
  for (const name of stays) {
    expect(after.get(name)!.state, name).toEqual(before.get(name)!.state);
  }
  expect(after.get("starting")!.timeline.at(-2)?.event).toBe("start-unknown");
  expect(after.get("cancel-wish")!.cancelWish).toMatchObject({ by: "chat:ada", vendor: "goes-on" });
  expect(after.get("running-produced")!.steps[0]?.assets).toHaveLength(1);
  expect(after.get("running-second-step")!.steps.map(({ state }) => state)).toEqual(["done", "done"]);
  // Everything written since has this version's format.
  expect(after.get("queued-behind")!.format).toBe(2);
});

test("undelivered messages of an old store arrive once, and what its people had seen is not sent again", async () => {
  verifies("survives.old-store", "delivered.once", "delivered.other-process", "discord.never-thinking");
  await using old = await openOldRoom();
  const after = await rest(old);
  const readOnChat = (name: string) =>
    after.get(name)!.notices.map(({ id }) => old.chat.posted.filter(({ delivery }) => delivery.id === id).length);
  const once = [
    "sent",
    "same-key",
    "failed",
    "cancelled",
    "voice",
    "shared-voice",
    "spoken",
    "held-parked",
    "starting",
  ];
  for (const name of [...once, "pending-later", "sending", "unknown-shown", "unknown-lost", "queued-behind"]) {
    expect([name, readOnChat(name)]).toEqual([name, [1]]);
  }
  expect(readOnChat("several-parts")).toEqual([1, 1]);
  expect(readOnChat("undeliverable")).toEqual([0]);
  expect(old.other.posted.map(({ delivery }) => delivery.id)).toEqual([`${oldStore.jobs["pending-elsewhere"]}.1`]);

  const { dora, group, room } = old;
  const waiting = dora.answerTo(old.interaction(oldStore.waitingInteraction));
  expect([waiting?.thinking, waiting?.files.length]).toEqual([false, 1]);
  // The old answers, the new one, and nothing else.
  const shown = room.platform.allMessages().filter(({ files }) => files.length > 0);
  expect(new Set(shown.map(({ id }) => id)).size).toBe(shown.length);
  expect(shown.flatMap(({ files }) => files)).toHaveLength(4);
  // The follow-up that was never recorded, and the answer above it, which is edited in case that one is missing.
  const recorded = dora.visibleMessages(group).filter(({ files }) => files.length > 0);
  expect(recorded).toHaveLength(2);
  expect(old.room.platform.requestsTo("follow-up")).toEqual([]);
});

test("a store that earlier versions left is an older installation", async () => {
  verifies("spending.kept-defaults", "survives.old-store");
  await using old = await openOldRoom();
  expect(await old.state.keyv("installation").get("defaults")).toBe(0);
});
