import { sleep } from "../ground/clock.ts";
import type { Locale } from "../ground/locale.ts";
import { causeOf } from "../ground/logger.ts";
import type { Delivery } from "../surface/surface.ts";
import type { Answer } from "./answer.ts";
import { formAction, startAction } from "./button-id.ts";
import { type ChangeNoticePort, tellChanged } from "./change-notice.ts";
import type { ChatContext, ChatKit } from "./chat-kit.ts";
import type { ChatEvent, ChatPort, EventWays } from "./chat-port.ts";
import { type Elsewhere, tellElsewhere, tellElsewhereInLane } from "./elsewhere.ts";
import { answerOf } from "./first-answer.ts";
import { formBehind, openButtonForm, openForm, startButtonForm, takeField, takeForm } from "./form-flow.ts";
import { wantsForm } from "./given-input.ts";
import { type Linked, linksTo } from "./message-links.ts";
import { takePress } from "./press.ts";
import { Progress } from "./progress.ts";
import { Recovery } from "./recover.ts";
import { Renewal } from "./renewal.ts";
import { correctAction, refuse, takeRequest } from "./requests.ts";

/** A platform that reconnects may send events again right away; so many are recognized without asking the store. */
const remembered = 5_000;
/** Work that still waits for somebody else after this time is left to the next process. */
const drainMs = 10_000;

/** Requests, forms and presses of one platform, from event to answer. */
export class Chat {
  readonly context: ChatContext & { renewal: Renewal };
  readonly #progress: Progress;
  readonly #recovery: Recovery;
  /** The latest events; each promise settles once its event is stored, or could not be. */
  readonly #seen = new Map<string, Promise<void>>();
  readonly #underWay = new Set<Promise<void>>();
  #open = true;

  constructor(kit: ChatKit, port: ChatPort) {
    const context = { ...kit, port };
    this.context = { ...context, renewal: new Renewal(context) };
    this.#progress = new Progress(context);
    this.#recovery = new Recovery(this.context, (work) => this.#track(work));
  }

  /** Takes an event. Never throws: whatever the event contains, the next one is served. */
  take(event: ChatEvent): void {
    if (!this.#open) {
      event.ways.notTaken?.(new Error("the surface is closing"));
      return;
    }
    const { acknowledge, notTaken } = event.ways;
    const before = this.#seen.get(event.id);
    // A form refused beside its input stays open, and may be sent again as it is.
    if (before !== undefined && event.event !== "form") {
      // Not before the first one is stored: if that fails, only the platform still has the event.
      const repeated = before.then(
        () => acknowledge?.(),
        (error: unknown) => notTaken?.(error),
      );
      this.#follow(event.id, repeated);
      return;
    }
    const stored = Promise.withResolvers<void>();
    stored.promise.catch(() => {});
    this.#remember(event.id, stored.promise);
    const acknowledged = () => {
      stored.resolve();
      return acknowledge?.() ?? Promise.resolve();
    };
    const ways = acknowledge === undefined ? event.ways : { ...event.ways, acknowledge: acknowledged };
    const taken = this.#takeOnce({ ...event, ways });
    taken.then(stored.resolve, stored.reject);
    this.#follow(event.id, taken);
  }

  /**
   * Takes an event that could not be parsed: it is remembered, logged once and acknowledged, so the platform does not
   * repeat it.
   */
  takeUnreadable(
    id: string,
    facts: object,
    { acknowledge, notTaken }: Pick<EventWays, "acknowledge" | "notTaken"> = {},
  ): void {
    const refused = this.context.answers.refuse(id).then(async (isNew) => {
      if (isNew) {
        this.context.logger.warn(facts, "an event could not be read");
      }
      await acknowledge?.();
    });
    this.follow(id, refused, notTaken);
  }

