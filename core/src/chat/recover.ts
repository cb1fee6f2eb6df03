import { sleep } from "../ground/clock.ts";
import { say } from "../messages/sentence.ts";
import type { Message } from "../surface/message.ts";
import { type Answer, answerLane, receiptFor } from "./answer.ts";
import { type ChatContext, fitted } from "./chat-kit.ts";
import { fillAnswer, lookUntilClear, openAnswer } from "./first-answer.ts";
import { carryOutPress, startsWork } from "./press.ts";
import type { Renewal } from "./renewal.ts";
import { carryOut, identified } from "./requests.ts";
import { tellWrong } from "./tell-wrong.ts";

type Context = ChatContext & { renewal: Renewal };

/** The longest a start waits for the platform to say which answers still exist. */
const startWithinMs = 10_000;
/** How often to look for what a dead process left open; its lease lasts half a minute. */
const lookEveryMs = 15_000;
/** How often to check whether a copied store was released. */
const heldEveryMs = 5_000;
const couldNotLook = "could not look for what dead processes left open";
const usualBeginWithinMs = 24 * 60 * 60_000;

/**
 * Takes up what dead processes left open, at startup and while this process runs: shows a job that was stored, carries
 * out a request that can still be answered, and says to the sender of any other that nothing was done. Costs one timer
 * and one query for what nobody holds.
 */
export class Recovery {
  readonly #context: Context;
  readonly #underWay: (work: Promise<void>) => void;
  /** Ids tried at the last look and still unsettled: they come again once the lease of that try has ended. */
  #tried: ReadonlySet<string> = new Set();
  #isOpen = true;
  #cancel = () => {};

  /** `underWay` receives the work that remains, which `start` does not wait for. */
  constructor(context: Context, underWay: (work: Promise<void>) => void) {
    this.#context = context;
    this.#underWay = underWay;
  }

  /** Resolves when core knows the first answers of the dead processes' jobs, or after ten seconds. */
  async start(): Promise<void> {
    const { clock, runtime, answers } = this.#context;
    if (runtime.held() !== null) {
      // The store is a copy: the original may still answer what was left open.
      void this.#startWhenReleased();
      return;
    }
    // All open answers, because a process known to be dead holds nothing, whatever its leases say.
    const looks = await this.#takeUpAll(await answers.open());
    this.#lookAgain();
    const patience = new AbortController();
    await Promise.race([Promise.all(looks), sleep(clock, startWithinMs, patience.signal).catch(() => {})]);
    patience.abort();
  }

  close(): void {
    this.#isOpen = false;
    this.#cancel();
  }

