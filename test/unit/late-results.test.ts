import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { vendorFailure } from "../doubles/scripted-provider.ts";
import {
  ada,
  createInstallation,
  type Installation,
  type RunningProcess,
  settle,
  startJob,
  upload,
} from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const pending = { state: "pending" as const, checkAfterMs: 1_000 };

let installation: Installation;
beforeEach(async () => {
  installation = await createInstallation();
  installation.provider.maxDurationMs = 30_000;
});
afterEach(() => installation[Symbol.asyncDispose]());

const job = (id: string) => installation.job(id);
const phase = (id: string) => job(id).state.phase;
const checks = () => installation.provider.checks.length;

async function press({ runtime }: RunningProcess, action: string, subject: string) {
  return runtime.press({ action, subject, caller: ada });
}

/** One hour per step, because only looks are due in this time. */
async function passHours(hours: number): Promise<void> {
  for (let passed = 0; passed < hours; passed += 1) {
    await installation.clock.advance(hourMs);
    await settle();
  }
}

/** A video with a reference from its vendor and no end by its limit. */
async function overdue(
  process: RunningProcess,
  checksToCome: Parameters<Installation["provider"]["nextCheck"]> = [],
): Promise<string> {
  const person = await upload(process, "avc.mp4");
  installation.provider.nextCheck(pending, { ...pending, checkAfterMs: 40_000 }, pending);
  const { id } = await startJob(process, "avatar", { video: person.id, text: "大家好" });
  await installation.until(() => phase(id) === "unresolved", 2 * minuteMs);
  installation.provider.nextCheck(...checksToCome);
  return id;
}

async function callback({ runtime }: RunningProcess): Promise<void> {
  const url = installation.provider.starts[0]?.context.callbackUrl ?? "";
  const answer = await runtime.handlePublic(new Request(url, { method: "POST" }));
  expect(answer?.status).toBe(200);
}

const messages = () => installation.platform.posted.map(({ message }) => message);

describe("a job whose end is unclear and that has a reference", () => {
  test("is asked about when a callback comes, and if done by then is delivered", async () => {
    verifies("paid-once.late-result");
    const process = await installation.open();
    const id = await overdue(process);
    const before = checks();
    await callback(process);
    await installation.until(() => phase(id) === "succeeded", 10_000);
    expect(checks()).toBe(before + 1);
    expect(installation.provider.starts).toHaveLength(1);
    await installation.until(() => job(id).notices.every(({ state }) => state === "sent"));
    expect(job(id).notices.map(({ about }) => about)).toEqual(["unresolved", "outcome"]);
    expect(messages().at(-1)?.media).toHaveLength(1);
  });

  test("names the vendor's task, so that it can be looked up there", async () => {
    verifies("understood.evidence");
    const process = await installation.open();
    const id = await overdue(process);
    const { fields: unnamed } = await process.runtime.jobMessage(job(id), ada);
    expect(unnamed).not.toContainEqual(expect.objectContaining({ label: "Vendor's task" }));
    installation.store.entries.get(id)!.job.steps[0]!.reference = { kind: "task", requestId: "r-1", taskId: "t-77" };
    const message = await process.runtime.jobMessage(job(id), ada);
    expect(message.fields).toContainEqual({ label: "Vendor's task", value: "t-77", copyable: true });
    expect(process.runtime.jobJson(job(id))).toMatchObject({ steps: [{ taskId: "t-77" }] });
  });

  test("is asked about automatically, ever more slowly and not for ever", async () => {
    verifies("paid-once.late-result");
    const process = await installation.open({ pollMs: minuteMs });
    const id = await overdue(
      process,
      Array.from({ length: 200 }, () => pending),
    );
    const before = checks();
    await installation.pass(hourMs);
    const inTheFirstHour = checks() - before;
    expect(inTheFirstHour).toBeGreaterThanOrEqual(3);
    expect(inTheFirstHour).toBeLessThanOrEqual(8);
    await passHours(72);
    const inAll = checks() - before;
    expect(inAll).toBe(30);
    await passHours(24);
    expect(checks() - before).toBe(inAll);
    expect(phase(id)).toBe("unresolved");
    expect(job(id).timeline.filter(({ event }) => event === "looked-in-vain")).toHaveLength(1);
    // A callback still triggers a look.
    await callback(process);
    await installation.until(() => checks() - before === inAll + 1, 10_000);
  });

  test("is found done automatically; two processes ask no more often than one", async () => {
    verifies("paid-once.late-result");
    const process = await installation.open();
    await installation.open();
    const id = await overdue(process, [pending, new Error("down")]);
    const before = checks();
    await installation.until(() => phase(id) === "succeeded", hourMs);
    expect(checks() - before).toBe(3);
    expect(installation.provider.starts).toHaveLength(1);
  });

  test("has failed once the vendor says so", async () => {
    const process = await installation.open();
    const failure = vendorFailure({ vendorCode: "20005", charged: "no" });
    const id = await overdue(process, [{ state: "failed", failure }]);
    await installation.until(() => phase(id) === "failed", hourMs);
    expect(job(id).state).toMatchObject({ failure: { vendorCode: "20005" } });
  });

  test("is looked at once if a version that never looked left it behind", async () => {
    verifies("paid-once.late-result");
    const process = await installation.open({ started: false });
    const earlier = await installation.open();
    const id = await overdue(earlier);
    const entry = installation.store.entries.get(id)!;
    earlier.life.die();
    await installation.pass(2 * minuteMs);
    if (entry.job.state.phase === "unresolved") {
      delete entry.job.state.lookAt;
      delete entry.job.state.looksInVain;
    }
    Object.assign(entry, { wakeAt: null, hintedAt: 0, lease: null });
    await process.runtime.start();
    await installation.until(() => phase(id) === "succeeded", 10_000);
  });
});

