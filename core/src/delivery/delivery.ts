import { backoffMs } from "../ground/backoff.ts";
import type { Clock } from "../ground/clock.ts";
import { isDue, longestWaitMs } from "../ground/due.ts";
import type { Locale } from "../ground/locale.ts";
import type { Logger } from "../ground/logger.ts";
import type { Random } from "../ground/random.ts";
import type { Lease } from "../job/engine.ts";
import { isAtRest, type Job, type Notice } from "../job/job.ts";
import type { JobStore } from "../job/job-store.ts";
import { onRoute, routeOf } from "../job/notice-route.ts";
import type { StoreIdentity } from "../job/store-identity.ts";
import { inEveryLanguage, type Sentence, say } from "../messages/sentence.ts";
import type { Caller } from "../people/caller.ts";
import type { Message } from "../surface/message.ts";
import type { Delivery, SendEnd, Surface, SurfaceLimits } from "../surface/surface.ts";

const repeat = { firstMs: 2_000, longestMs: 10 * 60_000 };
/** The longest a progress update may delay the work it reports. */
const updateTimeoutMs = 5_000;
/** Stored when no delivery route is left: `jobs` shows the job. */
const noRouteLeft = "kept";
/** After this many sends with an unknown result on one route, the next route is tried; after the last, the first. */
const triesPerRoute = 6;
/** After this many sends with an unknown result on all routes, some three hours after the first, no more are made. */
const triesInAll = 24;

interface DelivererOptions {
  store: JobStore;
  identity: StoreIdentity;
  surface: (id: string) => Surface | undefined;
  message(job: Job, caller: Caller, notice?: Notice): Promise<Message>;
  fit(message: Message, limits: SurfaceLimits, locale: Locale): Promise<Message>;
  clock: Clock;
  random: Random;
  logger: Logger;
}

/** One delivery of a job's notices. */
interface Sending {
  jobId: string;
  /** When the job is due for another reason; null for never. */
  wakeAt: number | null;
  lease: Lease;
  /** The version of the job whose write settled its last notice and said when it is due next; null before that. */
  settledVersion: number | null;
}

/**
 * Delivers a job's notices to its person: tries one delivery route after the other, never a more public one than
 * requested, and repeats only the send, never the work.
 */
export class Deliverer {
  readonly #options: DelivererOptions;
  readonly #lastUpdate = new Map<string, number>();

  constructor(options: DelivererOptions) {
    this.#options = options;
  }