  async #startWhenReleased(): Promise<void> {
    const { clock, runtime, logger, readFailure } = this.#context;
    while (this.#isOpen && runtime.held() !== null) {
      await sleep(clock, heldEveryMs);
    }
    if (this.#isOpen) {
      await this.start().catch((error: unknown) => {
        logger.warn({ reason: readFailure(error).detail }, couldNotLook);
        this.#lookAgain();
      });
    }
  }

  #lookAgain(): void {
    const { clock, answers, logger, readFailure } = this.#context;
    if (this.#isOpen) {
      this.#cancel = clock.setTimer(lookEveryMs, () => {
        const look = answers.open({ free: true }).then((free) => this.#takeUpAll(free));
        void look
          .catch((error) => logger.warn({ reason: readFailure(error).detail }, couldNotLook))
          .then(() => this.#lookAgain());
      });
    }
  }

  async #takeUpAll(open: readonly Answer[]): Promise<Promise<unknown>[]> {
    const { answers, turnstile, renewal } = this.#context;
    const tried = new Set(open.map(({ id }) => id).filter((id) => this.#tried.has(id)));
    this.#tried = tried;
    const looks: Promise<unknown>[] = [];
    for (const answer of open) {
      if (answers.isAlive(answer)) {
        renewal.watch(answer);
      }
      const { id } = answer;
      if (isSettled(answer) || tried.has(id) || answers.isHeld(id) || !(await answers.claim(id))) {
        continue;
      }
      tried.add(id);
      // Read again, now that nobody else changes it.
      const look = answers
        .read(id)
        .then(async (own) => (own === null || isSettled(own) ? idle : takeUp(this.#context, own)));
      const work = answers.hold(id, () => look.then((rest) => turnstile.work(rest)));
      this.#underWay(work.catch((error) => report(this.#context, answer, error)));
      looks.push(look.catch(() => {}));
    }
    return looks;
  }
}

const idle = async () => {};

function isSettled({ pending, press }: Answer): boolean {
  return pending === undefined && press === undefined;
}

function report({ logger, readFailure }: Context, { id }: Answer, error: unknown): void {
  logger.warn({ answer: id, reason: readFailure(error).detail }, "an answer left open could not be taken up");
}

/** Finds out the state of an answer; returns the work that remains to be done. */
async function takeUp(context: Context, answer: Answer): Promise<() => Promise<void>> {
  const { answers, runtime } = context;
  const { caller, press, wrong } = answer;
  if (press !== undefined) {
    const isLate = startsWork(press.action) && !mayBegin(context, answer);
    return () => (isLate ? tellLate(context, answer) : carryOutPress(context, answer, press));
  }
  if (wrong !== undefined) {
    // Its asker has perhaps not seen it yet.
    return () => tellWrong(context, answer.id, wrong, caller.locale);
  }
  const seen = await stillThere(context, answer);
  if (seen === "unknown") {
    return idle;
  }
  const job = await runtime.ordered(answer.id, caller);
  if (seen === "gone") {
    // If the placeholder was to acknowledge, its sender has seen the failure, or removed it.
    return () => (answer.owed && job === null ? openAndBegin(context, answer) : answers.remove(answer.id));
  }
  if (job === null) {
    return () => begin(context, seen);
  }
  await runtime.acknowledged(job.id, receiptFor(seen));
  return async () =>
    fillAnswer(context, answer.id, {
      message: await fitted(context, await runtime.jobMessage(job, caller), caller),
      job: job.id,
      options: { locale: caller.locale },
    });
}

/**
 * On platforms where nobody can look, a placeholder whose message is unknown is shown again, and an earlier one may
 * stay behind.
 */
async function begin(context: Context, answer: Answer): Promise<void> {
  const isOpen = context.port.look !== undefined || answer.message !== undefined;
  await (isOpen ? carryOutOrTell(context, answer) : openAndBegin(context, answer));
}

async function openAndBegin(context: Context, answer: Answer): Promise<void> {
  const opened = await openAnswer(context, answer);
  if (opened !== null) {
    await carryOutOrTell(context, opened);
  }
}

async function carryOutOrTell(context: Context, answer: Answer): Promise<void> {
  await (mayBegin(context, answer) ? carryOut(context, answer) : tellInterrupted(context, answer));
}

function mayBegin({ answers, clock, port }: Context, answer: Answer): boolean {
  return answers.isAlive(answer) && clock.now() - answer.at < (port.beginWithinMs ?? usualBeginWithinMs);
}

/** The answer with what the platform says about its message. */
async function stillThere(context: Context, answer: Answer): Promise<Answer | "gone" | "unknown"> {
  const { answers, port } = context;
  const isOutOfReach = !answers.isAlive(answer) && (answer.message !== undefined || port.needsHandle(answer));
  if (port.look === undefined || isOutOfReach) {
    return answer;
  }
  const seen = await lookUntilClear(context, answer);
  if (seen === null) {
    return "unknown";
  }
  const { message } = seen;
  if (message === null) {
    return "gone";
  }
  if (message === undefined) {
    return answer;
  }
  await answers.change(answer.id, { message });
  return { ...answer, message };
}

async function tellInterrupted(context: Context, answer: Answer): Promise<void> {
  const { outbox, answers, port, readFailure } = context;
  const { locale } = await identified(context, answer).catch(() => answer.caller);
  const { private: isPrivate = false } = answer.caller;
  const message: Message = { tone: "warning", title: say({ key: "answer.interrupted" }, locale), private: isPrivate };
  await outbox.inLane(answerLane(answer), async () => {
    try {
      await port.edit(answer, message, { locale }, "result");
    } catch (error) {
      // What was deleted stays so: trying again would go on for as long as the event is kept.
      if (readFailure(error).kind !== "refused") {
        throw error;
      }
    }
    await answers.change(answer.id, { pending: undefined, watched: undefined });
  });
}

/** Says to the person who pressed that nothing was started: after so long they no longer expect it. */
async function tellLate(context: Context, answer: Answer): Promise<void> {
  const { answers, port, logger, readFailure } = context;
  const { locale } = await identified(context, answer).catch(() => answer.caller);
  const message: Message = { tone: "warning", title: say({ key: "answer.press-late" }, locale), private: true };
  try {
    await port.tell(answer, message, { locale });
  } catch (error) {
    if (readFailure(error).kind !== "refused") {
      throw error;
    }
    logger.info({ answer: answer.id, reason: readFailure(error).detail }, "a late press could not be answered");
  }
  await answers.change(answer.id, { press: undefined });
}
