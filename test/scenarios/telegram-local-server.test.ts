import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHttp, systemClock } from "@toolcast/core";
import Keyv from "keyv";
import { describe, expect, test, vi } from "vitest";
import { createTelegram, type TelegramOptions } from "../../adapters/telegram/src/connect.ts";
import { leaveCloud } from "../../adapters/telegram/src/leave-cloud.ts";
import { fixture } from "../doubles/fixture-media.ts";
import { startTelegram } from "../fakes/telegram/telegram.ts";
import { createInstallation } from "../runtime-fixture.ts";
import { everythingSent, openTelegramRoom } from "../telegram-room.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "toolcast-bot-api-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("a large film comes through the folder of a self-hosted server", () =>
  withFolder(async (folder) => {
    verifies("telegram.local-server");
    await using room = await openTelegramRoom({ local: { folder } });
    const { telegram } = await room.open();
    const ada = await room.member("Ada");
    ada.send("video", fixture("avc.mp4"), { caption: "/avatar --text 7", size: 30 * 1024 * 1024 });
    await room.until(() => room.installation.jobs().length === 1);
    await room.until(() => everythingSent(room), 60 * 60_000, 15_000);
    expect(room.installation.jobs().map(({ tool }) => tool)).toEqual(["create_avatar_video"]);
    expect(room.platform.downloads).toEqual([]);
    expect(telegram.surface.limits.mediaBytes).toBe(2_000 * 1024 * 1024);
  }));

test("a large result is streamed from disk, never read whole into memory", () =>
  withFolder(async (folder) => {
    verifies("telegram.local-server");
    await using room = await openTelegramRoom({ local: { folder } });
    const { runtime } = await room.open();
    const ada = await room.member("Ada");
    const film = Buffer.concat([fixture("avc.mp4"), freeBox(60 * 1024 * 1024)]);
    room.installation.provider.nextStart("avatarVideo", {
      end: "done",
      output: { media: [{ bytes: film }], charge: { amount: 2, unit: "points" } },
    });
    runtime.media.bytes = () => Promise.reject(new Error("read into memory"));
    ada.send("video", fixture("avc.mp4"), { caption: "/avatar --text 7" });
    await room.until(() => room.installation.jobs().length === 1);
    await room.until(() => everythingSent(room), 60 * 60_000, 15_000);
    const [shown] = ada.visibleMessages().filter(({ fromBot, kind }) => fromBot && kind === "video");
    expect(shown?.files[0]?.size).toBe(film.byteLength);
    expect(Buffer.compare(Buffer.from(shown?.files[0]?.bytes ?? []), film)).toBe(0);
  }));

/** The part of an MP4 file that players skip. */
function freeBox(bytes: number): Buffer {
  const box = Buffer.alloc(bytes, 1);
  box.writeUInt32BE(bytes, 0);
  box.write("free", 4);
  return box;
}

describe("Telegram's own server", () => {
  async function servers(folder?: string) {
    const installation = await createInstallation();
    const [cloud, own] = [
      await startTelegram({ clock: systemClock, flood: false }),
      await startTelegram({ clock: systemClock, flood: false, local: { folder: folder ?? tmpdir() } }),
    ];
    const host = new URL(own.apiRoot).host;
    const http = createHttp({ trustedHosts: () => [host], clock: systemClock });
    const keyvs = new Map<string, Keyv>();
    const keyv = (name: string) => {
      keyvs.set(name, keyvs.get(name) ?? new Keyv({ namespace: name }));
      return keyvs.get(name)!;
    };
    const { runtime } = await installation.open({ attached: false, started: false });
    const options: TelegramOptions = {
      ...{ runtime, http, clock: systemClock, publicUrl: null, filesDirectory: folder },
      ...{ token: own.token, apiRoot: own.apiRoot, cloudRoot: cloud.apiRoot, state: { keyv, close() {} } },
    };
    return {
      ...{ cloud, own, options },
      async [Symbol.asyncDispose]() {
        await installation[Symbol.asyncDispose]();
        await http.close();
        await cloud.close();
        await own.close();
        cloud.assertNoViolations();
        own.assertNoViolations();
      },
    };
  }
  const logOuts = ({ cloud }: Awaited<ReturnType<typeof servers>>) => cloud.requests.map(({ method }) => method);

  test.for([
    ["with its folder", true],
    ["without its folder", false],
  ] as const)("logs the bot out once before one on this machine %s is used", ([, isShared]) =>
    withFolder(async (folder) => {
      verifies("telegram.local-server");
      await using scene = await servers(isShared ? folder : undefined);
      for (let starts = 0; starts < 2; starts += 1) {
        const adapter = createTelegram(scene.options);
        await adapter.start();
        await adapter.close();
      }
      expect(logOuts(scene)).toEqual(["logOut"]);
      expect(scene.own.requestsTo("getMe")).toHaveLength(2);
      expect(scene.own.requestsTo("logOut")).toEqual([]);
    }),
  );

  test("does so again after the bot has been back there", async () => {
    verifies("telegram.local-server");
    await using scene = await servers();
    await leaveCloud(scene.options);
    await leaveCloud({ ...scene.options, apiRoot: "https://api.telegram.org" });
    await leaveCloud(scene.options);
    await leaveCloud(scene.options);
    expect(logOuts(scene)).toEqual(["logOut", "logOut"]);
  });

  test("keeps the bot if the other address may only relay to it, and is asked again if it could not be reached", async () => {
    verifies("telegram.local-server");
    await using scene = await servers();
    await leaveCloud({ ...scene.options, apiRoot: "https://relay.example" });
    expect(logOuts(scene)).toEqual([]);
    await leaveCloud({ ...scene.options, cloudRoot: "http://127.0.0.1:9" });
    await leaveCloud(scene.options);
    expect(logOuts(scene)).toEqual(["logOut"]);
  });
});