  /** Sends every notice that is due. `wakeAt` is when the job is due for another reason; null for never. */
  async deliver(job: Job, wakeAt: number | null, lease: Lease): Promise<void> {
    const { place } = job.caller;
    const surface = this.#options.surface(place.surface);
    const sending: Sending = { jobId: job.id, wakeAt, lease, settledVersion: null };
    for (const notice of job.notices.filter(isOpen)) {
      if (isOvertaken(job, notice)) {
        await this.#note(sending, notice.id, { state: "kept" });
      } else if (place.pulled || surface?.pulled) {
        await this.#note(sending, notice.id, { state: "kept" }, { key: "timeline.kept" });
      } else if (surface !== undefined && this.#options.identity.held() === null) {
        await this.#send(sending, notice.id, surface);
      }
    }
    this.#lastUpdate.delete(job.id);
    await this.#options.store.change(job.id, (current) => {
      if (!isAtRest(current)) {
        // A person decided while we were sending: the write of that decision says when the job is due.
        return null;
      }
      // The write that settled the last notice has said it.
      return current.version === sending.settledVersion ? null : { job: current, options: this.#due(current, wakeAt) };
    });
  }

  /** Sends nothing more, for this reason: `jobs` shows the job. `wakeAt` is as for {@link Deliverer.deliver}. */
  async giveUp(job: Job, reason: Sentence, wakeAt: number | null, lease: Lease): Promise<void> {
    const sending: Sending = { jobId: job.id, wakeAt, lease, settledVersion: null };
    for (const { id } of job.notices.filter(isOpen)) {
      await this.#note(
        sending,
        id,
        { state: "undeliverable", ...onRoute(noRouteLeft), trouble: say(reason, "en") },
        { key: "timeline.delivery-trouble", values: { reason: inEveryLanguage(reason) } },
      );
    }
    await this.#options.store.change(job.id, (current) => ({ job: current, options: this.#due(current, wakeAt) }));
  }

  /** When a job that nothing is working on is due next: for its notices, or at `wakeAt` for another reason. */
  #due({ notices, caller }: Job, wakeAt: number | null): { wakeAt: number | null; needsSurface: string | null } {
    const due = notices.filter(isOpen).map((notice) => notice.notBefore ?? this.#options.clock.now());
    const next = Math.min(...due, wakeAt ?? Number.POSITIVE_INFINITY);
    return {
      wakeAt: Number.isFinite(next) ? next : null,
      needsSurface: due.length > 0 ? caller.place.surface : null,
    };
  }

  /** Shows a job's progress in its first answer, at most as often as the surface allows; never repeats a send. */
  async progress(job: Job): Promise<void> {
    const { clock, logger } = this.#options;
    const surface = this.#options.surface(job.caller.place.surface);
    const isHeld = this.#options.identity.held() !== null;
    if (isHeld || surface?.update === undefined || job.acknowledgement === undefined) {
      return;
    }
    const last = this.#lastUpdate.get(job.id);
    if (last !== undefined && clock.monotonic() - last < limitsOf(surface, job).updateIntervalMs) {
      return;
    }
    this.#lastUpdate.set(job.id, clock.monotonic());
    try {
      const delivery = await this.#delivery(surface, job, job.id, undefined);
      await atMost(clock, updateTimeoutMs, surface.update(delivery));
    } catch (error) {
      logger.debug({ jobId: job.id, error: String(error) }, "a progress update was not shown");
    }
  }

  async #send(sending: Sending, noticeId: string, surface: Surface): Promise<void> {
    const { clock, random } = this.#options;
    const { jobId, lease } = sending;
    const job = await this.#splitByLimits(jobId, noticeId, surface);
    const notice = job?.notices.find(({ id }) => id === noticeId);
    if (job === null || notice === undefined || !isOpen(notice) || !isAtRest(job)) {
      return;
    }
    if (!isDue(notice.notBefore ?? 0, job.updatedAt, clock.now())) {
      return;
    }
    const delivery = await this.#delivery(surface, job, noticeId, notice);
    if (notice.state !== "pending" && surface.find !== undefined) {
      const found = await this.#find(surface, delivery);
      if (found.there) {
        await this.#noteSent(sending, notice, surface, routeOf(notice) ?? surface.routes[0]!, found.receipt);
        return;
      }
      if (!found.looked && notice.attempts < triesPerRoute) {
        await this.#note(sending, noticeId, {
          attempts: notice.attempts + 1,
          notBefore: clock.now() + backoffMs(repeat, notice.attempts, random),
        });
        return;
      }
    }
    // Once a send is in doubt it stays in doubt: the end of a later attempt does not prove that the first one was not
    // shown, nor that another process, which may have the job by now, shows nothing.
    const unsent = () => (notice.state === "pending" && lease.isHeld() ? "pending" : "unknown");
    const route = routeFor(notice, surface, job);
    if (route === undefined) {
      await this.#note(
        sending,
        noticeId,
        { state: "undeliverable", ...onRoute(noRouteLeft) },
        {
          key: "timeline.delivery-trouble",
          values: { reason: notice.trouble ?? "–" },
        },
      );
      return;
    }
    const attempts = notice.attempts + 1;
    const unanswered = (notice.unanswered ?? 0) + 1;
    const closedRoutes = [...(notice.closedRoutes ?? []), route];
    await this.#note(sending, noticeId, { state: "sending", ...onRoute(route), attempts });
    if (!lease.isHeld()) {
      // Another process may be sending it. A notice recorded as being sent is looked for first, whoever continues.
      return;
    }
    const end = await this.#try(surface, route, delivery);
    switch (end.end) {
      case "sent":
        await this.#noteSent(sending, notice, surface, route, end.receipt);
        return;
      case "closed":
        await this.#note(sending, noticeId, {
          state: unsent(),
          ...onRoute(nextRoute(route, { ...notice, closedRoutes }, surface, job)),
          attempts: 0,
          closedRoutes,
          trouble: end.reason ?? notice.trouble,
        });
        await this.#send(sending, noticeId, surface);
        return;
      case "later":
        await this.#note(sending, noticeId, {
          state: unsent(),
          ...onRoute(route),
          attempts: notice.attempts,
          notBefore: clock.now() + Math.min(end.afterMs, longestWaitMs),
          trouble: end.reason,
        });
        return;
      case "unknown":
        await this.#note(sending, noticeId, {
          state: "unknown",
          ...(unanswered >= triesInAll
            ? onRoute(noRouteLeft)
            : onRoute(attempts >= triesPerRoute ? nextRoute(route, notice, surface, job) : route)),
          attempts: attempts >= triesPerRoute ? 0 : attempts,
          unanswered,
          notBefore: clock.now() + backoffMs(repeat, unanswered, random),
          trouble: end.reason,
        });
        return;
      default:
        end satisfies never;
    }
  }

  async #try(
    surface: Surface,
    route: string,
    delivery: Delivery,
  ): Promise<SendEnd | { end: "unknown"; reason: string }> {
    try {
      return await surface.deliver(route, delivery);
    } catch (error) {
      this.#options.logger.warn(
        { delivery: delivery.id, route, error: String(error) },
        "a send ended without an answer",
      );
      return { end: "unknown", reason: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Whether the message is there already; `looked` is false if the surface could not tell. */
  async #find(
    surface: Surface,
    delivery: Delivery,
  ): Promise<{ looked: boolean; there: boolean; receipt?: Delivery["acknowledgement"] }> {
    try {
      const found = (await surface.find?.(delivery)) ?? null;
      return { looked: true, there: found !== null, receipt: found?.receipt };
    } catch (error) {
      this.#options.logger.warn(
        { delivery: delivery.id, error: String(error) },
        "a surface could not look for a delivery",
      );
      return { looked: false, there: false };
    }
  }

  async #delivery(surface: Surface, job: Job, id: string, notice: Notice | undefined): Promise<Delivery> {
    const { message, fit } = this.#options;
    return {
      id,
      place: job.caller.place,
      asker: job.caller.id,
      message: await fit(await message(job, job.caller, notice), limitsOf(surface, job), job.caller.locale),
      acknowledgement: job.acknowledgement,
    };
  }

  /** Media that do not fit into one message become separate notices. */
  async #splitByLimits(jobId: string, noticeId: string, surface: Surface): Promise<Job | null> {
    const job = await this.#options.store.read(jobId);
    const notice = job?.notices.find(({ id }) => id === noticeId);
    if (job === null || notice === undefined) {
      return job;
    }
    const most = Math.max(1, limitsOf(surface, job).mediaPerMessage);
    if (notice.assets.length <= most || notice.attempts > 0) {
      return job;
    }
    return this.#options.store.change(jobId, (current) => {
      const copy = structuredClone(current);
      const first = copy.notices.find(({ id }) => id === noticeId);
      if (first === undefined) {
        return null;
      }
      const rest = first.assets.splice(most);
      for (let start = 0; start < rest.length; start += most) {
        const assets = rest.slice(start, start + most);
        copy.notices.push({ ...first, id: `${jobId}.${copy.notices.length + 1}`, assets });
      }
      return { job: copy, options: { wakeAt: this.#options.clock.now() } };
    });
  }

  async #noteSent(
    sending: Sending,
    notice: Notice,
    { routeTitles }: Surface,
    route: string,
    receipt: Notice["receipt"],
  ): Promise<void> {
    const sentence = { key: "timeline.delivered", values: onRoute(routeTitles?.[route] ?? route) } as const;
    await this.#note(sending, notice.id, { state: "sent", ...onRoute(route), receipt }, sentence);
  }

  async #note(sending: Sending, noticeId: string, patch: Partial<Notice>, sentence?: Sentence): Promise<void> {
    const now = this.#options.clock.now();
    let isSettled = false;
    const noted = await this.#options.store.change(sending.jobId, (current) => {
      const copy = structuredClone(current);
      const notice = copy.notices.find(({ id }) => id === noticeId);
      if (notice === undefined || !isOpen(notice)) {
        // Somebody else has already settled it, and the result of a late attempt must not reopen it.
        return null;
      }
      Object.assign(notice, patch);
      copy.updatedAt = now;
      if (sentence !== undefined) {
        copy.timeline.push({ at: now, event: "delivery", sentence });
      }
      isSettled = isAtRest(copy) && !copy.notices.some(isOpen);
      return { job: copy, options: isSettled ? this.#due(copy, sending.wakeAt) : { wakeAt: now } };
    });
    sending.settledVersion = noted !== null && isSettled ? noted.version : null;
  }
}

