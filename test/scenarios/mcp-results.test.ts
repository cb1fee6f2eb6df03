import { createCipheriv } from "node:crypto";
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { crc32, deflateSync } from "node:zlib";
import { builtInTools, defineTool, type Fields, text } from "@toolcast/core";
import { messages } from "@toolcast/core/surface";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import { vendorFailure } from "../doubles/scripted-provider.ts";
import { connectHttp, connectPipe, eras, factsOf, openMcp, pictureOrder, textOf } from "../mcp-client.ts";
import { createInstallation, type Installation } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let world: Installation;
beforeEach(async () => {
  world = await createInstallation();
});
afterEach(() => world[Symbol.asyncDispose]());

describe("tools", () => {
  test("tools that the operators' rules deny to a person are not listed to their agent", async () => {
    verifies("spending.access");
    const access = [{ tool: "clone", allowed: ["mcp:ada"] }];
    const tokens = ["ada", "bob"].map((name) => ({ name, token: `${name}-`.repeat(10) }));
    const { mcp } = await openMcp(world, { tokens }, { policy: { operators: [], access } });
    const listed = async (token: string) => {
      const client = await connectHttp(mcp, "modern", { token });
      return (await client.listTools()).tools.map(({ name }) => name);
    };
    const [ada, bob] = [await listed(tokens[0]!.token), await listed(tokens[1]!.token)];
    expect(ada).toContain("clone_voice");
    expect(bob).toEqual(ada.filter((name) => name !== "clone_voice"));
  });

  for (const era of eras) {
    test(`${era}: every tool is listed as it is defined`, async () => {
      verifies("mcp.derived");
      const { mcp, runtime } = await openMcp(world);
      const client = await connectPipe(mcp, era);
      const { tools } = await client.listTools();
      const expected = runtime.tools.filter(({ operatorsOnly }) => !operatorsOnly);
      expect(tools.map(({ name }) => name)).toEqual(expected.map(({ name }) => name));
      const ajv = new Ajv2020({ strict: true, allowUnionTypes: false });
      for (const tool of tools) {
        const definition = expected.find(({ name }) => name === tool.name)!;
        expect(tool.title).toBe(definition.title.en);
        expect(tool.description).toContain(definition.summary.en);
        expect(tool.icons?.length).toBeGreaterThan(0);
        expect(tool._meta).toBeUndefined();
        const offered = Object.keys(tool.inputSchema.properties ?? {});
        for (const [input, { role }] of Object.entries(definition.input as Fields)) {
          // Consent is asked of the person; a quote has an argument of MCP's own.
          expect(offered.includes(input), input).toBe(role !== "consent" && role !== "quote");
        }
        for (const schema of [tool.inputSchema, tool.outputSchema]) {
          expect(JSON.stringify(schema)).not.toMatch(/"(anyOf|oneOf|allOf|if|\$ref)"/);
          ajv.compile(schema as object);
        }
        const spends = definition.effect === "spends";
        for (const own of ["idempotency_key", "quote_only"]) {
          expect(offered.includes(own), own).toBe(spends);
        }
        expect(tool.annotations).toMatchObject({ readOnlyHint: definition.effect === "reads" });
        if (spends) {
          // With what the protocol assumes for a hint that is left out.
          expect({ idempotentHint: false, openWorldHint: true, ...tool.annotations }).toMatchObject({
            destructiveHint: false,
            idempotentHint: false,
            openWorldHint: true,
          });
          expect(tool.description).toMatch(/get_job.*cancel_job/);
        }
      }
    });
  }

  test("operators' tools are seen by operators alone", async () => {
    verifies("mcp.derived", "mcp.owners");
    const names = async (operators: string[]) => {
      const { mcp } = await openMcp(world, {}, { policy: { operators } });
      return (await (await connectPipe(mcp, "legacy")).listTools()).tools.map(({ name }) => name);
    };
    expect(await names([])).not.toContain("get_balance");
    expect(await names(["mcp:local"])).toContain("get_balance");
  });

  test("a new tool is listed without any change to this adapter", async () => {
    verifies("mcp.derived", "built.tool-is-one-file");
    const greet = defineTool({
      name: "greet",
      command: "greet",
      effect: "reads",
      title: { en: "Greet", "zh-CN": "问候" },
      summary: { en: "Says hello.", "zh-CN": "打招呼。" },
      input: {
        name: text({
          title: { en: "Name", "zh-CN": "名字" },
          summary: { en: "Whom.", "zh-CN": "谁。" },
          maxLength: 20,
        }),
      },
      answer: async ({ name }) => ({ message: { tone: "info", title: `Hello ${name}` }, data: ["hello", name] }),
    });
    const { mcp } = await openMcp(world, {}, { tools: [...builtInTools, greet] });
    const client = await connectPipe(mcp, "modern");
    const result = await client.callTool({ name: "greet", arguments: { name: "Ada" } });
    expect(textOf(result)).toBe('Hello Ada\n["hello","Ada"]');
    expect(result.structuredContent).toEqual({ message: "Hello Ada", data: { items: ["hello", "Ada"] } });
  });

  test("descriptions and answers come in the configured language", async () => {
    verifies("mcp.derived");
    const { mcp } = await openMcp(world, { locale: "zh-CN" });
    const client = await connectPipe(mcp, "legacy");
    const { tools } = await client.listTools();
    expect(tools[0]?.title).toMatch(/\p{Script=Han}/u);
    expect(client.getInstructions()).toMatch(/\p{Script=Han}/u);
    const refused = await client.callTool({ name: "generate_image", arguments: {} });
    expect(textOf(refused)).toMatch(/错误码：usage \(prompt\)/);
  });
});

