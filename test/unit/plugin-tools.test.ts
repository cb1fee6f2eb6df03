import { builtInTools, defineTool, type SpendingTool, step, text } from "@toolcast/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ada, createInstallation, type Installation } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let installation: Installation;
let logged: string[];
beforeEach(async () => {
  installation = await createInstallation();
  logged = [];
});
afterEach(() => installation[Symbol.asyncDispose]());

const words = (en: string) => ({ en, "zh-CN": "甲" });
const picture = (name: string) =>
  step({ name, title: words(name), capability: "image", request: () => ({ prompt: "x" }) });

/** A plugin's tool with something wrong about it. */
function open(changes: Partial<SpendingTool>) {
  const tool = defineTool({
    name: "make_postcard",
    command: "postcard",
    effect: "spends",
    title: words("Postcard"),
    summary: words("Paints a postcard."),
    input: { place: text({ title: words("Place"), summary: words("Where."), maxLength: 80 }) },
    steps: () => [picture("picture")],
    ...changes,
  });
  const note = (facts: object) => void logged.push(JSON.stringify(facts));
  const logger = { debug() {}, info() {}, warn: note, error: note };
  return installation.open({ logger, tools: [...builtInTools, tool] });
}
const order = { tool: "postcard", input: { place: "Lisbon" }, caller: ada };

test.each([
  ["two steps of one name", () => [picture("picture"), picture("picture")], "two steps named picture"],
  ["no step", () => [], "no steps"],
])("a tool with %s stores and starts nothing, and the log says why", async (_what, steps, why) => {
  verifies("paid-once.one-start-a-step");
  const { runtime } = await open({ steps });
  const reply = await runtime.call(order);
  await installation.pass(5_000);
  expect(reply).toMatchObject({ type: "refused", failure: { kind: "internal", charged: "no" } });
  expect(installation.store.entries.size).toBe(0);
  expect(installation.provider.starts).toEqual([]);
  expect(logged.join("\n")).toContain("make_postcard");
  expect(logged.join("\n")).toContain(why);
});

test("a job whose tool cannot describe it is answered, made and delivered all the same", async () => {
  verifies("delivered.into-conversation", "acknowledged.stored-first");
  const { runtime } = await open({
    describe() {
      throw new TypeError("marker of a fault");
    },
  });
  const reply = await runtime.call(order);
  expect(reply.type).toBe("job");
  await installation.until(() => installation.platform.posted.length === 1);
  expect(installation.platform.posted[0]?.message.media).toHaveLength(1);
  expect(logged.join("\n")).toContain("marker of a fault");
});
