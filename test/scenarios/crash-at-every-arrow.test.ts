import type { Capability, Job } from "@toolcast/core";
import { hasEnded } from "@toolcast/core/engine";
import { describe, expect, test } from "vitest";
import {
  ada,
  createInstallation,
  type Installation,
  operator,
  type RunningProcess,
  settle,
  upload,
} from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

/** One request, from its text to its delivered result. */
interface Scenario {
  name: string;
  tool: string;
  /** What must exist beforehand, made by a process that is not killed. */
  prepare(process: RunningProcess, installation: Installation): Promise<Record<string, unknown>>;
  capabilities: Partial<Record<Capability, number>>;
  finds: boolean;
  /** The vendor takes repeated starts with one key for one, so no start is ever left to a person. Default false. */
  knownByKey?: boolean;
}

const words = "大家好，我是用自己的声音说话的数字人。";

async function makeVoice(process: RunningProcess, installation: Installation): Promise<void> {
  const sample = await upload(process, "tone.wav");
  await process.runtime.call({ tool: "clone", input: { audio: sample.id, name: "mine", consent: true }, caller: ada });
  await installation.until(() => installation.platform.posted.length === 1);
  installation.platform.posted.length = 0;
  installation.provider.starts.length = 0;
}

const image: Scenario = {
  name: "a picture, which comes at once",
  tool: "image",
  prepare: async () => ({ prompt: "日照金山" }),
  capabilities: { image: 1 },
  finds: true,
};

const scenarios: Scenario[] = [
  image,
  {
    ...image,
    name: "a picture of a vendor that knows starts by their key",
    knownByKey: true,
    async prepare(_process, { provider }) {
      provider.sameKeyForMs = 24 * 3_600_000;
      return { prompt: "日照金山" };
    },
  },
  { ...image, name: "a picture where the platform does not let us look", finds: false },
  {
    ...image,
    name: "a picture whose answer is an address",
    async prepare(_process, { provider }) {
      const charge = { amount: 2, unit: "points" };
      provider.nextStart("image", {
        end: "done",
        output: { media: [{ url: "https://vendor.example/picture.png" }], charge },
      });
      return { prompt: "x" };
    },
  },
  {
    name: "an avatar video, which is an operation",
    tool: "avatar",
    prepare: async (process) => ({ video: (await upload(process, "avc.mp4")).id, text: words }),
    capabilities: { avatarVideo: 1 },
    finds: true,
  },
  {
    name: "an avatar video in one's own voice, which is two steps",
    tool: "avatar",
    async prepare(process, installation) {
      await makeVoice(process, installation);
      return { video: (await upload(process, "avc.mp4")).id, text: words, voice: "mine" };
    },
    capabilities: { speech: 1, avatarVideo: 1 },
    finds: true,
  },
  {
    name: "a voice, which waits for consent",
    tool: "clone",
    prepare: async (process) => ({ audio: (await upload(process, "tone.wav")).id, name: "mine" }),
    capabilities: { voiceCloning: 1 },
    finds: true,
  },
];

/** Makes the request, confirms any question, and continues until the process dies or all is done. */
async function request({ runtime }: RunningProcess, scenario: Scenario, input: Record<string, unknown>): Promise<void> {
  const reply = await runtime.call({ tool: scenario.tool, input, caller: ada, key: "event-1" });
  if (reply.type !== "job") {
    throw new Error(`Not a job: ${JSON.stringify(reply)}`);
  }
  if (reply.job.state.phase === "held") {
    await runtime.press({ action: "release", subject: reply.job.id, caller: ada });
  }
}

const onlyJob = (installation: Installation): Job | undefined =>
  installation.jobs().find(({ key }) => key === `${ada.id}:event-1`);

function isAtRest(job: Job | undefined): job is Job {
  return (
    job !== undefined &&
    (hasEnded(job) || job.state.phase === "unresolved") &&
    job.notices.every(({ state }) => state === "sent" || state === "kept")
  );
}