/** Whether it is a question that was never shown and that the job has moved past; the later notice says everything. */
function isOvertaken(job: Job, { about, id }: Notice): boolean {
  return (
    (about === "held" || about === "unresolved") &&
    id !== job.notices.filter((notice) => notice.about !== "further").at(-1)?.id
  );
}

/** Waits for the work at most `timeoutMs`; the work itself continues. */
async function atMost(clock: Clock, timeoutMs: number, work: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = clock.setTimer(timeoutMs, resolve);
  try {
    await Promise.race([work, promise]);
  } finally {
    cancel();
  }
}

function limitsOf(surface: Surface, { caller }: Job): SurfaceLimits {
  return surface.limitsAt?.(caller.place) ?? surface.limits;
}

function isOpen({ state }: Notice): boolean {
  return state === "pending" || state === "sending" || state === "unknown";
}

/** The routes that it may take, in order. */
function openRoutes(notice: Notice, surface: Surface, { caller, acknowledgement }: Job): string[] {
  // The first answer shows the job's state: the late result of an earlier start must not replace it.
  const mayChangeAnswer = acknowledgement !== undefined && notice.about !== "further";
  return surface.routes.filter(
    (route) =>
      !notice.closedRoutes?.includes(route) &&
      (!caller.private || surface.privateRoutes.includes(route)) &&
      (mayChangeAnswer || !surface.answerRoutes?.includes(route)),
  );
}

/** The first open route, starting from the notice's current one; undefined if none is left. */
function routeFor(notice: Notice, surface: Surface, job: Job): string | undefined {
  const current = routeOf(notice);
  const start = current === undefined ? 0 : positionOf(current, surface);
  return openRoutes(notice, surface, job).find((route) => positionOf(route, surface) >= start);
}

/** The open route after this one; after the last the first, which may have been left because nobody answered. */
function nextRoute(route: string, notice: Notice, surface: Surface, job: Job): string {
  const open = openRoutes(notice, surface, job);
  const position = positionOf(route, surface);
  return open.find((other) => positionOf(other, surface) > position) ?? open[0] ?? noRouteLeft;
}

/**
 * The position of a route in the surface's list. For a route that the surface does not have, stored by another version,
 * all routes count as used up: any of them may have shown the message, and starting over could show it twice.
 */
function positionOf(route: string, { routes }: Surface): number {
  const position = routes.indexOf(route);
  return position < 0 ? routes.length : position;
}