describe("results", () => {
  test("every fact is in the text, with a small picture", async () => {
    verifies("mcp.results");
    const big = noisyPicture(900, 700);
    expect(big.byteLength).toBeGreaterThan(1_500_000);
    const { mcp } = await openMcp(world);
    const client = await connectPipe(mcp, "legacy");
    for (let count = 0; count < 4; count += 1) {
      world.provider.nextStart("image", {
        end: "done",
        output: { media: [{ bytes: big }], charge: { amount: 2, unit: "points" } },
      });
    }
    const call = client.callTool(pictureOrder({ count: 4, wait_seconds: 45 }));
    await world.until(() => world.jobs().some(({ state }) => state.phase === "succeeded"));
    const result = await call;
    const said = textOf(result);
    const { assets, job_id } = factsOf(result);
    expect(assets).toHaveLength(4);
    for (const { asset_id, url, file } of assets) {
      expect(said).toContain(asset_id);
      expect(said).toContain(url);
      expect(said).toContain(file);
    }
    expect(said).toContain(job_id);
    expect(said).toContain("Cost: 8 points");
    expect(said).toContain("900×700");
    const pictures = result.content.filter(({ type }) => type === "image");
    expect(pictures).toHaveLength(4);
    expect(result.content.filter(({ type }) => type === "resource_link")).toEqual([]);
    expect(JSON.stringify(result).length).toBeLessThan(300_000);
  }, 20_000);

  test("a single result's text is at most 2 kB", async () => {
    verifies("mcp.results");
    const { mcp } = await openMcp(world);
    const client = await connectPipe(mcp, "legacy");
    const call = client.callTool(pictureOrder({ prompt: "cat ".repeat(240) }));
    await world.pass(3_000);
    expect(Buffer.byteLength(textOf(await call))).toBeLessThanOrEqual(2_000);
  });

  test("over HTTP no path of this machine is shown", async () => {
    verifies("mcp.results");
    const { mcp } = await openMcp(world);
    const client = await connectHttp(mcp, "legacy");
    const call = client.callTool(pictureOrder());
    await world.pass(3_000);
    const result = await call;
    expect(factsOf(result).assets[0]).not.toHaveProperty("file");
    expect(textOf(result)).not.toContain(tmpdir());
  });

  test("links go to clients configured for them, pictures to all but those known to fail on them, unless they ask", async () => {
    verifies("mcp.results");
    const { mcp } = await openMcp(world, { clientsWithLinks: ["gallery"] });
    for (const [name, preview, types] of [
      ["gallery", undefined, ["text", "image", "resource_link"]],
      ["gallery", false, ["text", "resource_link"]],
      ["other", undefined, ["text", "image"]],
      ["@langchain/mcp-adapters", undefined, ["text"]],
      ["@langchain/mcp-adapters", true, ["text", "image"]],
    ] as const) {
      const client = await connectPipe(mcp, "modern", { name });
      const call = client.callTool(pictureOrder(preview === undefined ? {} : { preview }));
      await world.pass(3_000);
      expect((await call).content.map(({ type }) => type)).toEqual(types);
    }
  });

  test("video is never inline", async () => {
    verifies("mcp.results");
    const { mcp } = await openMcp(world);
    const client = await connectPipe(mcp, "legacy");
    const call = client.callTool({
      name: "create_avatar_video",
      arguments: {
        video: "https://pictures.example/avc.mp4",
        audio: "https://pictures.example/tone.wav",
        wait_seconds: 45,
      },
    });
    await world.pass(10_000);
    const result = await call;
    expect(factsOf(result).state).toBe("succeeded");
    expect(result.content.map(({ type }) => type)).toEqual(["text"]);
  });

  test.each([
    ["whole", 500],
    ["cut if it is too long", 4_000],
  ])("a text result is given %s, in a block of its own and nowhere else", async (_how, times) => {
    verifies("mcp.results");
    const words = "A cat on a mat. ".repeat(times).trim();
    const shown = words.length > 40_000 ? `${words.slice(0, 40_000)}…` : words;
    world.provider.nextStart("imageUnderstanding", { end: "done", output: { media: [], text: words } });
    const { mcp, runtime } = await openMcp(world);
    const asset = await runtime.media.keep(fixture("picture.png"), { owner: "mcp:local", maxBytes: 1e6 });
    const client = await connectPipe(mcp, "legacy");
    const call = client.callTool({ name: "describe_image", arguments: { image: asset.id, question: "What?" } });
    await world.pass(3_000);
    const result = await call;
    const [head, text] = result.content.map((block) => (block.type === "text" ? block.text : block.type));
    expect(text).toBe(shown);
    expect(head).not.toContain("A cat on a mat.");
    expect(result.structuredContent).toMatchObject({ words: [shown] });
  });

  test("a list of many jobs stays readable", async () => {
    verifies("mcp.results");
    const { mcp } = await openMcp(world, {}, { started: false });
    const client = await connectPipe(mcp, "legacy");
    for (let index = 0; index < 100; index += 1) {
      await client.callTool(pictureOrder({ prompt: `cat ${index}`, wait_seconds: 0 }));
    }
    const result = await client.callTool({ name: "list_jobs", arguments: { limit: 100 } });
    const { jobs } = (result.structuredContent as { data: { jobs: { job_id: string }[] } }).data;
    expect(jobs).toHaveLength(100);
    expect(jobs.every(({ job_id }) => textOf(result).includes(job_id))).toBe(true);
    expect(JSON.stringify(result).length).toBeLessThan(100_000);
  });

  test("a cancellation says what it costs", async () => {
    verifies("mcp.results");
    const { mcp } = await openMcp(world);
    const client = await connectPipe(mcp, "legacy");
    world.provider.nextCheck(...Array.from({ length: 30 }, () => ({ state: "pending" as const })));
    const call = client.callTool({
      name: "create_avatar_video",
      arguments: {
        video: "https://pictures.example/avc.mp4",
        audio: "https://pictures.example/tone.wav",
        wait_seconds: 5,
      },
    });
    await world.pass(6_000);
    const { job_id } = factsOf(await call);
    const cancelled = await client.callTool({ name: "cancel_job", arguments: { job: job_id } });
    expect(factsOf(cancelled)).toMatchObject({ done: false, charged: "unknown", may_still_be_charged: true });
    expect(textOf(cancelled)).toContain(messages["job.charged.open"].en);
  });
});

