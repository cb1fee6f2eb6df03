import { createTaskSessionFromClient } from "@modelcontextprotocol/ext-tasks/client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createScriptedProvider, vendorFailure } from "../doubles/scripted-provider.ts";
import { connectHttp, openMcp, pictureOrder, type RawOptions, rawRequest } from "../mcp-client.ts";
import { createInstallation, type Installation } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let world: Installation;
beforeEach(async () => {
  world = await createInstallation();
});
afterEach(() => world[Symbol.asyncDispose]());

const extension = "io.modelcontextprotocol/tasks";
const declaring: RawOptions = { capabilities: { extensions: { [extension]: {} }, elicitation: {} } };
const picture = pictureOrder();
/** Its price is known once the picture has arrived. */
const linked = {
  name: "describe_image",
  arguments: { image: "https://pictures.example/picture.png", question: "What?" },
};
const started = () => world.provider.starts.length;

describe("tasks", () => {
  test("a handle comes at once and is the job; at the end it holds the result", async () => {
    verifies("mcp.tasks");
    const { mcp } = await openMcp(world);
    const { result: handle } = await rawRequest(mcp, "tools/call", picture, declaring);
    expect(handle).toMatchObject({ resultType: "task", status: "working", ttlMs: null });
    expect(handle).not.toHaveProperty("result");
    const taskId = handle?.taskId as string;
    expect(world.job(taskId).tool).toBe("generate_image");
    await world.until(() => world.job(taskId).state.phase === "succeeded");
    const { result: task } = await rawRequest(mcp, "tasks/get", { taskId }, declaring);
    expect(task).toMatchObject({
      resultType: "complete",
      status: "completed",
      taskId,
      result: { resultType: "complete", structuredContent: { job_id: taskId, done: true } },
    });
    expect(started()).toBe(1);
  });

  test("the extension's own client runs a tool to its end", async () => {
    verifies("mcp.tasks");
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const { mcp } = await openMcp(world);
      const client = await connectHttp(mcp, "modern", { capabilities: { extensions: { [extension]: {} } } });
      const session = createTaskSessionFromClient(client, {
        endpointId: "test",
        rawDispatch: async (request) => {
          const { method, params } = request as { method: string; params: Record<string, unknown> };
          const { result, error } = await rawRequest(mcp, method, params, declaring);
          return error === undefined
            ? { kind: "result", result: result as never }
            : { kind: "error", error: error as never };
        },
        v2RequestFraming: {
          protocolVersion: "2026-07-28",
          clientInfo: { name: "test", version: "1" },
          clientCapabilities: { extensions: { [extension]: {} } },
        },
      });
      const execution = await session.callTool(picture.name, picture.arguments);
      const settled = execution.settle();
      await world.until(() => world.jobs().some(({ state }) => state.phase === "succeeded"));
      await vi.advanceTimersByTimeAsync(30_000);
      const { outcome } = await settled;
      expect(outcome).toMatchObject({ status: "completed", result: { structuredContent: { state: "succeeded" } } });
      await session.close();
    } finally {
      vi.useRealTimers();
    }
  });

  test("without the declaration there is no handle and no access to tasks", async () => {
    verifies("mcp.tasks");
    const { mcp } = await openMcp(world);
    const call = rawRequest(mcp, "tools/call", picture);
    await world.pass(2_000);
    const { result } = await call;
    expect(result).toMatchObject({ structuredContent: { done: true } });
    for (const method of ["tasks/get", "tasks/cancel", "tasks/update"]) {
      const { error } = await rawRequest(mcp, method, { taskId: "job_unknown", inputResponses: {} });
      expect(error).toMatchObject({
        code: -32021,
        data: { requiredCapabilities: { extensions: { [extension]: {} } } },
      });
    }
  });

  test("wrong input is refused at once instead of getting a handle", async () => {
    verifies("mcp.tasks", "mcp.errors");
    const { mcp } = await openMcp(world);
    const { result } = await rawRequest(mcp, "tools/call", { name: picture.name, arguments: {} }, declaring);
    expect(result).toMatchObject({ isError: true });
    expect(world.store.entries.size).toBe(0);
  });

  test("a vendor's refusal is a completed task whose result is an error", async () => {
    verifies("mcp.tasks");
    const { mcp } = await openMcp(world);
    world.provider.nextStart("image", {
      end: "refused",
      failure: { kind: "refused", sentence: { en: "No.", "zh-CN": "否。" }, charged: "no", retry: { kind: "never" } },
    });
    const { result: handle } = await rawRequest(mcp, "tools/call", picture, declaring);
    await world.pass(3_000);
    const { result } = await rawRequest(mcp, "tasks/get", { taskId: handle?.taskId }, declaring);
    expect(result).toMatchObject({ status: "completed", result: { isError: true } });
  });

  test("a cancelled task ends as cancelled; cancelling again changes nothing", async () => {
    verifies("mcp.tasks");
    const { mcp } = await openMcp(world, {}, { started: false });
    const { result: handle } = await rawRequest(mcp, "tools/call", picture, declaring);
    const taskId = handle?.taskId as string;
    for (let round = 0; round < 2; round += 1) {
      expect((await rawRequest(mcp, "tasks/cancel", { taskId }, declaring)).result).toMatchObject({
        resultType: "complete",
      });
      expect((await rawRequest(mcp, "tasks/get", { taskId }, declaring)).result).toMatchObject({ status: "cancelled" });
    }
    expect(started()).toBe(0);
  });

  test("a task whose price turns out to need approval asks for it and then continues", async () => {
    verifies("mcp.tasks", "mcp.agreement");
    const { mcp } = await openMcp(world, {}, { policy: { operators: [], askAbove: 0 } });
    const { result: handle } = await rawRequest(mcp, "tools/call", linked, declaring);
    const taskId = handle?.taskId as string;
    await world.until(() => world.job(taskId).state.phase === "held");
    const { result: waiting } = await rawRequest(mcp, "tasks/get", { taskId }, declaring);
    expect(waiting?.status).toBe("input_required");
    const requests = waiting?.inputRequests as Record<string, { method: string }>;
    const key = Object.keys(requests)[0] as string;
    expect(requests[key]).toMatchObject({ method: "elicitation/create" });
    expect(started()).toBe(0);
    const inputResponses = { [key]: { action: "accept", content: { agree: true } } };
    await rawRequest(mcp, "tasks/update", { taskId, inputResponses }, declaring);
    await world.until(() => world.job(taskId).state.phase === "succeeded");
    expect(started()).toBe(1);
  });

  test("if nobody can be asked, it ends by saying where a person answers instead of waiting for ever", async () => {
    verifies("mcp.tasks", "mcp.agreement");
    const { mcp } = await openMcp(world, {}, { policy: { operators: [], askAbove: 0 } });
    const mute: RawOptions = { capabilities: { extensions: { [extension]: {} } } };
    const { result: handle } = await rawRequest(mcp, "tools/call", linked, mute);
    const taskId = handle?.taskId as string;
    await world.until(() => world.job(taskId).state.phase === "held");
    const { result: task } = await rawRequest(mcp, "tasks/get", { taskId }, mute);
    expect(task).toMatchObject({ status: "completed", result: { structuredContent: { waits_for: "price" } } });
    expect(JSON.stringify(task?.result)).toContain("--press release");
    expect(started()).toBe(0);
  });

  test("another provider's price is another question: approving the first does not answer it", async () => {
    verifies("mcp.tasks", "mcp.agreement");
    const other = createScriptedProvider("other");
    other.prices.set("imageUnderstanding", { known: true, amount: 50, unit: "points" });
    const { mcp } = await openMcp(
      world,
      {},
      {
        policy: { operators: [], askAbove: 0 },
        providers: [world.provider, other].map(({ definition }) => ({ definition, values: {} })),
      },
    );
    world.provider.nextStart("imageUnderstanding", {
      end: "refused",
      failure: vendorFailure({ category: "quota", retry: { kind: "after-change" } }),
    });
    const { result: handle } = await rawRequest(mcp, "tools/call", linked, declaring);
    const taskId = handle?.taskId as string;
    const question = async (provider: string) => {
      await world.until(() => world.job(taskId).state.phase === "held" && world.job(taskId).provider === provider);
      const { result } = await rawRequest(mcp, "tasks/get", { taskId }, declaring);
      return Object.keys(result?.inputRequests as Record<string, unknown>)[0] as string;
    };
    const agree = (key: string) =>
      rawRequest(
        mcp,
        "tasks/update",
        { taskId, inputResponses: { [key]: { action: "accept", content: { agree: true } } } },
        declaring,
      );
    const first = await question("scripted");
    await agree(first);
    const second = await question("other");
    expect(second).not.toBe(first);
    await agree(first);
    await world.pass(5_000);
    expect(other.starts).toEqual([]);
    await agree(second);
    await world.until(() => world.job(taskId).state.phase === "succeeded");
    expect(other.starts).toHaveLength(1);
  });

  test("an answer to a question that was not asked decides nothing", async () => {
    verifies("mcp.tasks");
    const { mcp } = await openMcp(world, {}, { policy: { operators: [], askAbove: 0 } });
    const { result: handle } = await rawRequest(mcp, "tools/call", linked, declaring);
    const taskId = handle?.taskId as string;
    await world.until(() => world.job(taskId).state.phase === "held");
    const inputResponses = { other: { action: "accept", content: { agree: true } } };
    await rawRequest(mcp, "tasks/update", { taskId, inputResponses }, declaring);
    expect(world.job(taskId).state.phase).toBe("held");
  });

  test("another person's task, or the beginning of an id, is not found", async () => {
    verifies("mcp.tasks", "mcp.owners");
    const tokens = ["ada", "bob"].map((name) => ({ name, token: name.repeat(12) }));
    const { mcp } = await openMcp(world, { tokens });
    const [ada, bob] = tokens.map(({ token }) => ({ ...declaring, token }));
    const { result: handle } = await rawRequest(mcp, "tools/call", picture, ada);
    const taskId = handle?.taskId as string;
    for (const method of ["tasks/get", "tasks/cancel", "tasks/update"]) {
      const { error } = await rawRequest(mcp, method, { taskId, inputResponses: {} }, bob);
      expect(error?.code).toBe(-32602);
    }
    expect((await rawRequest(mcp, "tasks/get", { taskId: taskId.slice(0, 12) }, ada)).error?.code).toBe(-32602);
    expect((await rawRequest(mcp, "tasks/get", { taskId }, ada)).result).toMatchObject({ taskId });
  });

  test("the extension is not announced to clients of 2025", async () => {
    verifies("mcp.tasks", "mcp.eras");
    const { mcp } = await openMcp(world);
    const old = await connectHttp(mcp, "legacy");
    expect(old.getServerCapabilities()?.extensions).toBeUndefined();
    const current = await connectHttp(mcp, "modern");
    expect(current.getServerCapabilities()?.extensions).toEqual({ [extension]: {} });
  });
});
