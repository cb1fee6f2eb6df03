import type Keyv from "keyv";
import type { Clock } from "../ground/clock.ts";
import { causeOf, type Logger } from "../ground/logger.ts";
import { assetsOf, type Job } from "../job/job.ts";
import type { JobStore } from "../job/job-store.ts";
import { isInOpenJob } from "../job/media-in-use.ts";
import { isOver } from "../job/scrub-job.ts";
import type { Asset } from "../media/media.ts";
import type { MediaStore } from "../media/store.ts";
import type { Surface } from "../surface/surface.ts";
import type { Presses } from "./presses.ts";
import type { Remover } from "./remover.ts";

const againMs = 60 * 60_000;
/** How long to wait after a job has ended, until its last write is done. */
const soonMs = 1_000;
/** The most that one list may contain. */
const pageSize = 1_000;

interface EraserOptions {
  /** Requests by caller id: what a dying process leaves undone is done by the next one. */
  state: Keyv;
  store: JobStore;
  media: MediaStore;
  remover: Pick<Remover, "forget">;
  presses: Presses;
  surface(id: string): Surface | undefined;
  clock: Clock;
  logger: Logger;
}

/** A request to be forgotten: erases everything from before that instant. */
interface Wish {
  /** Epoch milliseconds. */
  at: number;
  /** Media, whatever their age, of jobs whose contents are erased or erased next. */
  assets: string[];
  /** Files whose records are erased or erased next. */
  files: Pick<Asset, "hash" | "extension">[];
}

/**
 * Erases what is kept about a person. The request is stored first and repeated until nothing is left, so the process
 * may die at any point. Work under way ends first, and its result reaches its person.
 */
export class Eraser {
  readonly #options: EraserOptions;
  readonly #waiting = new Set<string>();
  readonly #running = new Map<string, Promise<number>>();
  #cancel: (() => void) | undefined;
  #unwatch = () => {};

  constructor(options: EraserOptions) {
    this.#options = options;
  }

  /** Continues what was left undone, and checks again every hour and when a job of such a person ends. */
  async start(): Promise<void> {
    const { state, store } = this.#options;
    this.#unwatch = store.watch((job) => {
      if (this.#waiting.has(job.caller.id) && isOver(job)) {
        this.#lookIn(soonMs);
      }
    });
    for await (const [person] of state.iterator?.(state.namespace) ?? []) {
      this.#waiting.add(person as string);
    }
    this.#lookIn(this.#waiting.size > 0 ? 0 : againMs);
  }

  stop(): void {
    this.#unwatch();
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** Starts erasing; returns how many jobs are still under way and will be erased when they are over. */
  async forget(person: string): Promise<number> {
    const { state, clock } = this.#options;
    const known = await state.get<Wish>(person);
    const { assets = [], files = [] } = known ?? {};
    await state.set(person, { at: clock.now(), assets, files } satisfies Wish);
    return this.#erase(person);
  }

  #lookIn(ms: number): void {
    this.#cancel?.();
    this.#cancel = this.#options.clock.setTimer(ms, () => void this.#look());
  }

  async #look(): Promise<void> {
    const { state, logger } = this.#options;
    try {
      for await (const [person] of state.iterator?.(state.namespace) ?? []) {
        await this.#erase(person as string);
      }
    } catch (error) {
      logger.warn({ error: causeOf(error) }, "a person's data could not be erased; trying again later");
    }
    this.#lookIn(againMs);
  }

  /** One run at a time for each person: each continues where the previous one stopped. */
  async #erase(person: string): Promise<number> {
    const before = this.#running.get(person) ?? Promise.resolve(0);
    const mine = before.then(
      () => this.#eraseNow(person),
      () => this.#eraseNow(person),
    );
    this.#running.set(person, mine);
    try {
      return await mine;
    } finally {
      if (this.#running.get(person) === mine) {
        this.#running.delete(person);
      }
    }
  }

  async #eraseNow(person: string): Promise<number> {
    const { state, store, remover, surface } = this.#options;
    const wish = await state.get<Wish>(person);
    if (wish === undefined) {
      return 0;
    }
    const { over, open } = await this.#jobsOf(person, wish.at);
    const [done, needed] = [over, open].map((jobs) => jobs.flatMap(mediaOf)) as [string[], string[]];
    // Stored before the jobs are erased, because nothing else names their media afterwards.
    const noted = { ...wish, assets: [...new Set([...wish.assets, ...done])] };
    await state.set(person, noted);
    for (const { id } of over) {
      await store.scrub(id, isOver);
    }
    await this.#eraseMedia(person, noted, new Set(needed));
    await remover.forget(person, wish.at, (voice) => voice.createdAt <= wish.at && !needed.includes(voice.id));
    await surface(person.split(":", 1)[0] as string)?.forget?.(person, wish.at);
    // Jobs may have been skipped: housekeeping removes old ones, and a page begins after a job that is still there.
    const [skipped] = await store.engine.list({ owner: person, createdBefore: wish.at + 1, limit: 1 });
    if (open.length === 0 && skipped === undefined) {
      await state.delete(person);
      this.#waiting.delete(person);
    } else {
      this.#waiting.add(person);
    }
    return open.length;
  }

  /** Cancels jobs that wait for their start; other open jobs are left to end. */
  async #jobsOf(owner: string, before: number): Promise<{ over: Job[]; open: Job[] }> {
    const { store, presses, logger } = this.#options;
    const jobs: Job[] = [];
    for (let after: string | undefined; ; after = jobs.at(-1)?.id) {
      const page = await store.engine.list({ owner, createdBefore: before + 1, limit: pageSize, after });
      jobs.push(...page);
      if (page.length < pageSize) {
        break;
      }
    }
    const [over, open]: [Job[], Job[]] = [[], []];
    for (const job of jobs) {
      try {
        const isWaiting = job.state.phase === "held" || job.state.phase === "queued";
        const current = isWaiting ? await presses.cancel(job, job.caller) : job;
        (isOver(current) ? over : open).push(current);
      } catch (error) {
        logger.warn({ job: job.id, error: causeOf(error) }, "a job could not be erased; trying again later");
        open.push(job);
      }
    }
    return { over, open };
  }

  async #eraseMedia(owner: string, wish: Wish, needed: ReadonlySet<string>): Promise<void> {
    const { state, store, media } = this.#options;
    const named = new Set(wish.assets);
    const assets: Asset[] = [];
    for (const asset of await media.ownedBy(owner)) {
      // What jobs name is the original of a smaller encode.
      const id = asset.encodeOf ?? asset.id;
      const isMeant = asset.createdAt <= wish.at || named.has(id);
      // A more recent request may use an older file.
      if (isMeant && !needed.has(id) && !(await isInOpenJob(store.engine, { id, owner }))) {
        assets.push(asset);
      }
    }
    const files = [...wish.files, ...assets.map(({ hash, extension }) => ({ hash, extension }))];
    if (files.length === 0) {
      return;
    }
    // Stored before the records are erased, because nothing else names the files afterwards.
    await state.set(owner, { ...wish, files } satisfies Wish);
    await media.forget(assets, files);
    await state.set(owner, { ...wish, files: [] } satisfies Wish);
  }
}

function mediaOf(job: Job): string[] {
  return [...assetsOf(job), ...Object.values(job.input).filter((value) => typeof value === "string")];
}
