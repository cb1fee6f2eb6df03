import type { State } from "@toolcast/core";
import {
  type ChatFile,
  digest,
  type FileSource,
  type Outbox,
  SendError,
  type SendFailure,
  shorten,
} from "@toolcast/core/chat";
import { type Clock, sleep } from "@toolcast/core/engine";
import { slackLimits } from "./limits.ts";
import type { Destination, SlackApi, StoredFile } from "./slack-api.ts";
import { codeOf, codes, failures, methodBudget, readFailure } from "./slack-failure.ts";

const keptMs = 30 * 24 * 60 * 60_000;
/** Slack processes an upload after answering; this is how long we keep asking whether it has finished. */
const readyWithinMs = 60_000;
/** A person's file that Slack still does not know by then is one that the bot may not see. */
const unknownForMs = 3_000;
const lookAgainMs = { first: 500, longest: 4_000 };
/**
 * Files that have not appeared after we have asked for so long never will: once Slack has processed them, or while it says
 * nothing of them. What the wall clock says does not count, because it may be set.
 */
const lostAfterMs = { processed: 2 * 60_000, processing: 8 * 60_000 };

/** It goes on from what the other one has stored. */
const takenOver = failures.later(1_000, { detail: "another process has gone on sharing these files" });
const notReady = failures.later(readyWithinMs, { detail: "a file is not ready yet", reason: "sending.files-unseen" });

/** The files of one message in progress. Stored before each step that cannot be undone. */
interface Share {
  /** Slack's id of each file, by its content's name. */
  files: Record<string, string>;
  /** When Slack confirmed them, epoch milliseconds. */
  completedAt?: number;
  /** For how long they have been asked about in vain since, in milliseconds. Default none. */
  askedMs?: number;
  /** They never appeared, and are being deleted. */
  isLost?: boolean;
  /** It replaces files that never appeared. */
  isSecond?: boolean;
}

/** One file to share: a medium or a text. */
interface Upload {
  file: ChatFile;
  content: FileSource;
}

/** Shares files in three steps that can be resumed after a crash, and remembers where they are. */
export class Uploads {
  readonly #keyv: ReturnType<State["keyv"]>;
  readonly #options: { api: SlackApi; outbox: Outbox; clock: Clock };

  constructor(options: { api: SlackApi; outbox: Outbox; clock: Clock; state: State }) {
    this.#keyv = options.state.keyv("slack-uploads");
    this.#options = options;
  }

  /** The file that shows this medium in that channel; undefined while there is none. */
  async sharedIn(channel: string, assetId: string): Promise<string | undefined> {
    return this.#keyv.get<string>(`shown/${channel}/${assetId}`);
  }

  /** Why Slack did not take the files of a delivery, wherever they would be shared; undefined if it did or may. */
  async refusalOf(delivery: string): Promise<SendFailure | undefined> {
    return this.#keyv.get<SendFailure>(`refused/${delivery}`);
  }

  /**
   * Shares the files as one message there; resolves when Slack shows them. Called again for the same delivery, it
   * continues where it left off: nothing is shared twice. Rejects with a {@link SendError}: `later` while Slack is still
   * processing, `refused` once it has refused the files, or twice not shown them.
   */
  async share(
    delivery: string,
    to: Destination,
    { read, files, comment }: { read: () => Promise<Upload[]>; files: readonly ChatFile[]; comment?: string },
  ): Promise<void> {
    const key = `share/${delivery}/${to.channel}/${to.thread ?? ""}`;
    const known = await this.#keyv.get<Share>(key);
    if (known?.isLost) {
      await this.#startOver(key, known);
    }
    const standing = known === undefined ? null : await this.#standing(key, known);
    const share = standing ?? (await this.#begin(key, delivery, await read(), known));
    try {
      if (share.completedAt === undefined) {
        await this.#complete(key, share, { to, files, comment });
      }
      await this.#untilShown(key, share, to.channel);
    } catch (error) {
      if (codeOf(error) === codes.fileDeleted) {
        // Perhaps by whoever has gone on with it.
        await this.#requireUnchanged(key, share);
      }
      await this.#refused(delivery, error, /^file_(deleted|type|uploads)/);
    }
    for (const [name, id] of Object.entries(share.files)) {
      await this.#keyv.set(`shown/${to.channel}/${name}`, id, keptMs);
    }
  }

  /** `known`: what is stored of an attempt that has to start over. */
  async #begin(key: string, delivery: string, uploads: readonly Upload[], known: Share | undefined): Promise<Share> {
    const { api, outbox } = this.#options;
    const refusal = await this.refusalOf(delivery);
    if (refusal !== undefined) {
      throw new SendError(refusal);
    }
    const share: Share = { files: {}, isSecond: known !== undefined };
    try {
      for (const { file, content } of uploads) {
        const { name, bytes } = content;
        const alternative =
          "medium" in file && file.medium.kind === "image"
            ? { alternative: shorten(file.medium.alternative, slackLimits.alternativeCharacters) }
            : {};
        const reserved = await outbox.send({ budgets: methodBudget("upload") }, () =>
          api.reserveUpload({ name, bytes, ...alternative }),
        );
        await outbox.send({}, () => api.upload(reserved.url, content));
        share.files[nameOf(file)] = reserved.id;
      }
    } catch (error) {
      await this.#refused(delivery, error);
    }
    return this.#change(key, known, share);
  }

