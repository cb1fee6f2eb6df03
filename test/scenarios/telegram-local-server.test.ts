import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
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
