import { ToolMessage } from "@langchain/core/messages";
import { toJsonSchema } from "@langchain/core/utils/json_schema";
import { choice, defineTool, integer, type Runtime, text } from "@toolcast/core";
import { say } from "@toolcast/core/surface";
import * as door from "@toolcast/langchain";
import { type LangChainTool, ToolException, toLangChainTool, toLangChainTools } from "@toolcast/langchain";
import { afterEach, beforeEach, describe, expect, expectTypeOf, test } from "vitest";
import { countingTools } from "../doubles/counting-tools.ts";
import { fixture } from "../doubles/fixture-media.ts";
import { vendorFailure } from "../doubles/scripted-provider.ts";
import { ada, createInstallation, type Installation, operator, settle } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

const program = { ...ada, id: "langchain:ada", place: { surface: "langchain", conversation: "main", pulled: true } };

let installation: Installation;
beforeEach(async () => {
  installation = await createInstallation();
});
afterEach(async () => {
  await installation[Symbol.asyncDispose]();
});

async function open(options: Parameters<Installation["open"]>[0] = {}, waitMs = 45_000) {
  const { runtime } = await installation.open(options);
  const tools = toLangChainTools(runtime, program, { waitMs, clock: installation.clock });
  return { runtime, tool: (name: string) => tools.find((candidate) => candidate.name === name) as LangChainTool };
}

/** Lets the call continue, moving time, until it ends. */
async function ended<T>(call: Promise<T>): Promise<T> {
  let isOver = false;
  const over = call.then(
    () => (isOver = true),
    () => (isOver = true),
  );
  await installation.until(() => isOver);
  await over;
  return call;
}

/** Inputs of a job that takes the vendor some time. */
async function talking(runtime: Runtime): Promise<{ video: string; audio: string }> {
  const keep = (name: string) => runtime.media.keep(fixture(name), { owner: program.id, name, maxBytes: 1_000_000 });
  return { video: (await keep("avc.mp4")).id, audio: (await keep("tone.wav")).id };
}

const order = (name: string, args: Record<string, unknown>, id = "call_0123456789") =>
  ({ type: "tool_call", name, args, id }) as const;

test("a job is rendered once a call, however long the call waits for it", async () => {
  verifies("chat.rendered-once");
  const { tools, rendered } = countingTools();
  const { tool } = await open({ tools });
  const call = order("generate_image", { prompt: "a lake at dawn" });
  await ended(tool("generate_image").invoke(call));
  expect(rendered()).toBe(1);
});