describe("errors", () => {
  test.each([
    ["nothing given", {}, /Code: usage \(prompt\)/],
    ["an unknown input", { prompt: "a", colour: "red" }, /Code: usage \(colour\)/],
    ["a wait too long", { prompt: "a", wait_seconds: 46 }, /Code: usage \(wait_seconds\)/],
    ["a key that is too long", { prompt: "a", idempotency_key: "k".repeat(201) }, /Code: usage \(idempotency_key\)/],
    ["a wrong flag", { prompt: "a", quote_only: "perhaps" }, /Code: usage \(quote_only\)/],
    ["a wrong preview", { prompt: "a", preview: "perhaps" }, /Code: usage \(preview\)/],
    ["a count out of range", { prompt: "a", count: 9 }, /Code: usage \(count\)/],
  ])("%s: names the input, the charge and the next step", async (_name, input, code) => {
    verifies("mcp.errors");
    const { mcp } = await openMcp(world);
    const client = await connectPipe(mcp, "modern");
    const result = await client.callTool({ name: "generate_image", arguments: input });
    expect(result.isError).toBe(true);
    expect(textOf(result)).toMatch(code);
    expect(textOf(result)).toMatch(/Charged: not charged/);
    expect(textOf(result)).toMatch(/Repeat: yes, after/);
    expect(textOf(result)).toMatch(/Next: correct/);
    expect(world.store.entries.size).toBe(0);
  });

  test("a vendor's refusal keeps its code and request id, and says whether to repeat", async () => {
    verifies("mcp.errors");
    const { mcp } = await openMcp(world);
    const client = await connectPipe(mcp, "legacy");
    world.provider.nextStart("image", {
      end: "refused",
      failure: vendorFailure({ vendorCode: "10013", vendorMessage: "content audit", requestId: "sid-9" }),
    });
    const call = client.callTool(pictureOrder());
    await world.pass(3_000);
    const result = await call;
    expect(result.isError).toBe(true);
    for (const fact of ["10013", "content audit", "sid-9", "Charged: not charged", "Repeat: no", "Next: "]) {
      expect(textOf(result)).toContain(fact);
    }
    expect(factsOf(result)).toMatchObject({ state: "failed", error: { code: "10013", requestId: "sid-9" } });
  });

  test("an unresolved job warns against starting it again", async () => {
    verifies("mcp.errors");
    const { mcp } = await openMcp(world);
    const client = await connectPipe(mcp, "legacy");
    world.provider.nextStart("image", {
      end: "unknown",
      failure: vendorFailure({ kind: "unknown", charged: "unknown" }),
    });
    const call = client.callTool(pictureOrder());
    await world.pass(3_000);
    const result = await call;
    expect(result.isError).toBe(true);
    expect(factsOf(result)).toMatchObject({ state: "unresolved", charged: "unknown" });
    expect(textOf(result)).toMatch(/do not order it again/);
  });
});

