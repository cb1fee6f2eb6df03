import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import { connectHttp, fetchFrom, openMcp, textOf } from "../mcp-client.ts";
import { createInstallation, type Installation } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let world: Installation;
beforeEach(async () => {
  world = await createInstallation();
});
afterEach(() => world[Symbol.asyncDispose]());

const ada = { name: "ada", token: "a".repeat(40) };
const address = "http://127.0.0.1/mcp";

describe("uploads", () => {
  const send = (mcp: Awaited<ReturnType<typeof openMcp>>["mcp"], init: RequestInit) =>
    fetchFrom(mcp, `${address}/uploads`, { method: "POST", ...init });

  test("a file becomes an asset of its sender and can be used as an input", async () => {
    verifies("mcp.folders", "mcp.owners");
    const { mcp, runtime } = await openMcp(world, { tokens: [ada] });
    const headers = { authorization: `Bearer ${ada.token}`, "x-file-name": encodeURIComponent("图.png") };
    const response = await send(mcp, { headers, body: fixture("picture.png") });
    expect(response.status).toBe(201);
    const asset = (await response.json()) as { asset_id: string; mime_type: string };
    expect(asset.mime_type).toBe("image/png");
    expect((await runtime.media.read(asset.asset_id))?.owner).toBe("mcp:ada");
    const client = await connectHttp(mcp, "modern", { token: ada.token });
    const call = client.callTool({
      name: "describe_image",
      arguments: { image: asset.asset_id, question: "What is it?" },
    });
    await world.pass(3_000);
    expect(textOf(await call)).toContain("A picture.");
  });

  test("a file that is too large, empty, wrapped or no medium is refused", async () => {
    verifies("mcp.guards", "mcp.folders");
    const { mcp } = await openMcp(world, { maxUploadBytes: 1_000 });
    const statusOf = async (init: RequestInit) => (await send(mcp, init)).status;
    expect(await statusOf({ body: new Uint8Array(2_000) })).toBe(413);
    expect(await statusOf({ body: streamOf(new Uint8Array(2_000)), duplex: "half" } as RequestInit)).toBe(413);
    expect(await statusOf({})).toBe(400);
    expect(await statusOf({ body: "words" })).toBe(422);
    expect(await statusOf({ body: "x", headers: { "content-type": "multipart/form-data; boundary=x" } })).toBe(415);
    expect((await fetchFrom(mcp, `${address}/uploads`)).status).toBe(405);
  });

  test("a local path is not accepted as an input over HTTP", async () => {
    verifies("mcp.folders");
    const { mcp } = await openMcp(world, { folders: ["/"] });
    const client = await connectHttp(mcp, "modern");
    const result = await client.callTool({
      name: "describe_image",
      arguments: { image: "/etc/hostname", question: "?" },
    });
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain("/mcp/uploads");
    expect(textOf(result)).not.toMatch(/allowed folder/);
  });
});

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
}
