import { afterEach, beforeEach, expect, test } from "vitest";
import { connectHttp, connectPipe, eras, openMcp, textOf } from "../mcp-client.ts";
import { createInstallation, type Installation, operator, settle } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let world: Installation;
beforeEach(async () => {
  world = await createInstallation();
});
afterEach(() => world[Symbol.asyncDispose]());

for (const era of eras) {
  test(`${era}: over stdio the machine's own user sees balances and bills if they are an operator, and nobody else does`, async () => {
    verifies("mcp.local-person", "spending.operators");
    for (const [localPerson, connect, sees] of [
      [operator.id, connectPipe, true],
      [operator.id, connectHttp, false],
      ["cli:guest", connectPipe, false],
      [undefined, connectPipe, false],
    ] as const) {
      const { mcp, runtime } = await openMcp(world, localPerson === undefined ? {} : { localPerson });
      const client = await connect(mcp, era);
      const { tools } = await client.listTools();
      const money = runtime.tools.filter(({ operatorsOnly }) => operatorsOnly).map(({ name }) => name);
      expect(money.length).toBeGreaterThan(1);
      expect(tools.filter(({ name }) => money.includes(name)).map(({ name }) => name)).toEqual(sees ? money : []);
      if (sees) {
        const balance = await client.callTool({ name: "get_balance", arguments: {} });
        expect([balance.isError, textOf(balance)]).toEqual([undefined, expect.stringContaining("Scripted")]);
      }
    }
  });
}

test("seeing money and letting jobs pass a limit are separate rights: an operator's agent does not decide", async () => {
  verifies("mcp.local-person", "spending.operators");
  const policy = { operators: [operator.id], dailyTotal: 0 };
  const { runtime } = await openMcp(world, {}, { policy });
  const place = { surface: "mcp", conversation: "agent", pulled: true };
  const agent = { ...operator, id: "mcp:local", place, agent: { of: operator.id } };
  const reply = await runtime.call({ tool: "image", input: { prompt: "a cat" }, caller: agent });
  const [held] = world.jobs();
  expect([reply.type, held?.state]).toMatchObject(["job", { phase: "held", hold: { reason: "budget" } }]);
  expect(await runtime.press({ action: "release", subject: held!.id, caller: agent })).toMatchObject({
    type: "refused",
  });
  const actions = async (caller: typeof operator) => (await runtime.jobMessage(held!, caller)).actions ?? [];
  expect((await actions(agent)).map(({ action }) => action)).not.toContain("release");
  expect((await actions(operator)).map(({ action }) => action)).toContain("release");
  await settle();
  expect(world.provider.starts).toEqual([]);
});

test("a question to one person is not for an operator to answer, and no button offers it", async () => {
  verifies("spending.consent", "spending.ask-above");
  const { runtime } = await openMcp(world, {}, { policy: { operators: [operator.id], askAbove: 0 } });
  const ada = { ...operator, id: "chat:ada", name: "Ada" };
  await runtime.call({ tool: "image", input: { prompt: "a cat" }, caller: ada });
  const [held] = world.jobs();
  const shown = await runtime.jobMessage(held!, operator);
  expect((shown.actions ?? []).map(({ action }) => action)).not.toContain("release");
  expect(runtime.question(held!, operator)).toMatchObject({ reason: "price", mayAnswer: false });
  expect(await runtime.press({ action: "release", subject: held!.id, caller: operator })).toMatchObject({
    type: "refused",
  });
});
