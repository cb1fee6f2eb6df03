import { Outbox, SendError } from "@toolcast/core/chat";
import { Keyv } from "keyv";
import { expect, test } from "vitest";
import { createManualClock } from "../../../test/manual-clock.ts";
import type { SlackApi } from "./slack-api.ts";
import { failures, readFailure } from "./slack-failure.ts";
import { Uploads } from "./uploads.ts";

// @verifies slack.delivery, delivered.once

const refused = (error: string) =>
  Object.assign(new Error(error), { code: "slack_webapi_platform_error", data: { ok: false, error } });
const to = { channel: "C1" };
const text = { text: "a long text", name: "text.txt" };

/** A workspace in which several processes share the same text. Each may stand still before a request takes its effect. */
function openWorkspace() {
  const clock = createManualClock();
  const keyv = new Keyv();
  const files = new Map<string, { isShared: boolean; isDeleted: boolean }>();
  const shares: string[] = [];
  const fileNamed = (id: string) => {
    const file = files.get(id);
    if (file?.isDeleted) {
      throw refused("file_deleted");
    }
    if (file === undefined) {
      throw refused("file_not_found");
    }
    return file;
  };

  function openProcess(name: string) {
    const still = new Map<string, PromiseWithResolvers<void>>();
    const reached = async (request: string) => still.get(request)?.promise;
    let reserved = 0;
    const api: Partial<SlackApi> = {
      async reserveUpload() {
        reserved += 1;
        return { id: `F${name}${reserved}`, url: `https://files.example/F${name}${reserved}` };
      },
      upload: () => reached("upload"),
      async completeUploads(completed) {
        await reached("completeUploads");
        for (const { id } of completed) {
          files.set(id, { isShared: true, isDeleted: false });
          shares.push(id);
        }
      },
      async file(id) {
        await reached("file");
        const { isShared } = fileNamed(id);
        return { type: "text", bytes: 11, url: null, channels: isShared ? ["C1"] : [] } as never;
      },
      async deleteFile(id) {
        fileNamed(id).isDeleted = true;
      },
    };
    const outbox = new Outbox({ clock, readFailure, failures });
    const uploads = new Uploads({ api: api as SlackApi, outbox, clock, state: { keyv: () => keyv } as never });
    return {
      share: () =>
        uploads.share("job_1.1", to, { read: async () => [{ file: text, content: text as never }], files: [text] }),
      refusal: () => uploads.refusalOf("job_1.1"),
      /** Returns how to go on. */
      standStillAt(request: keyof SlackApi): () => void {
        const pause = Promise.withResolvers<void>();
        still.set(request, pause);
        return () => {
          still.delete(request);
          pause.resolve();
        };
      },
    };
  }

  return { clock, shares, files, openProcess };
}

const later = { failure: { kind: "later" } };

test("files are shared once, though a process that stood still in the middle goes on after another has shared them", async () => {
  const { clock, shares, openProcess } = openWorkspace();
  const [first, second] = [openProcess("A"), openProcess("B")];
  const goOn = first.standStillAt("upload");
  const stale = first.share();
  await clock.advance(0);
  await second.share();
  goOn();
  await expect(stale).rejects.toMatchObject(later);
  await first.share();
  expect(shares).toHaveLength(1);
});

test("files that another process has deleted since are no refusal", async () => {
  const { clock, shares, files, openProcess } = openWorkspace();
  const [first, second] = [openProcess("A"), openProcess("B")];
  const goOn = first.standStillAt("file");
  const stale = first.share().catch((error: unknown) => error);
  await clock.advance(0);
  // The other one finds that they never appeared, for long enough, and begins again.
  for (const file of files.values()) {
    file.isShared = false;
  }
  for (let tries = 0; tries < 20 && [...files.values()].every(({ isDeleted }) => !isDeleted); tries += 1) {
    const sharing = second.share().catch((error: unknown) => error);
    await clock.advance(70_000);
    expect(await sharing).toMatchObject(later);
  }
  goOn();
  expect(await stale).toMatchObject(later);
  expect(await stale).toBeInstanceOf(SendError);
  expect(await first.refusal()).toBeUndefined();
  await second.share();
  expect(shares).toHaveLength(2);
});
