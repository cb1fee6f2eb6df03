import { type Logger, type Runtime, silentLogger } from "@toolcast/core";
import { say } from "@toolcast/core/surface";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ada, createInstallation, type Installation, type OpenOptions } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let installation: Installation;
let said: string[];

beforeEach(async () => {
  installation = await createInstallation();
  said = [];
});
afterEach(() => installation[Symbol.asyncDispose]());

const begin = (options: OpenOptions = {}) => installation.open({ hasRoles: true, ...options });
const worker = () => begin();
function receiver() {
  const note = (_: object, message: string) => said.push(message);
  const logger: Logger = { ...silentLogger, info: note, warn: note };
  return begin({ advances: false, logger });
}

/** What a process says about workers now; what it found out more than 5 seconds ago has been forgotten. */
async function workers({ runtime }: { runtime: Runtime }) {
  const { ready, workers: trouble } = await runtime.condition();
  expect(ready).toBe(true);
  return trouble;
}
const nobody = { key: "store.no-worker" };

test("where requests are taken and nobody works, it is logged once after a minute, and shown while it lasts", async () => {
  verifies("survives.no-worker");
  const { pass } = installation;
  const receiving = await receiver();
  const other = await receiver();
  // As `toolcast doctor` sees it: a process that neither receives nor works.
  const onlooker = await begin({ started: false });
  await receiving.runtime.call({ tool: "image", input: { prompt: "a lake" }, caller: ada });
  await pass(50_000);
  expect([await workers(receiving), await workers(onlooker), said]).toEqual([null, null, []]);
  await pass(20_000);
  expect([await workers(receiving), await workers(onlooker)]).toEqual([nobody, nobody]);
  await pass(10 * 60_000);
  expect(await workers(onlooker)).toEqual(nobody);
  // Once in the log of each.
  expect(said).toEqual([say({ key: "store.no-worker" }, "en"), say({ key: "store.no-worker" }, "en")]);

  const working = await worker();
  await pass(10_000);
  expect([await workers(receiving), await workers(onlooker)]).toEqual([null, null]);
  expect(said.slice(2)).toEqual(["jobs are carried out again", "jobs are carried out again"]);
  expect(installation.jobs()[0]?.state.phase).toBe("succeeded");
  await Promise.all([receiving, other, working].map(({ runtime }) => runtime.stop()));
});

test("the death of one worker of two is no trouble; that of both is, a minute later", async () => {
  verifies("survives.no-worker");
  const { pass } = installation;
  const receiving = await receiver();
  const [one, two] = [await worker(), await worker()];
  await pass(5 * 60_000);
  one.life.die();
  await pass(5 * 60_000);
  expect([await workers(receiving), said]).toEqual([null, []]);
  two.life.die();
  await pass(60_000);
  expect([await workers(receiving), said]).toEqual([null, []]);
  await pass(35_000);
  expect([await workers(receiving), said.length]).toEqual([nobody, 1]);
  await receiving.runtime.stop();
});

test("once nobody receives any more, nobody is missed either", async () => {
  verifies("survives.no-worker");
  const { pass } = installation;
  const receiving = await receiver();
  const onlooker = await begin({ started: false });
  await pass(70_000);
  expect(await workers(onlooker)).toEqual(nobody);
  await receiving.runtime.stop();
  await pass(35_000);
  expect(await workers(onlooker)).toBeNull();
});

test("time in which the store was away does not count: nobody could leave a sign", async () => {
  verifies("survives.no-worker");
  const { pass, store } = installation;
  let isAway = false;
  const get = store.locks.get.bind(store.locks);
  store.locks.get = (name) => {
    if (isAway) {
      throw new Error("away");
    }
    return get(name);
  };
  const receiving = await receiver();
  await pass(30_000);
  isAway = true;
  await pass(10 * 60_000);
  isAway = false;
  await pass(40_000);
  expect([await workers(receiving), said]).toEqual([null, []]);
  await pass(40_000);
  expect([await workers(receiving), said.length]).toEqual([nobody, 1]);
  await receiving.runtime.stop();
});

test("where there are no roles, no sign is left", async () => {
  verifies("survives.no-worker");
  const { runtime } = await installation.open();
  await installation.pass(60_000);
  expect((await runtime.condition()).workers).toBeNull();
  expect([...installation.store.locks.keys()]).toEqual(["condition"]);
  await runtime.stop();
});