describe("a call", () => {
  test("waits for the job and returns text for the model and facts for the program", async () => {
    verifies("langchain.tools");
    const { tool } = await open();
    const call = order("generate_image", { prompt: "a lake at dawn", count: 2 });
    const message = (await ended(tool("generate_image").invoke(call))) as unknown as ToolMessage;
    expect(ToolMessage.isInstance(message)).toBe(true);
    expect(message.tool_call_id).toBe(call.id);
    const { job, media } = message.artifact as door.ToolArtifact;
    expect(job).toMatchObject({ state: "succeeded", tool: "generate_image", caller: "langchain:ada" });
    expect(media).toHaveLength(2);
    expect(media[0]!.link!.url).toMatch(/^https:\/\/toolcast\.example\//);
    for (const { assetId, link } of media) {
      expect(message.content).toContain(assetId);
      expect(message.content).toContain(link!.url);
    }
    expect(message.content).toContain((job as { id: string }).id);
    expect(installation.provider.starts).toHaveLength(2);
  });

  test("returns the job in its current state when its patience ends; the job continues and is found by its id", async () => {
    verifies("langchain.long-jobs");
    const { runtime, tool } = await open({}, 1_500);
    const call = order("create_avatar_video", { ...(await talking(runtime)), title: "good morning" });
    const handle = (await ended(tool("create_avatar_video").invoke(call))) as unknown as ToolMessage;
    const { job } = handle.artifact as { job: { id: string; state: string } };
    expect(job.state).toBe("running");
    expect(handle.content).toMatch(new RegExp(`get_job.*${job.id}`));
    const later = await ended(tool("get_job").invoke(order("get_job", { job: job.id })));
    const found = later as unknown as ToolMessage;
    expect((found.artifact as door.ToolArtifact).data).toMatchObject({ id: job.id, state: "succeeded" });
    expect(found.content).toMatch(/asset_/);
    expect(installation.provider.starts).toHaveLength(1);
  });

  test("does not wait at all on request", async () => {
    verifies("langchain.long-jobs");
    const { runtime, tool } = await open({}, 0);
    const before = installation.clock.now();
    const call = order("create_avatar_video", { ...(await talking(runtime)), title: "good morning" });
    const handle = (await tool("create_avatar_video").invoke(call)) as unknown as ToolMessage;
    expect(handle.artifact).toMatchObject({ job: { state: "queued" } });
    expect(installation.clock.now()).toBe(before);
  });

  test("that is aborted stops waiting, the job continues, and the same call again is the same job", async () => {
    verifies("langchain.abort", "paid-once.same-key");
    const { runtime, tool } = await open();
    const patience = new AbortController();
    const call = order("create_avatar_video", { ...(await talking(runtime)), title: "good morning" });
    const aborted = tool("create_avatar_video").invoke(call, { signal: patience.signal });
    const outcome = expect(aborted).rejects.toThrow(/no longer interested/);
    await settle();
    await installation.pass(500);
    patience.abort(new Error("no longer interested"));
    await outcome;
    const [job] = await runtime.jobs({}, program);
    await installation.until(async () => (await runtime.job(job!.id, program))?.state.phase === "succeeded");
    const again = (await ended(tool("create_avatar_video").invoke(call))) as unknown as ToolMessage;
    expect(again.artifact).toMatchObject({ job: { id: job!.id, state: "succeeded" } });
    expect(installation.provider.starts).toHaveLength(1);
    await ended(tool("create_avatar_video").invoke({ ...call, args: { ...call.args, title: "good night" } }));
    await ended(tool("create_avatar_video").invoke({ ...call, id: "call_9876543210" }));
    expect(installation.provider.starts).toHaveLength(3);
  });

  test("may be aborted while the job is being read", async () => {
    verifies("langchain.abort");
    const { runtime, tool } = await open({}, 0);
    await tool("create_avatar_video").invoke(await talking(runtime));
    const [job] = await runtime.jobs({}, program);
    const patience = new AbortController();
    const waiting = runtime.settled(job!.id, patience.signal);
    patience.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    await settle();
  });

  test("aborted beforehand starts nothing", async () => {
    verifies("langchain.abort");
    const { runtime, tool } = await open();
    const signal = AbortSignal.abort(new Error("never mind"));
    await expect(tool("generate_image").invoke({ prompt: "a lake" }, { signal })).rejects.toThrow(/never mind/);
    expect(await runtime.jobs({}, program)).toEqual([]);
  });
});

test("the empty values that a model fills in count as left out, in every tool", async () => {
  verifies("understood.left-out");
  const { runtime, tool } = await open({}, 0);
  for (const nothing of ["", " ", "\u200b", null]) {
    const order = { prompt: "a lake", size: nothing, count: nothing, seed: nothing, provider: nothing };
    await tool("generate_image").invoke(order);
  }
  expect((await runtime.jobs({}, program)).map(({ input }) => input)).toEqual(Array(4).fill({ prompt: "a lake" }));
  const missing = await tool("generate_image")
    .invoke({ prompt: "" })
    .catch((error: Error) => error.message);
  expect(missing).toMatch(/prompt/);
});

describe("an error", () => {
  test("from the vendor gives its code, the charge and what to do next", async () => {
    verifies("langchain.errors");
    const failure = vendorFailure({ vendorCode: "10013", vendorMessage: "audit refused", charged: "yes" });
    installation.provider.nextStart("image", { end: "refused", failure });
    const { tool } = await open();
    const error = await caught(ended(tool("generate_image").invoke({ prompt: "a lake" })));
    expect(error.message).toMatch(/10013/);
    expect(error.message).toMatch(/audit refused/);
    expect(error.message).toContain(say({ key: "job.charged.yes" }, "en"));
    expect(error.message).toMatch(/^Next: /m);
    expect(error.failure).toMatchObject({ code: "10013", charged: "yes" });
    expect(error.job).toMatchObject({ state: "failed" });
  });

  test("about an unknown start warns against starting the job again", async () => {
    verifies("langchain.errors");
    installation.provider.nextStart("image", { end: "unknown", failure: vendorFailure({ kind: "unknown" }) });
    const { tool } = await open();
    const error = await caught(ended(tool("generate_image").invoke({ prompt: "a lake" })));
    expect(error.message).toMatch(/do not order it again/);
    expect(error.job).toMatchObject({ state: "unresolved" });
  });

  test("in an input names it, and nothing is stored", async () => {
    verifies("langchain.errors");
    const { runtime, tool } = await open();
    const wrongSeed = tool("generate_image").invoke({ prompt: "a lake", count: 2, seed: 1 });
    const error = await caught(wrongSeed);
    expect(error.message).toMatch(/Code: usage \(seed\)\nCharged: not charged\nNext: correct/);
    expect(error.failure).toMatchObject({ kind: "usage", field: "seed" });
    await expect(tool("generate_image").invoke({ prompt: "a lake", count: 9 })).rejects.toThrow(/count/);
    expect(await runtime.jobs({}, program)).toEqual([]);
  });
});

test("a price that needs approval is refused before anything is stored, unless the program agreed to it", async () => {
  verifies("langchain.agreed");
  const policy = { operators: [operator.id], askAbove: 1 };
  const { runtime, tool } = await open({ policy });
  const error = await caught(tool("generate_image").invoke({ prompt: "a lake" }));
  expect(error.message).toMatch(/agree first \(price\)/);
  expect(await runtime.jobs({}, program)).toEqual([]);
  const { clock } = installation;
  const agreeing = toLangChainTools(runtime, program, { agreed: ["price"], clock });
  const drawn = agreeing
    .find(({ name }) => name === "generate_image")!
    .invoke(order("generate_image", { prompt: "x" }));
  expect(((await ended(drawn)) as unknown as ToolMessage).artifact).toMatchObject({ job: { state: "succeeded" } });
});

test("the program, never the model, may confirm the right to a voice for its person", async () => {
  verifies("langchain.agreed", "spending.consent");
  const { runtime, tool } = await open();
  const { audio } = await talking(runtime);
  const order = { audio, name: "mine", consent: true };
  const error = await caught(tool("clone_voice").invoke(order));
  expect(error.message).toMatch(/agree first \(consent\)/);
  expect(Object.keys(tool("clone_voice").schema.shape)).not.toContain("consent");
  const agreeing = toLangChainTools(runtime, program, { agreed: ["consent"], waitMs: 0 });
  await agreeing.find(({ name }) => name === "clone_voice")!.invoke(order);
  expect(installation.jobs().map(({ confirmations }) => confirmations)).toMatchObject([[{ reason: "consent" }]]);
});

test("a daily limit cannot be agreed to: it is refused, and no agreement is named", async () => {
  verifies("langchain.agreed", "langchain.errors");
  const { tool } = await open({ policy: { operators: [operator.id], dailyPerPerson: 0 } });
  const error = await caught(tool("generate_image").invoke({ prompt: "a lake" }));
  expect(error.message).toMatch(/daily limit/i);
  expect(error.message).toMatch(/^Next: tell your user; do not repeat/m);
  expect(error.message).not.toMatch(/agree/);
});

test("with a price known only after the files were fetched, the job waits, and the answer names the next step", async () => {
  verifies("langchain.agreed");
  const { tool } = await open({ policy: { operators: [operator.id], askAbove: 1 } });
  const call = order("describe_image", { image: "https://pictures.example/picture.png", question: "What is it?" });
  const message = (await ended(tool("describe_image").invoke(call))) as unknown as ToolMessage;
  const { job } = message.artifact as { job: { id: string; state: string } };
  expect(job.state).toBe("held");
  expect(message.content).toMatch(
    new RegExp(`^Next: do not order it again: job ${job.id} is waiting for approval \\(price\\)`, "m"),
  );
  expect(installation.provider.starts).toEqual([]);
});

test("a tool that the operators' rules deny to the caller is not listed", async () => {
  verifies("langchain.tools", "spending.access");
  const access = [{ tool: "clone", allowed: [operator.id] }];
  const { runtime } = await open({ policy: { operators: [operator.id], access } });
  const has = (caller: typeof program) => toLangChainTools(runtime, caller).some(({ name }) => name === "clone_voice");
  expect([has(program), has(operator as typeof program)]).toEqual([false, true]);
});

test("the tools are those the caller may use, with flat, described schemas", async () => {
  verifies("langchain.tools");
  const { runtime } = await open();
  const names = (caller: typeof program) => toLangChainTools(runtime, caller).map(({ name }) => name);
  expect(names(operator as typeof program)).toEqual(runtime.tools.map(({ name }) => name));
  expect(names(program)).toEqual(runtime.tools.filter((tool) => !tool.operatorsOnly).map(({ name }) => name));
  for (const tool of toLangChainTools(runtime, { ...program, locale: "zh-CN" })) {
    const schema = toJsonSchema(tool.schema) as { properties: Record<string, { description: string }> };
    expect(JSON.stringify(schema)).not.toMatch(/anyOf|oneOf|allOf|\$ref/);
    for (const property of Object.values(schema.properties)) {
      expect(property.description).toMatch(/[\u4e00-\u9fff]/);
    }
    expect(tool.description).toMatch(/[\u4e00-\u9fff]/);
  }
});

test("a tool is typed by its own definition", async () => {
  verifies("langchain.tools");
  const { runtime } = await open();
  const bothLanguages = { en: "x", "zh-CN": "x" };
  const about = { title: bothLanguages, summary: bothLanguages };
  const definition = defineTool({
    name: "pick",
    command: "pick",
    effect: "reads",
    ...about,
    input: {
      words: text({ ...about, maxLength: 10 }),
      count: integer({ ...about, minimum: 1, maximum: 2, optional: true }),
      colour: choice({ ...about, choices: [{ value: "red", title: bothLanguages }], optional: true }),
    },
    answer: async () => ({ message: { tone: "info", title: "picked" }, data: null }),
  });
  const tool = toLangChainTool(definition, runtime, program);
  type Input = Parameters<typeof tool.func>[0];
  expectTypeOf<{ words: string; count: 1; colour: "red" }>().toExtend<Input>();
  expectTypeOf<{ words: 1 }>().not.toExtend<Input>();
  expectTypeOf<{ words: string; colour: "blue" }>().not.toExtend<Input>();
  expect(Object.keys(door).sort()).toEqual(["ChatSpark", "ToolException", "toLangChainTool", "toLangChainTools"]);
});

async function caught(call: Promise<unknown>): Promise<ToolException> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ToolException);
  return error as ToolException;
}