  /** Rejects if another process has gone on with it: this one may have stood still since it was read. */
  async #requireUnchanged(key: string, known: Share | undefined): Promise<void> {
    if (stateOf(await this.#keyv.get<Share>(key)) !== stateOf(known)) {
      throw new SendError(takenOver);
    }
  }

  /** Stores what has become of it, unless another process has gone on with it. */
  async #change(key: string, known: Share | undefined, next: Share): Promise<Share> {
    await this.#requireUnchanged(key, known);
    await this.#keyv.set(key, next, keptMs);
    return next;
  }

  /** Records a refusal of the files, if these codes mean one: in other conversations they would be refused as well. */
  async #refused(delivery: string, error: unknown, codesOfFiles = /^/): Promise<never> {
    const failure = readFailure(error);
    if (failure.kind !== "refused" || failure.reason === "sending.removed" || !codesOfFiles.test(codeOf(error) ?? "")) {
      throw error;
    }
    const reason = failure.reason === "sending.files-deleted" ? failure.reason : "sending.files-refused";
    await this.#keyv.set(`refused/${delivery}`, { ...failure, reason } satisfies SendFailure, keptMs);
    throw new SendError({ ...failure, reason });
  }

  /**
   * The state an earlier attempt left: Slack knows a file from the moment its upload is complete. Null if it has to start
   * over.
   */
  async #standing(key: string, share: Share): Promise<Share | null> {
    const ids = Object.values(share.files);
    if (share.completedAt !== undefined || ids.length === 0) {
      return ids.length === 0 ? null : share;
    }
    const found = await Promise.all(ids.map((id) => this.#look(id).catch(unlessDeleted)));
    if (found.every((file) => file === null)) {
      return share;
    }
    return this.#change(key, share, { ...share, completedAt: this.#options.clock.now() });
  }

  /** Whether files that were just looked for in vain will never appear there. */
  async #isLost(key: string, share: Share, channel: string): Promise<boolean> {
    const askedMs = (share.askedMs ?? 0) + readyWithinMs;
    await this.#change(key, share, { ...share, askedMs });
    const found = await Promise.all(Object.values(share.files).map((id) => this.#look(id).catch(unlessDeleted)));
    return found.some(
      (file) =>
        !file?.channels.includes(channel) &&
        askedMs >= lostAfterMs[file !== null && !isProcessed(file) ? "processing" : "processed"],
    );
  }

  /** Deletes files that never appeared, so that nothing is shared twice. Always rejects; twice, with a refusal. */
  async #startOver(key: string, share: Share): Promise<never> {
    const { api, outbox } = this.#options;
    const lost = await this.#change(key, share, { ...share, isLost: true });
    for (const id of Object.values(share.files)) {
      await outbox
        .send({ budgets: methodBudget("read") }, () => api.deleteFile(id))
        .catch((error: unknown) => {
          if (readFailure(error).kind !== "refused") {
            throw error;
          }
        });
    }
    if (share.isSecond) {
      throw new SendError(failures.refused({ detail: "the files never appeared", reason: "sending.files-unseen" }));
    }
    await this.#change(key, lost, { files: {}, isSecond: true });
    throw new SendError(failures.later(1_000, { detail: "files never appeared and are shared again" }));
  }

  async #complete(
    key: string,
    share: Share,
    { to, files, comment }: { to: Destination; files: readonly ChatFile[]; comment?: string },
  ): Promise<void> {
    const { api, outbox, clock } = this.#options;
    const named = files.flatMap((file) => {
      const id = share.files[nameOf(file)];
      return id === undefined ? [] : [{ id, title: file.name }];
    });
    try {
      await outbox.send({ budgets: methodBudget("upload") }, async () => {
        // It may have waited for its turn.
        await this.#requireUnchanged(key, share);
        await api.completeUploads(named, to, comment);
      });
    } catch (error) {
      const code = codeOf(error);
      if (code === codes.fileNotFound || code === codes.fileNotUploaded) {
        // Its upload address has expired: the next attempt starts over, once.
        if (share.isSecond) {
          throw error;
        }
        await this.#change(key, share, { files: {}, isSecond: true });
        throw new SendError(failures.later(1_000, { detail: "an upload has to start over", code }));
      }
      throw error;
    }
    // Whatever is stored by now: these are the files that were shared.
    share.completedAt = clock.now();
    await this.#keyv.set(key, share, keptMs);
  }

  /** A person's file once Slack has processed it; rejects when Slack does not, or soon if it does not know the file. */
  ready(id: string): Promise<StoredFile> {
    return this.#until(id, isProcessed, unknownForMs);
  }

  async #untilShown(key: string, share: Share, channel: string): Promise<void> {
    try {
      for (const id of Object.values(share.files)) {
        await this.#until(id, (file) => isProcessed(file) && file.channels.includes(channel));
      }
    } catch (error) {
      if (error instanceof SendError && error.failure === notReady && (await this.#isLost(key, share, channel))) {
        await this.#startOver(key, share);
      }
      throw error;
    }
  }

  /** Polls, because Slack reports a file's processing only to apps that may read every message. */
  async #until(
    id: string,
    isReady: (file: StoredFile) => boolean,
    mayBeUnknownForMs: number = Number.POSITIVE_INFINITY,
  ): Promise<StoredFile> {
    const { clock } = this.#options;
    const at = clock.monotonic();
    const until = at + readyWithinMs;
    for (let waitMs = lookAgainMs.first; ; waitMs = Math.min(waitMs * 2, lookAgainMs.longest)) {
      const file = await this.#look(id);
      if (file !== null && isReady(file)) {
        return file;
      }
      if (file === null && clock.monotonic() - at > mayBeUnknownForMs) {
        throw new SendError(failures.refused({ detail: codes.fileNotFound, code: codes.fileNotFound }));
      }
      if (clock.monotonic() > until) {
        throw new SendError(notReady);
      }
      await sleep(clock, waitMs);
    }
  }

  /** Null for a file that Slack does not know, for example before its upload is complete. */
  async #look(id: string): Promise<StoredFile | null> {
    const { api, outbox } = this.#options;
    try {
      return await outbox.send({ budgets: methodBudget("file") }, () => api.file(id));
    } catch (error) {
      if (codeOf(error) === codes.fileNotFound) {
        return null;
      }
      throw error;
    }
  }
}

/** What tells whether two processes are at the same point of the same share. */
function stateOf(share: Share | undefined): string {
  const { files, completedAt, isLost = false, isSecond = false } = share ?? { files: {} };
  return JSON.stringify([files, completedAt !== undefined, isLost, isSecond, share === undefined]);
}

/** Slack gives a file its type and its size while it processes it, in no promised order. */
function isProcessed({ type, bytes }: StoredFile): boolean {
  return type !== "" && bytes > 0;
}

function unlessDeleted(error: unknown): null {
  if (codeOf(error) === codes.fileDeleted) {
    return null;
  }
  throw error;
}

/** The name of a file's content: a medium or a text. */
function nameOf(file: ChatFile): string {
  return "medium" in file ? file.medium.assetId : `text-${digest(file.text)}`;
}