/** Runs the scenario with a kill on one side of one effect. Returns whether the process reached that point. */
async function runWithKill(scenario: Scenario, killAt: number): Promise<boolean> {
  await using installation = await createInstallation({ finds: scenario.finds });
  const setUp = await installation.open();
  const input = await scenario.prepare(setUp, installation);
  setUp.life.die();

  const first = await installation.open({ killAt });
  void request(first, scenario, input);
  await installation.until(() => first.life.dead || isAtRest(onlyJob(installation)));
  await settle();
  const killed = first.life.dead;
  const where = killed ? first.life.effects.at(-1) : undefined;
  const phaseAtDeath = onlyJob(installation)?.state.phase;
  first.life.die();

  const second = await installation.open();
  await request(second, scenario, input);
  await installation.until(() => isAtRest(onlyJob(installation)));
  let job = onlyJob(installation)!;
  let allowed = 1;
  if (job.state.phase === "unresolved") {
    expect(scenario.knownByKey).not.toBe(true);
    // Only a start whose end was never seen may be left to a person, and it was made at most once.
    expect(phaseAtDeath, JSON.stringify(where)).toBe("starting");
    expectStarts(installation, job, scenario, 1);
    expect(await second.runtime.media.madeBy(job.id, job.state.step), "a result that was kept is used").toEqual([]);
    await second.runtime.press({ action: "start-again", subject: job.id, caller: ada });
    allowed = 2;
    await installation.until(() => isAtRest(onlyJob(installation)));
    job = onlyJob(installation)!;
  }
  const about = `killed ${JSON.stringify(where)} in ${phaseAtDeath}`;
  expect(job.state.phase, about).toBe("succeeded");
  expectStarts(installation, job, scenario, allowed);
  if (allowed === 1) {
    const charges = installation.jobs().flatMap(({ steps }) => steps.map(({ charge }) => charge));
    expect(charges, about).toEqual(charges.map(() => ({ amount: 2, unit: "points" })));
    const { spend } = await second.runtime.overview(operator);
    expect(
      spend.map(({ amount }) => amount),
      about,
    ).toEqual([2 * charges.length]);
  }
  for (const notice of job.notices.filter(({ state }) => state === "sent")) {
    const read = installation.platform.read(notice.id).length;
    expect(read, about).toBeGreaterThanOrEqual(1);
    if (scenario.finds) {
      expect(read, about).toBe(1);
    }
  }
  const outcomes = installation.platform.posted.filter(({ message }) => message.tone === "success");
  expect(new Set(outcomes.map(({ delivery }) => delivery.id)).size, about).toBe(1);
  for (const id of job.steps.flatMap(({ assets }) => assets)) {
    expect(await second.runtime.asset(id, ada), about).not.toBeNull();
  }
  expect([...installation.store.entries.values()].filter(({ holds }) => holds.size > 0)).toEqual([]);
  if (scenario.tool === "clone") {
    const reply = await second.runtime.call({ tool: "voices", input: {}, caller: ada });
    expect(reply).toMatchObject({ type: "answer", data: { voices: [{ name: "mine", trainings: 1 }] } });
  }
  return killed;
}

function expectStarts(installation: Installation, job: Job, scenario: Scenario, allowed: number): void {
  const { capabilities } = scenario;
  if (scenario.knownByKey) {
    expect(new Set(installation.provider.starts.map(({ context }) => context.startKey)).size).toBe(1);
    return;
  }
  for (const [capability, steps] of Object.entries(capabilities)) {
    expect(installation.provider.startsOf(job.id, capability as Capability)).toBeLessThanOrEqual(steps * allowed);
  }
  const known = new Set(Object.keys(capabilities));
  expect(installation.provider.starts.filter(({ capability }) => !known.has(capability))).toEqual([]);
}

describe("a process that is killed at any arrow", () => {
  test.each(scenarios)("loses nothing and pays once: $name", async (scenario) => {
    verifies(
      "survives.kill-anywhere",
      "survives.cut-off-start",
      "survives.held",
      "paid-once.one-start-a-step",
      "paid-once.same-key",
      "spending.ledger",
      "delivered.once",
      "delivered.at-least-once",
    );
    let kills = 0;
    while (await runWithKill(scenario, kills)) {
      kills += 1;
    }
    expect(kills).toBeGreaterThan(20);
  });
});
