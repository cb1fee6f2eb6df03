import type { State } from "@toolcast/core";
import { type ChatFile, digest, type FileContent, type Outbox, SendError } from "@toolcast/core/chat";
import { type Clock, sleep } from "@toolcast/core/engine";
import type { Destination, SlackApi, StoredFile } from "./slack-api.ts";
import { codeOf, codes, failures, methodBudget } from "./slack-failure.ts";

const keptMs = 30 * 24 * 60 * 60_000;
/** Slack processes an upload after answering; this is how long we keep asking whether it has finished. */
const readyWithinMs = 60_000;
const lookAgainMs = { first: 500, longest: 4_000 };
/** A share that has not appeared by then never will. */
const shareLostMs = 3 * 60_000;

/** The files of one message in progress. Stored before each step that cannot be undone. */
interface Share {
  /** Slack's id of each file, by its content's name. */
  files: Record<string, string>;
  /** When Slack confirmed them, epoch milliseconds. */
  completedAt?: number;
}

/** One file to share: a medium or a text. */
interface Upload {
  file: ChatFile;
  content: FileContent;
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

  /**
   * Shares the files as one message there; resolves when Slack shows them. Called again for the same delivery, it
   * continues where it left off: nothing is shared twice. Rejects with a `later` {@link SendError} while Slack is still
   * processing.
   */
  async share(
    delivery: string,
    to: Destination,
    { read, files, comment }: { read: () => Promise<Upload[]>; files: readonly ChatFile[]; comment?: string },
  ): Promise<void> {
    const key = `share/${delivery}/${to.channel}/${to.thread ?? ""}`;
    const known = await this.#keyv.get<Share>(key);
    const share = known === undefined ? await this.#begin(key, await read()) : await this.#standing(key, known, read);
    if (share.completedAt === undefined) {
      await this.#complete(key, share, { to, files, comment });
    }
    await this.#untilShown(share, to.channel);
    for (const [name, id] of Object.entries(share.files)) {
      await this.#keyv.set(`shown/${to.channel}/${name}`, id, keptMs);
    }
  }

  async #begin(key: string, uploads: readonly Upload[]): Promise<Share> {
    const { api, outbox } = this.#options;
    const share: Share = { files: {} };
    for (const { file, content } of uploads) {
      const { name, data } = content;
      const alternative = "medium" in file ? { alternative: file.medium.alternative.slice(0, 1_000) } : {};
      const reserved = await outbox.send({ budgets: methodBudget("upload") }, () =>
        api.reserveUpload({ name, bytes: data.byteLength, ...alternative }),
      );
      await outbox.send({}, () => api.upload(reserved.url, data));
      share.files[nameOf(file)] = reserved.id;
    }
    await this.#keyv.set(key, share, keptMs);
    return share;
  }

  /** The state an earlier attempt left: Slack knows a file from the moment its upload is complete. */
  async #standing(key: string, share: Share, read: () => Promise<Upload[]>): Promise<Share> {
    const { clock, api, outbox } = this.#options;
    const ids = Object.values(share.files);
    const found = await Promise.all(ids.map((id) => this.#look(id)));
    const isComplete = found.some((file) => file !== null);
    const { completedAt = clock.now() } = share;
    const isLost =
      isComplete &&
      share.completedAt !== undefined &&
      clock.now() - completedAt > shareLostMs &&
      found.every((file) => file === null || file.channels.length === 0);
    if (isLost) {
      for (const id of ids) {
        await outbox.send({ budgets: methodBudget("read") }, () => api.deleteFile(id));
      }
      return this.#begin(key, await read());
    }
    if (isComplete) {
      const complete = { ...share, completedAt };
      await this.#keyv.set(key, complete, keptMs);
      return complete;
    }
    return share;
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
      await outbox.send({ budgets: methodBudget("upload") }, () => api.completeUploads(named, to, comment));
    } catch (error) {
      const code = codeOf(error);
      if (code === codes.fileNotFound || code === codes.fileNotUploaded) {
        // Its upload address has expired: the next attempt starts over.
        await this.#keyv.delete(key);
        throw new SendError(failures.later(1_000, { detail: "an upload has to start over", code }));
      }
      throw error;
    }
    share.completedAt = clock.now();
    await this.#keyv.set(key, share, keptMs);
  }

  /** A person's file once Slack has processed it; rejects when Slack does not. */
  ready(id: string): Promise<StoredFile> {
    return this.#until(id, ({ type }) => type !== "");
  }

  async #untilShown({ files }: Share, channel: string): Promise<void> {
    for (const id of Object.values(files)) {
      await this.#until(id, ({ type, channels }) => type !== "" && channels.includes(channel));
    }
  }

  /** Polls, because Slack reports a file's processing only to apps that may read every message. */
  async #until(id: string, isReady: (file: StoredFile) => boolean): Promise<StoredFile> {
    const { clock } = this.#options;
    const until = clock.now() + readyWithinMs;
    for (let waitMs = lookAgainMs.first; ; waitMs = Math.min(waitMs * 2, lookAgainMs.longest)) {
      const file = await this.#look(id);
      if (file !== null && isReady(file)) {
        return file;
      }
      if (clock.now() > until) {
        throw new SendError(failures.later(readyWithinMs, { detail: "a file is not ready yet" }));
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

/** The name of a file's content: a medium or a text. */
function nameOf(file: ChatFile): string {
  return "medium" in file ? file.medium.assetId : `text-${digest(file.text)}`;
}
