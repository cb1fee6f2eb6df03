import { sleep } from "../ground/clock.ts";
import { say } from "../messages/sentence.ts";
import type { Message } from "../surface/message.ts";
import { type Answer, answerLane, receiptFor } from "./answer.ts";
import { type ChatContext, fitted } from "./chat-kit.ts";
import { fillAnswer, lookUntilClear, openAnswer } from "./first-answer.ts";
import { carryOutPress } from "./press.ts";
import type { Renewal } from "./renewal.ts";
import { carryOut } from "./requests.ts";

type Context = ChatContext & { renewal: Renewal };

/** Longer than this a start does not wait for the platform to say which answers are still there. */
const startWithinMs = 10_000;
/** Between looks whether the process that had an answer is gone; a lease is half a minute long. */
const claimAgainMs = 5_000;
const usualBeginWithinMs = 24 * 60 * 60_000;

/**
 * Takes up what a process that died left open: a job that was stored is shown, a request that can still be answered is
 * carried out, and of the rest its sender is told that nothing was done. Resolves when core knows the answers of its
 * jobs; what is left to show is `underWay` then, so that nobody else waits for it.
 */
export async function recover(context: Context, underWay: (work: Promise<void>) => void): Promise<void> {
  if (context.runtime.held() !== null) {
    // The store is a copy: what was left open in it may be the other one's to answer.
    void whenReleased(context).then(() => recover(context, underWay));
    return;
  }
  const { clock, answers, turnstile, renewal } = context;
  const looks: Promise<unknown>[] = [];
  for (const answer of await answers.open()) {
    if (answers.isAlive(answer)) {
      renewal.watch(answer);
    }
    if (answer.pending === undefined && answer.press === undefined) {
      continue;
    }
    const isOurs = await answers.claim(answer.id);
    const look = isOurs ? takeUp(context, answer) : takeUpLater(context, answer);
    const work = answers.hold(answer.id, () => look.then((rest) => turnstile.work(rest)));
    underWay(work.catch((error) => report(context, answer, error)));
    if (isOurs) {
      looks.push(look.catch(() => {}));
    }
  }
  const patience = new AbortController();
  await Promise.race([Promise.all(looks), sleep(clock, startWithinMs, patience.signal).catch(() => {})]);
  patience.abort();
}

async function whenReleased({ runtime, clock }: Context): Promise<void> {
  while (runtime.held() !== null) {
    await sleep(clock, claimAgainMs);
  }
}

function report({ logger, readFailure }: Context, { id }: Answer, error: unknown): void {
  logger.warn({ answer: id, reason: readFailure(error).words }, "an answer left open could not be taken up");
}

/** Another process has it; when that died, its lease ends. */
async function takeUpLater(context: Context, { id }: Answer): Promise<() => Promise<void>> {
  const { answers, clock } = context;
  for (;;) {
    await sleep(clock, claimAgainMs);
    const answer = await answers.read(id);
    if (answer === null || (answer.pending === undefined && answer.press === undefined)) {
      return async () => {};
    }
    if (await answers.claim(id)) {
      return takeUp(context, answer);
    }
  }
}

/** Finds out how an answer stands; gives what is to be done about it. */
async function takeUp(context: Context, answer: Answer): Promise<() => Promise<void>> {
  const { answers, runtime } = context;
  const { caller, press } = answer;
  if (press !== undefined) {
    return () => carryOutPress(context, answer, press);
  }
  const seen = await stillThere(context, answer);
  if (seen === "unknown") {
    return async () => {};
  }
  const job = await runtime.ordered(answer.id, caller);
  if (seen === "gone") {
    // Where the placeholder acknowledges, its sender has seen that it failed, or removed it.
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

/** Where nobody can look, a placeholder whose message is unknown is shown again: the earlier one may stay an orphan. */
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

/** The answer with what the platform says of its message. */
async function stillThere(context: Context, answer: Answer): Promise<Answer | "gone" | "unknown"> {
  const { answers, port } = context;
  const isOutOfReach = !answers.isAlive(answer) && (answer.message !== undefined || port.onlyByHandle(answer));
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

async function tellInterrupted({ outbox, answers, port }: Context, answer: Answer): Promise<void> {
  const { locale, private: isPrivate = false } = answer.caller;
  const message: Message = { tone: "warning", title: say({ key: "answer.interrupted" }, locale), private: isPrivate };
  await outbox.inLane(answerLane(answer), async () => {
    await port.edit(answer, message, { locale }, "result");
    await answers.change(answer.id, { pending: undefined, watched: undefined });
  });
}
