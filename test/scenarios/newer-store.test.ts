import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { oldStore, openOldRoom } from "../old-store.ts";
import { ada } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

const minuteMs = 60_000;

/** Gives every record a future format and a phase that this version does not know. */
function toTheFuture(directory: string): void {
  const database = new DatabaseSync(join(directory, "jobs.sqlite"));
  database.exec(`
    UPDATE jobs SET record = json_set(record, '$.format', 7, '$.state', json('{"phase":"dreaming","depth":3}'));
    UPDATE jobs SET wake_at = created_at WHERE wake_at IS NULL AND lease_until IS NULL;
  `);
  database.close();
}

const recordsIn = (directory: string) => {
  const database = new DatabaseSync(join(directory, "jobs.sqlite"));
  const rows = database
    .prepare("SELECT id, version, record FROM jobs WHERE record LIKE '%dreaming%' ORDER BY id")
    .all();
  database.close();
  return rows;
};

test("jobs of a newer version are shown as parked, left as they are, and remain due for that version", async () => {
  verifies("survives.newer-store");
  let folder = "";
  await using old = await openOldRoom({
    before: (directory) => {
      folder = directory;
      toTheFuture(directory);
    },
  });
  const before = recordsIn(folder);
  expect(before).toHaveLength(Object.keys(oldStore.jobs).length);
  await old.room.pass(3 * minuteMs, 15_000);

  const { runtime } = old.process;
  for (const [name, id] of Object.entries(oldStore.jobs)) {
    const job = (await runtime.job(id, { ...ada, id: "chat:operator" }))!;
    const { lines } = await runtime.jobMessage(job, ada, "timeline");
    expect(lines?.join(), name).toMatch(/newer version of Toolcast.*format 7/);
    expect(runtime.jobJson(job), name).toMatchObject({ state: "held", hold: { reason: "parked" } });
  }
  const pressed = await runtime.press({ action: "cancel", subject: oldStore.jobs.running!, caller: ada });
  expect([pressed.type, pressed.message.title]).toEqual([
    "refused",
    expect.stringMatching(/newer version of Toolcast/),
  ]);
  await runtime.acknowledged(oldStore.jobs.running!, { answer: "again" });
  const repeated = await runtime.call({
    ...{ tool: "generate_image", input: { prompt: "same key" }, caller: ada, key: "order-1" },
  });
  expect(repeated).toMatchObject({ type: "job", repeated: true, job: { id: oldStore.jobs["same-key"] } });
  const listed = await runtime.call({ tool: "list_jobs", input: {}, caller: ada });
  expect(listed.type).toBe("answer");

  expect(recordsIn(folder)).toEqual(before);
  expect(old.chat.posted).toHaveLength(oldStore.shownOnChat.length);
  // The request that was not a job yet is of this version and is carried out.
  expect(old.room.installation.provider.starts).toHaveLength(1);
  const database = new DatabaseSync(join(folder, "jobs.sqlite"));
  const due = database
    .prepare("SELECT count(*) AS count, max(troubles) AS troubles FROM jobs WHERE due_at IS NOT NULL")
    .get();
  database.close();
  expect(due?.count).toBeGreaterThan(20);
  // They are left alone rather than tried and refused.
  expect(due?.troubles).toBe(0);
});
