import type { Client } from "@modelcontextprotocol/client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import {
  type ClientEra,
  connectHttp,
  connectPipe,
  eras,
  factsOf,
  fetchFrom,
  openMcp,
  pictureOrder,
} from "../mcp-client.ts";
import { createInstallation, type Installation, settle } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let world: Installation;
beforeEach(async () => {
  world = await createInstallation();
});
afterEach(() => world[Symbol.asyncDispose]());

describe("resources", () => {
  for (const era of eras) {
    test(`${era}: a job and its medium can be read at their addresses`, async () => {
      verifies("mcp.resources");
      const { mcp, runtime } = await openMcp(world);
      const client = await connectPipe(mcp, era);
      const call = client.callTool(pictureOrder());
      await world.pass(3_000);
      const { job_id, assets } = factsOf(await call);
      const { resources } = await client.listResources();
      expect(resources.map(({ uri }) => uri)).toEqual([`job://${job_id}`, `media://${assets[0]?.asset_id}`]);
      const [job] = (await client.readResource({ uri: `job://${job_id}` })).contents;
      expect(JSON.parse((job as { text: string }).text)).toMatchObject({ id: job_id, state: "succeeded" });
      const [medium] = (await client.readResource({ uri: `media://${assets[0]?.asset_id}` })).contents;
      const stored = await runtime.media.bytes((await runtime.media.read(assets[0]!.asset_id))!);
      expect(medium).toMatchObject({ mimeType: "image/png", blob: Buffer.from(stored).toString("base64") });
    });

    test(`${era}: ids are completed from the person's own`, async () => {
      verifies("mcp.resources");
      const { mcp } = await openMcp(world, {}, { started: false });
      const client = await connectPipe(mcp, era);
      const { job_id } = factsOf(await client.callTool(pictureOrder({ wait_seconds: 0 })));
      const { completion } = await client.complete({
        ref: { type: "ref/resource", uri: "job://{id}" },
        argument: { name: "id", value: "job_" },
      });
      expect(completion.values).toEqual([job_id]);
    });
  }

  test("a large medium is shown as a link", async () => {
    verifies("mcp.resources");
    const { mcp, runtime } = await openMcp(world);
    const wav = fixture("tone.wav");
    const long = new Uint8Array(5 * 1024 * 1024);
    long.set(wav);
    const asset = await runtime.media.keep(long, { owner: "mcp:local", maxBytes: 1e7 });
    const client = await connectHttp(mcp, "modern");
    const [shown] = (await client.readResource({ uri: `media://${asset.id}` })).contents;
    expect(shown).not.toHaveProperty("blob");
    expect(JSON.parse((shown as { text: string }).text)).toMatchObject({ asset_id: asset.id, bytes: long.byteLength });
    expect((shown as { text: string }).text).toContain("https://toolcast.example/links/");
  });

  test("a missing resource is an error of the protocol", async () => {
    verifies("mcp.resources");
    const { mcp } = await openMcp(world);
    const client = await connectPipe(mcp, "modern");
    for (const uri of ["job://job_none", "media://asset_none", "other://thing"]) {
      await expect(client.readResource({ uri })).rejects.toMatchObject({ code: -32602 });
    }
  });
});

describe("changes of a job", () => {
  const subscribe = async (client: Client, era: ClientEra, uri: string): Promise<() => Promise<unknown>> => {
    if (era === "legacy") {
      await client.subscribeResource({ uri });
      return () => client.unsubscribeResource({ uri });
    }
    const subscription = await client.listen({ resourceSubscriptions: [uri] });
    return () => subscription.close();
  };

  for (const era of eras) {
    test(`${era}: reach a subscriber over pipe and HTTP, and nobody else`, async () => {
      verifies("mcp.resources");
      for (const connect of [connectPipe, connectHttp]) {
        const { mcp } = await openMcp(world, {}, { started: false });
        const client = await connect(mcp, era);
        const heard: string[] = [];
        client.setNotificationHandler("notifications/resources/updated", ({ params }) => void heard.push(params.uri));
        const [wanted, other] = [
          factsOf(await client.callTool(pictureOrder({ wait_seconds: 0 }))).job_id,
          factsOf(await client.callTool(pictureOrder({ wait_seconds: 0 }))).job_id,
        ];
        const unsubscribe = await subscribe(client, era, `job://${wanted}`);
        for (const job of [wanted, other]) {
          await client.callTool({ name: "cancel_job", arguments: { job } });
        }
        await settle();
        expect(new Set(heard)).toEqual(new Set([`job://${wanted}`]));
        await unsubscribe();
        await client.close();
      }
    });

    test(`${era}: of another person do not arrive, even by the job's id`, async () => {
      verifies("mcp.owners");
      const [ada, bob] = [
        { name: "ada", token: "a".repeat(40) },
        { name: "bob", token: "b".repeat(40) },
      ];
      const { mcp } = await openMcp(world, { tokens: [ada, bob] }, { started: false });
      const owner = await connectHttp(mcp, era, ada);
      const job = factsOf(await owner.callTool(pictureOrder({ wait_seconds: 0 }))).job_id;
      const heard: string[] = [];
      for (const { name, token } of [ada, bob]) {
        const client = await connectHttp(mcp, era, { token });
        client.setNotificationHandler("notifications/resources/updated", () => void heard.push(name));
        await subscribe(client, era, `job://${job}`);
      }
      await owner.callTool({ name: "cancel_job", arguments: { job } });
      await settle();
      expect(new Set(heard)).toEqual(new Set(["ada"]));
    });
  }

  test("legacy over HTTP: those from before its stream is open are sent when it opens, each once", async () => {
    verifies("mcp.resources");
    const { mcp } = await openMcp(world, {}, { started: false });
    const stream = Promise.withResolvers<void>();
    const client = await connectHttp(mcp, "legacy", { streamAfter: stream.promise });
    const heard: string[] = [];
    client.setNotificationHandler("notifications/resources/updated", ({ params }) => void heard.push(params.uri));
    const job = factsOf(await client.callTool(pictureOrder({ wait_seconds: 0 }))).job_id;
    await subscribe(client, "legacy", `job://${job}`);
    await client.callTool({ name: "cancel_job", arguments: { job } });
    await settle();
    expect(heard).toEqual([]);
    stream.resolve();
    await vi.waitFor(() => expect(heard).toEqual([`job://${job}`]), { timeout: 30_000 });
  });
});

