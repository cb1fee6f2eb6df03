import { expect, test } from "vitest";
import { ada, createInstallation, type Installation, operator, type RunningProcess } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

/** What ends each process that touches the job whose prompt is "poison", as long as `isDeadly`. */
interface Poison {
  isDeadly: boolean;
  current: RunningProcess | null;
  deaths: number;
  strike(): void;
}

function createPoison(): Poison {
  const poison: Poison = {
    isDeadly: false,
    current: null,
    deaths: 0,
    strike() {
      if (poison.isDeadly && poison.current?.life.dead === false) {
        poison.deaths += 1;
        poison.current.life.die();
      }
    },
  };
  return poison;
}

const ask = async ({ runtime }: RunningProcess, prompt: string): Promise<string> => {
  const reply = await runtime.call({ tool: "generate_image", input: { prompt }, caller: ada });
  expect(reply.type).toBe("job");
  return reply.type === "job" ? reply.job.id : "";
};

/** Starts one process after the other until one lives for ten minutes. */
async function untilOneLives(installation: Installation, poison: Poison): Promise<RunningProcess> {
  for (let processes = 0; processes < 10; processes += 1) {
    poison.current = await installation.open();
    await Promise.race([installation.pass(10 * 60_000), poison.current.life.death]);
    if (!poison.current.life.dead) {
      return poison.current;
    }
  }
  throw new Error("no process lives");
}

const jobWith = (installation: Installation, prompt: string) =>
  installation.jobs().find(({ input }) => input.prompt === prompt)!;

test("a job that ends its processes before its start is held for an operator, and others' work goes on", async () => {
  verifies("survives.poison");
  await using installation = await createInstallation();
  const { provider, platform } = installation;
  const poison = createPoison();
  const none = provider.invalid;
  const deadly = {
    get() {
      poison.strike();
      return undefined;
    },
  };
  poison.current = await installation.open();
  await installation.pass(1_000);
  const id = await ask(poison.current, "poison");
  poison.isDeadly = true;
  provider.invalid = deadly as unknown as typeof none;
  await installation.pass(60_000);
  const living = await untilOneLives(installation, poison);
  expect(poison.deaths).toBe(3);
  expect(installation.job(id).state).toMatchObject({
    phase: "held",
    hold: { reason: "set-aside", sentence: { values: { times: 3 } } },
  });
  expect(platform.posted.map(({ message }) => JSON.stringify(message)).join()).toContain("set aside");
  expect(provider.starts).toEqual([]);

  poison.isDeadly = false;
  const other = await ask(living, "a lake");
  await installation.until(() => installation.job(other).state.phase === "succeeded");
  const release = { action: "release", subject: id };
  expect((await living.runtime.press({ ...release, caller: ada })).type).toBe("refused");
  await living.runtime.press({ ...release, caller: operator });
  await installation.until(() => installation.job(id).state.phase === "succeeded");
  expect(provider.startsOf(id, "image")).toBe(1);
});

test("work at a vendor that ends the processes that look at it is left to a person, who can look again", async () => {
  verifies("survives.poison", "paid-once.one-start-a-step");
  await using installation = await createInstallation();
  const { provider } = installation;
  const poison = createPoison();
  provider.nextStart("image", { end: "operation", reference: "poison" });
  provider.everyCheck = () => {
    poison.strike();
    return null;
  };
  poison.isDeadly = true;
  poison.current = await installation.open();
  const id = await ask(poison.current, "poison");
  await installation.pass(60_000);
  const living = await untilOneLives(installation, poison);
  expect(poison.deaths).toBe(3);
  expect(installation.job(id).state).toMatchObject({
    phase: "unresolved",
    evidence: { failure: { charged: "unknown", sentence: { key: "job.set-aside" } } },
  });
  poison.isDeadly = false;
  await living.runtime.press({ action: "look-again", subject: id, caller: ada });
  await installation.until(() => installation.job(id).state.phase === "succeeded");
  expect(provider.startsOf(id, "image")).toBe(1);
});

test("a result that ends the processes that deliver it is kept for its person instead", async () => {
  verifies("survives.poison");
  await using installation = await createInstallation();
  const { platform } = installation;
  const poison = createPoison();
  const { deliver } = platform.surface;
  platform.surface.deliver = (...given) => {
    poison.strike();
    return poison.current?.life.dead ? new Promise(() => {}) : deliver(...given);
  };
  poison.isDeadly = true;
  poison.current = await installation.open();
  const id = await ask(poison.current, "poison");
  await installation.pass(60_000);
  const living = await untilOneLives(installation, poison);
  expect(poison.deaths).toBe(3);
  const { state, notices, timeline } = installation.job(id);
  expect([state.phase, notices.map((notice) => notice.state)]).toEqual(["succeeded", ["undeliverable"]]);
  expect(JSON.stringify(timeline.at(-1))).toContain("连续 3 次中断");
  poison.isDeadly = false;
  const other = await ask(living, "a lake");
  await installation.until(() => installation.job(other).notices[0]?.state === "sent");
});

test("a result that was merely being delivered when another job ended the processes is delivered", async () => {
  verifies("survives.poison");
  await using installation = await createInstallation();
  const { provider, platform, clock } = installation;
  const poison = createPoison();
  const { deliver } = platform.surface;
  platform.surface.deliver = async (...given) => {
    const { life } = poison.current!;
    await new Promise<void>((resolve) => clock.setTimer(3_000, resolve));
    return life.dead ? new Promise(() => {}) : deliver(...given);
  };
  provider.nextStart("image", { end: "operation", reference: "poison" });
  provider.everyCheck = (reference) => {
    if (reference !== "poison") {
      return null;
    }
    poison.strike();
    return { state: "pending", checkAfterMs: 1_000 };
  };
  poison.current = await installation.open();
  const poisonous = await ask(poison.current, "poison");
  const innocent = await ask(poison.current, "a lake");
  await installation.until(() => installation.job(innocent).state.phase === "succeeded");
  poison.isDeadly = true;
  await installation.pass(60_000);
  await untilOneLives(installation, poison);
  expect(poison.deaths).toBe(3);
  expect(installation.job(poisonous).state.phase).toBe("unresolved");
  await installation.until(() => installation.job(innocent).notices[0]?.state === "sent");
});

test("processes that end while a job gets on do not set it aside, however many", async () => {
  verifies("survives.poison");
  await using installation = await createInstallation();
  const { provider } = installation;
  const poison = createPoison();
  let looks = 0;
  provider.maxDurationMs = 24 * 60 * 60_000;
  provider.nextStart("image", { end: "operation", reference: "slow" });
  provider.everyCheck = () => {
    looks += 1;
    if (looks % 3 !== 0) {
      poison.strike();
    }
    return looks < 30 ? { state: "pending", checkAfterMs: 60_000 } : null;
  };
  poison.isDeadly = true;
  poison.current = await installation.open();
  const id = await ask(poison.current, "slow");
  while (installation.job(id).state.phase !== "succeeded") {
    await installation.pass(2 * 60_000);
    expect(installation.job(id).state.phase).toMatch(/running|succeeded/);
    if (poison.current.life.dead) {
      poison.current = await installation.open();
    }
  }
  expect(poison.deaths).toBeGreaterThan(10);
  expect(jobWith(installation, "slow").interrupted?.times).toBeLessThan(3);
});