describe("local files", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "toolcast-folders-")));
    await mkdir(join(folder, "allowed"));
    await writeFile(join(folder, "allowed", "picture.png"), fixture("picture.png"));
    await writeFile(join(folder, "secret.png"), fixture("picture.png"));
    await symlink(join(folder, "secret.png"), join(folder, "allowed", "link.png"));
    await mkdir(join(folder, "allowed-not"));
    await writeFile(join(folder, "allowed-not", "picture.png"), fixture("picture.png"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const ask = async (image: string, folders: string[]) => {
    const { mcp } = await openMcp(world, { folders });
    const client = await connectPipe(mcp, "legacy");
    const call = client.callTool({ name: "describe_image", arguments: { image, question: "What?" } });
    await world.pass(3_000);
    return call;
  };

  test.each([
    ["a path", () => join(folder, "allowed", "picture.png")],
    ["an address", () => pathToFileURL(join(folder, "allowed", "picture.png")).href],
    ["a name below the folder", () => "picture.png"],
  ])("%s in an allowed folder is read", async (_name, path) => {
    verifies("mcp.folders");
    const result = await ask(path(), [join(folder, "allowed")]);
    expect(factsOf(result)).toMatchObject({ state: "succeeded" });
  });

  test.each([
    ["a path outside", () => join(folder, "secret.png")],
    ["a way out", () => join(folder, "allowed", "..", "secret.png")],
    ["a relative path leading out", () => "../secret.png"],
    ["a symbolic link leading out", () => join(folder, "allowed", "link.png")],
    ["a folder whose name begins the same", () => join(folder, "allowed-not", "picture.png")],
    ["the folder itself", () => join(folder, "allowed")],
    ["a missing file", () => join(folder, "allowed", "none.png")],
    ["an address of another machine", () => "file://other/etc/passwd"],
  ])("%s is refused in the same words", async (_name, path) => {
    verifies("mcp.folders");
    const result = await ask(path(), [join(folder, "allowed")]);
    expect(result.isError).toBe(true);
    expect(textOf(result)).toMatch(/There is no such file in an allowed folder\. .*--allow.* Allowed: .*allowed\.$/m);
    expect(world.provider.starts).toEqual([]);
  });

  test("no folder is allowed by default", async () => {
    verifies("mcp.folders");
    const result = await ask(join(folder, "allowed", "picture.png"), []);
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain("Allowed: none");
  });
});

/** A PNG that no encoder can make small. */
function noisyPicture(width: number, height: number): Uint8Array {
  const noise = createCipheriv("aes-128-ctr", Buffer.alloc(16), Buffer.alloc(16));
  const rows = Array.from({ length: height }, () => [Buffer.of(0), noise.update(Buffer.alloc(width * 3))]).flat();
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const chunk = (type: string, data: Uint8Array) => {
    const named = Buffer.concat([Buffer.from(type), data]);
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.byteLength);
    check.writeUInt32BE(crc32(named));
    return Buffer.concat([length, named, check]);
  };
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const body = [chunk("IHDR", header), chunk("IDAT", deflateSync(Buffer.concat(rows))), chunk("IEND", Buffer.alloc(0))];
  return new Uint8Array(Buffer.concat([signature, ...body]));
}
