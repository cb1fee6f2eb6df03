import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHttp, systemClock, systemRandom } from "@toolcast/core";
import { dashscope } from "@toolcast/core/provider";
import { type Sandbox, samples, startSandbox } from "@toolcast/sandbox";
import { createWebSurface } from "@toolcast/web";
import sharp from "sharp";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { newestJob, openRoom, textOf } from "../discord-room.ts";
import { connectPipe, openMcp } from "../mcp-client.ts";
import { createInstallation, type OpenOptions } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

vi.setConfig({ testTimeout: 60_000 });

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ speed: 1000 });
});
afterEach(() => sandbox.close());

/** An installation without a public address, at a vendor that is not on this machine as far as it knows. */
function withoutAddress(): OpenOptions {
  const hosts = [new URL(sandbox.url).host];
  return {
    publicUrl: undefined,
    http: createHttp({ trustedHosts: () => hosts, clock: systemClock }),
    providers: [{ definition: { ...dashscope, onLoopback: () => false }, values: sandbox.environment }],
  };
}

const blank = { width: 640, height: 640, channels: 3, background: "white" } as const;
const portrait = async () => new Uint8Array(await sharp({ create: blank }).png().toBuffer());
const starts = () => sandbox.ledger().map(({ endpoint }) => endpoint);
const videoStart = "services/aigc/image2video/video-synthesis";
const cloning = "services/audio/tts/customization:create_voice";

test("on Discord, a voice is cloned and a picture speaks without a public address", async () => {
  verifies("media.lent-storage");
  await using room = await openRoom();
  await room.open(withoutAddress());
  const person = room.platform.person("ada");
  const there = { in: room.platform.direct(person) };
  const audio = { filename: "me.wav", contentType: "audio/wav", bytes: await readFile(samples.voice) };
  await room.ask(person, "clone", { audio, name: "Xiaolin", consent: true }, there);
  const isDone = () => newestJob(room).state.phase === "succeeded";
  await room.until(isDone);
  const image = { filename: "me.png", contentType: "image/png", bytes: await portrait() };
  const asked = await room.ask(person, "avatar", { image, audio }, there);
  await room.until(isDone);
  expect(starts()).toEqual([cloning, videoStart]);
  expect(textOf(person.answerTo(asked))).not.toContain("PUBLIC_URL");
});

test("over MCP, a picture speaks without a public address", async () => {
  verifies("media.lent-storage");
  await using world = await createInstallation();
  const { mcp } = await openMcp(world, {}, withoutAddress());
  const client = await connectPipe(mcp, "modern");
  const inside = (type: string, bytes: Uint8Array) => `data:${type};base64,${Buffer.from(bytes).toString("base64")}`;
  const call = client.callTool({
    name: "create_avatar_video",
    arguments: {
      image: inside("image/png", await portrait()),
      audio: inside("audio/wav", await readFile(samples.voice)),
      wait_seconds: 0,
    },
  });
  // Files inside a call are read in real time.
  await vi.waitFor(() => expect(world.jobs()).toHaveLength(1), { timeout: 20_000 });
  await world.until(() => world.jobs()[0]?.state.phase === "succeeded");
  expect((await call).isError).not.toBe(true);
  expect(starts()).toEqual([videoStart]);
});

test("on the console, a voice is cloned and lips are fitted without a public address", async () => {
  verifies("media.lent-storage");
  await using world = await createInstallation();
  const { runtime } = await world.open(withoutAddress());
  const directory = await mkdtemp(join(tmpdir(), "toolcast-lent-"));
  const web = createWebSurface({ runtime, clock: world.clock, random: systemRandom, directory });
  runtime.attach(web.surface);
  const request = (path: string, init: RequestInit) =>
    web.fetch(new Request(`http://127.0.0.1:3000${path}`, init), { remoteAddress: "127.0.0.1" });
  const upload = async (path: string, name: string) => {
    const body = new Uint8Array(await readFile(path));
    const answer = await request("/api/uploads", { method: "POST", body, headers: { "x-file-name": name } });
    return ((await answer.json()) as { id: string }).id;
  };
  const say = (command: string, input: object) =>
    request("/api/conversations/main/messages", { method: "POST", body: JSON.stringify({ command, input }) });
  const audio = await upload(samples.voice, "voice.wav");
  const video = await upload(samples.video, "face.mp4");
  await say("clone", { audio, name: "Xiaolin", consent: true });
  await say("avatar", { video, audio });
  await world.until(() => world.jobs().length === 2 && world.jobs().every(({ state }) => state.phase === "succeeded"));
  expect(starts().sort()).toEqual([videoStart, cloning].sort());
  await web.close();
  await rm(directory, { recursive: true, force: true });
});
