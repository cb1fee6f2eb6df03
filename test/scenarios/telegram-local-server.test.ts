import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHttp, systemClock } from "@toolcast/core";
import Keyv from "keyv";
import { expect, test, vi } from "vitest";
import { createTelegram } from "../../adapters/telegram/src/connect.ts";
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

test("Telegram's own server logs the bot out before the other one is asked", () =>
  withFolder(async (folder) => {
    verifies("telegram.local-server");
    await using installation = await createInstallation();
    const [cloud, own] = [
      await startTelegram({ clock: systemClock, flood: false }),
      await startTelegram({ clock: systemClock, flood: false, local: { folder } }),
    ];
    const { runtime } = await installation.open({ attached: false, started: false });
    const host = new URL(own.apiRoot).host;
    const http = createHttp({ trustedHosts: () => [host], clock: systemClock });
    const keyvs = new Map<string, Keyv>();
    const keyv = (name: string) => {
      keyvs.set(name, keyvs.get(name) ?? new Keyv({ namespace: name }));
      return keyvs.get(name)!;
    };
    const adapter = createTelegram({
      ...{ runtime, http, clock: systemClock, publicUrl: null, filesDirectory: folder },
      ...{ token: own.token, apiRoot: own.apiRoot, cloudRoot: cloud.apiRoot, state: { keyv, close() {} } },
    });
    await adapter.start();
    expect(cloud.requests.map(({ method }) => method)).toEqual(["logOut"]);
    expect(own.requestsTo("getMe")).toHaveLength(1);
    expect(own.requestsTo("logOut")).toEqual([]);
    await adapter.close();
    await http.close();
    await cloud.close();
    await own.close();
    cloud.assertNoViolations();
    own.assertNoViolations();
  }));
