import { readFileSync } from "node:fs";
import { join } from "node:path";
import { systemRandom } from "@toolcast/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { openConsoleDatabase } from "./console-database.ts";
import { eventReader, temporaryDirectory, testConsole } from "./testing/console.ts";
import { createUploadLinks, uploadLinkLifeMs } from "./upload-links.ts";

function open(file = join(temporaryDirectory(), "console.sqlite"), clock = { now: 0 }) {
  const database = openConsoleDatabase(file);
  const links = createUploadLinks(database, {
    clock: { now: () => clock.now, monotonic: () => clock.now, setTimer: () => () => undefined },
    random: systemRandom,
  });
  onTestFinished(() => database[Symbol.dispose]());
  return { links, database, file, clock };
}

describe("the store of links", () => {
  it("lets one caller use the link at a time, across all processes, and nobody after a file arrived", async () => {
    const { links, file, clock } = open();
    const { links: other } = open(file, clock);
    const { link, token } = await links.make("web:local", "video");
    expect(link).toMatchObject({ owner: "web:local", kind: "video", state: "open", expiresAt: uploadLinkLifeMs });
    expect([await links.take(link.id), await other.take(link.id)]).toEqual([true, false]);
    expect(await other.named(token)).toMatchObject({ id: link.id, state: "taken" });
    await links.release(link.id);
    expect(await other.take(link.id)).toBe(true);
    await other.use(link.id, "asset_1");
    await links.release(link.id);
    expect(await links.take(link.id)).toBe(false);
    expect(await links.named(token)).toMatchObject({ state: "used", assetId: "asset_1" });
  });

  it("expires a link in time, and forgets it a day later", async () => {
    const { links, clock } = open();
    const { link, token } = await links.make("web:local");
    clock.now = uploadLinkLifeMs - 1;
    expect((await links.named(token))?.state).toBe("open");
    clock.now = uploadLinkLifeMs;
    expect((await links.named(token))?.state).toBe("expired");
    expect(await links.take(link.id)).toBe(false);
    clock.now += 24 * 60 * 60_000 + 1;
    await links.make("web:local");
    expect(await links.named(token)).toBeNull();
  });

  it("stores no token, and shows a link only to its owner", async () => {
    const { links, database, file } = open();
    const { link, token } = await links.make("web:local");
    expect(Buffer.from(token, "base64url")).toHaveLength(16);
    expect((await links.make("web:local")).token).not.toBe(token);
    database.close();
    expect(readFileSync(file).includes(token)).toBe(false);
    const { links: reopened } = open(file);
    expect((await reopened.owned(link.id, "web:local"))?.id).toBe(link.id);
    expect(await reopened.owned(link.id, "web:other")).toBeNull();
    expect(await reopened.named(link.id)).toBeNull();
  });
});

describe("a link", () => {
  const make = async (console: ReturnType<typeof testConsole>, headers: Record<string, string> = {}) =>
    (await (await console.post("/api/upload-links", { kind: "image" }, headers)).json()) as {
      id: string;
      path: string;
      remainingMs: number;
    };
  const send = (
    console: ReturnType<typeof testConsole>,
    path: string,
    body: NonNullable<RequestInit["body"]>,
    headers: Record<string, string> = {},
  ) => console.request(path, { method: "POST", body, headers, duplex: "half" });

  it("takes one file into its owner's media without a login, and notifies open pages", async () => {
    const token = "a-long-enough-token";
    const console = testConsole({ token });
    const authorized = { Authorization: `Bearer ${token}` };
    expect((await console.post("/api/upload-links", {})).status).toBe(401);
    const { id, path, remainingMs } = await make(console, authorized);
    expect(remainingMs).toBe(uploadLinkLifeMs);
    const events = eventReader(await console.request("/api/events", { headers: authorized }));
    await events.next();
    const place = await console.request(`${path}/state`);
    expect(place.headers.get("cache-control")).toBe("no-store");
    expect(await place.json()).toMatchObject({ state: "open", kind: "image", remainingMs });
    const response = await send(console, path, "picture", { "X-File-Name": "photo.png" });
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ name: "photo.png", bytes: 7 });
    expect(await events.next()).toMatchObject({ event: "upload", data: { link: id, asset: { id: "asset_1" } } });
    expect(console.runtime.assets.get("asset_1")).toMatchObject({ owner: "web:local", name: "photo.png" });
    expect(await console.get(`/api/upload-links/${id}`, authorized)).toMatchObject({
      state: "used",
      asset: { id: "asset_1" },
    });
    expect((await send(console, path, "second")).status).toBe(410);
    expect(console.runtime.assets.size).toBe(1);
    // The link allows uploading and nothing else.
    expect((await console.request("/api/media/asset_1")).status).toBe(401);
    expect(
      (await console.request("/api/media", { headers: { Authorization: `Bearer ${path.slice(3)}` } })).status,
    ).toBe(401);
  });

  it("is open again when the file did not arrive, and takes one file at a time", async () => {
    const console = testConsole({ maxUploadBytes: 10 });
    const { path } = await make(console);
    expect((await send(console, path, "longer than ten")).status).toBe(413);
    expect((await send(console, path, new Blob(["longer than ten"]).stream())).status).toBe(413);
    let end = () => {};
    const slow = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new Uint8Array(1));
        end = () => controller.close();
      },
    });
    const first = send(console, path, slow);
    const second = await send(console, path, "short", { "X-Toolcast-Locale": "zh-CN" });
    expect(second.status).toBe(409);
    expect(JSON.stringify(await second.json())).toContain("此链接正在上传另一个文件");
    end();
    expect((await first).status).toBe(201);
  });

  it("expires after half an hour", async () => {
    const console = testConsole();
    const { path } = await make(console);
    console.clock.move(uploadLinkLifeMs);
    expect(await console.get(`${path}/state`)).toMatchObject({ state: "expired", remainingMs: 0 });
    expect((await send(console, path, "late")).status).toBe(410);
    expect(console.runtime.assets.size).toBe(0);
  });

  it("that nobody created is not found, and other sites cannot use one", async () => {
    const console = testConsole();
    const { path } = await make(console);
    expect((await console.request("/u/guess/state")).status).toBe(404);
    expect((await send(console, "/u/guess", "x")).status).toBe(404);
    expect((await console.request("/api/upload-links/link_guess")).status).toBe(404);
    expect((await send(console, path, "x", { "Sec-Fetch-Site": "cross-site" })).status).toBe(403);
    expect((await console.post("/api/upload-links", { kind: "program" })).status).toBe(400);
  });
});