describe("an earlier start", () => {
  test("keeps its reference when its person starts again: its late result is an additional one", async () => {
    verifies("paid-once.late-result");
    const process = await installation.open();
    const id = await overdue(process);
    const first = job(id).steps[0]!.reference;
    await press(process, "start-again", id);
    await installation.until(() => phase(id) === "succeeded", 2 * minuteMs);
    expect(installation.provider.starts).toHaveLength(2);
    expect(job(id).steps[0]?.earlier).toMatchObject([{ state: "unknown", reference: first }]);
    const outcome = job(id).steps[0]!.assets;
    await callback(process);
    await installation.until(() => job(id).steps[0]?.earlier?.[0]?.state === "done", 10_000);
    const [earlier] = job(id).steps[0]!.earlier!;
    expect(earlier!.assets).toHaveLength(1);
    expect(earlier!.assets).not.toEqual(outcome);
    expect(job(id).steps[0]!.assets).toEqual(outcome);
    await installation.until(() => job(id).notices.every(({ state }) => state === "sent"));
    expect(job(id).notices.map(({ about }) => about)).toEqual(["unresolved", "outcome", "further"]);
    expect(messages().at(-1)).toMatchObject({ title: expect.stringMatching(/^Late result/) });
    expect(
      messages()
        .at(-1)
        ?.media?.map(({ assetId }) => assetId),
    ).toEqual(earlier!.assets);
    expect(await process.runtime.jobJson(job(id))).toMatchObject({
      assets: [...outcome, ...earlier!.assets],
      money: { charged: "yes", amounts: [{ amount: 4, unit: "points" }] },
    });
  });

  test("whose job its person left is looked at as well, and raises no new question", async () => {
    verifies("paid-once.late-result");
    const process = await installation.open();
    const id = await overdue(process);
    await press(process, "leave", id);
    await installation.until(
      () => job(id).notices.some(({ about, state }) => about === "further" && state === "sent"),
      hourMs,
    );
    expect(phase(id)).toBe("failed");
    expect(installation.provider.starts).toHaveLength(1);
  });

  test("that ends while the job works is reported afterwards, and takes no place from it", async () => {
    verifies("paid-once.late-result");
    const process = await installation.open();
    const id = await overdue(process);
    installation.provider.nextCheck(...Array.from({ length: 20 }, () => pending));
    await press(process, "start-again", id);
    await installation.until(() => phase(id) === "running");
    const { holds } = installation.store.entries.get(id)!;
    const places = holds.size;
    await callback(process);
    await installation.pass(5_000);
    expect(holds.size).toBe(places);
    await installation.until(
      () => job(id).notices.some(({ about, state }) => about === "further" && state === "sent"),
      hourMs,
    );
    expect(phase(id)).toBe("succeeded");
  });
});