  /** Makes `close` wait for work of the adapter, such as suggestions. `failed` is called if it fails. */
  follow(id: string, work: Promise<unknown>, failed?: (error: unknown) => void): void {
    this.#follow(
      id,
      work.catch((error: unknown) => {
        failed?.(error);
        throw error;
      }),
    );
  }

  /** The first answer that a delivery belongs to, even if it is no longer stored; null if the place is not ours. */
  answerOf(delivery: Delivery): Promise<Answer | null> {
    return answerOf(this.context, delivery);
  }

  /** Records that a first answer shows a delivery. `message` is the answer's message. */
  async shown(id: string, delivery: Delivery, message: string): Promise<void> {
    const shown = { delivery: delivery.id, media: (delivery.message.media ?? []).length > 0 };
    await this.context.answers.change(id, { pending: undefined, watched: undefined, message, shown });
  }

  /** Notifies the asker of a first answer that was edited a while after it was shown. At most once; never rejects. */
  tellChanged(delivery: Delivery, answer: Answer, port: ChangeNoticePort): Promise<void> {
    return tellChanged(this.context, delivery, answer, port);
  }

  /** Makes a first answer say that its result was sent elsewhere. Takes the answer's lane; never rejects. */
  tellElsewhere(delivery: Delivery, where: Elsewhere, locale: Locale): Promise<void> {
    return tellElsewhere(this.context, delivery, where, locale);
  }

  /** The same, for a caller that holds the answer's lane. */
  tellElsewhereInLane(delivery: Delivery, where: Elsewhere, locale: Locale): Promise<void> {
    return tellElsewhereInLane(this.context, delivery, where, locale);
  }

  /** The button that links to a message of ours; none if it has no address. */
  linksTo(linked: Linked, locale: Locale): { label: string; url: string }[] {
    return linksTo(this.context.port, linked, locale);
  }

  /** Shows progress in a first answer. */
  update(delivery: Delivery): Promise<void> {
    return this.#progress.update(delivery);
  }

  /** Erases what the kit keeps about a person; events expire after two days. */
  async forget(person: string): Promise<void> {
    await this.context.forms.forget(person);
  }

  /**
   * Settles what earlier processes left open, and from now on what other processes leave open when they die. To be
   * called before the runtime starts.
   */
  recover(): Promise<void> {
    return this.#recovery.start();
  }

  /** Takes no more events; resolves when those under way have been answered, or after ten seconds. */
  async close(): Promise<void> {
    const { renewal, outbox, clock, answers } = this.context;
    renewal.close();
    this.#recovery.close();
    this.#open = false;
    const patience = new AbortController();
    const drained = Promise.all(this.#underWay).then(() => outbox.drained());
    await Promise.race([drained, sleep(clock, drainMs, patience.signal).catch(() => {})]);
    patience.abort();
    await answers.releaseAll();
  }

  #follow(id: string, work: Promise<unknown>): void {
    this.#track(
      work.then(
        () => {},
        (error: unknown) =>
          this.context.logger.error({ event: id, error: causeOf(error) }, "an event failed with an unexpected error"),
      ),
    );
  }

  #track(work: Promise<void>): void {
    this.#underWay.add(work);
    void work.then(() => this.#underWay.delete(work));
  }

  #remember(id: string, stored: Promise<void>): void {
    this.#seen.set(id, stored);
    if (this.#seen.size > remembered) {
      const [oldest = ""] = this.#seen.keys();
      this.#seen.delete(oldest);
    }
  }

  async #takeOnce(event: ChatEvent): Promise<void> {
    try {
      await this.#route(event);
    } catch (error) {
      // The platform may send it again; the store knows the event if it was stored.
      this.#seen.delete(event.id);
      event.ways.notTaken?.(error);
      throw error;
    }
    await event.ways.acknowledge?.();
  }

  async #route(event: ChatEvent): Promise<void> {
    const { context } = this;
    switch (event.event) {
      case "command": {
        const { tool, given, gatherMs } = event;
        if (tool === undefined) {
          return refuse(context, event, { key: "answer.unknown-command", values: { platform: context.title } });
        }
        return wantsForm(tool, given) && gatherMs === undefined
          ? openForm(context, event, tool, given)
          : takeRequest(context, event, tool, given, gatherMs);
      }
      case "form":
        return takeForm(context, event);
      case "field":
        return takeField(context, event);
      case "press": {
        const press = await context.buttons.read(event.press);
        if (press === null) {
          event.ways.buttonGone?.();
          return refuse(context, event, { key: "answer.button-gone" });
        }
        switch (press.action) {
          case formAction:
            return openButtonForm(context, event, await formBehind(context, event.caller, press.subject));
          case startAction:
            return startButtonForm(context, event, press.subject);
          case correctAction:
            return openButtonForm(context, event, await context.forms.read(press.subject));
          default:
            return takePress(context, { ...event, press });
        }
      }
      case "stop": {
        const press = { action: "cancel", subject: event.job };
        return takePress(context, { ...event, event: "press", press, taken: async () => ({ shown: true }) });
      }
      case "gone":
        event.ways.buttonGone?.();
        return refuse(context, event, { key: "answer.button-gone" });
      default:
        return event satisfies never;
    }
  }
}