test("legacy over HTTP: a client that lost its connection reopens its stream and receives later changes there", async () => {
  verifies("mcp.resources", "mcp.sessions");
  const { mcp } = await openMcp(world, {}, { started: false });
  let session = "";
  const ask = async (method: string, params: object): Promise<Response> => {
    const response = await fetchFrom(mcp, "http://127.0.0.1/mcp", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...(session === "" ? {} : { "mcp-session-id": session }),
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    return new Response(await response.text(), { headers: response.headers });
  };
  const begun = await ask("initialize", {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "raw", version: "1" },
  });
  session = begun.headers.get("mcp-session-id") ?? "";
  const listen = () =>
    fetchFrom(mcp, "http://127.0.0.1/mcp", { headers: { accept: "text/event-stream", "mcp-session-id": session } });
  const call = async (name: string, input: object) =>
    /\bjob_[\w-]{22}/.exec(await (await ask("tools/call", { name, arguments: input })).text())?.[0] ?? "";
  const jobs = [];
  for (const prompt of ["a cat", "a dog", "a fox"]) {
    const job = await call("generate_image", { prompt, wait_seconds: 0 });
    await ask("resources/subscribe", { uri: `job://${job}` });
    jobs.push(job);
  }
  // The server does not learn that the first connection is dead.
  const lost = await listen();
  const again = await listen();
  expect([lost.status, again.status]).toEqual([200, 200]);
  expect(await lost.text()).toBe("");
  await call("cancel_job", { job: jobs[0] });
  const reader = again.body!.getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toContain(jobs[0]);
  await reader.cancel();
  await call("cancel_job", { job: jobs[1] });
  const third = (await listen()).body!.getReader();
  expect(new TextDecoder().decode((await third.read()).value)).toContain(jobs[1]);
  await third.cancel();
});

describe("prompts", () => {
  test("each tool that makes something has one, with suggestions for its inputs", async () => {
    verifies("mcp.derived");
    const { mcp, runtime } = await openMcp(world);
    const client = await connectPipe(mcp, "modern");
    const { prompts } = await client.listPrompts();
    expect(prompts.map(({ name }) => name)).toEqual(
      runtime.tools.filter(({ effect }) => effect === "spends").map(({ command }) => command),
    );
    const complete = async (prompt: string, name: string, value: string) =>
      (await client.complete({ ref: { type: "ref/prompt", name: prompt }, argument: { name, value } })).completion
        .values;
    expect(await complete("image", "size", "512")).toEqual(["512x512", "512x680"]);
    expect(await complete("clone", "tier", "l")).toEqual(["lite"]);
    expect(await complete("image", "prompt", "a")).toEqual([]);
    const { messages } = await client.getPrompt({ name: "image", arguments: { prompt: "a cat" } });
    const [content] = messages.map((message) => message.content);
    const said = content?.type === "text" ? content.text : "";
    for (const part of ["generate_image", '{"prompt":"a cat"}', "idempotency_key", "get_job"]) {
      expect(said).toContain(part);
    }
  });

  test("suggestions for voices are the person's own", async () => {
    verifies("mcp.owners");
    const { mcp } = await openMcp(world);
    const client = await connectPipe(mcp, "legacy", { answer: () => ({ action: "accept", content: { agree: true } }) });
    const call = client.callTool({
      name: "clone_voice",
      arguments: { audio: "https://pictures.example/tone.wav", name: "mine", wait_seconds: 45 },
    });
    await world.pass(10_000);
    expect(factsOf(await call).state).toBe("succeeded");
    const { completion } = await client.complete({
      ref: { type: "ref/prompt", name: "speak" },
      argument: { name: "voice", value: "" },
    });
    expect(completion.values).toEqual(["mine"]);
  });
});
