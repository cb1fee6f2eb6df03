import { hasEnded, type Job } from "../job/job.ts";
import { say } from "../messages/sentence.ts";
import type { Caller } from "../people/caller.ts";
import type { Reply } from "../runtime/runtime.ts";
import type { Message } from "../surface/message.ts";
import { type Answer, answerLane, type PendingPress, receiptFor, receiptOf } from "./answer.ts";
import { startAction } from "./button-id.ts";
import { type ChatContext, fitted } from "./chat-kit.ts";
import type { ChatEvent } from "./chat-port.ts";
import { type Renewal, showAction } from "./renewal.ts";
import { identified, keepForms } from "./requests.ts";

type Context = ChatContext & { renewal: Renewal };

const starting: readonly string[] = [startAction, "release", "start-again"];

/** Whether the press of such a button may start work, which may cost money. */
export function startsWork(action: string): boolean {
  return starting.includes(action);
}

/**
 * Handles the press of a button. It is acknowledged without showing anything; then the message changes, or the presser
 * alone gets an answer. Core decides who may press it.
 */
export async function takePress(context: Context, event: Extract<ChatEvent, { event: "press" }>): Promise<void> {
  const { answers, clock, turnstile } = context;
  const { id, caller, facts, handle, press, message } = event;
  const answer: Answer = {
    ...{ id, at: clock.now(), caller, facts, press, message },
    ...{ handle, handleUntil: handle?.expiresAt },
  };
  await answers.hold(id, async () => {
    // A press may spend, and a platform may send it again.
    const isNew = await answers.add(answer);
    await event.ways.acknowledge?.();
    if (isNew) {
      await carryOutPress(context, answer, press, () => turnstile.answer(() => event.taken()));
    }
  });
}

/** Does what a press asks for, even if the process that took it has died since: one press acts once. */
export async function carryOutPress(
  context: Context,
  answer: Answer,
  press: PendingPress,
  taken: () => Promise<{ shown: boolean }> = async () => ({ shown: true }),
): Promise<void> {
  const { answers, outbox, port, runtime } = context;
  const { id } = answer;
  let { caller } = answer;
  const identify = async () => {
    caller = await identified(context, answer);
    return caller;
  };
  const [isTaken, acted] = await Promise.allSettled([
    taken(),
    identify().then((presser) => act(context, press, presser)),
  ]);
  const { locale } = caller;
  await answers.change(id, { press: undefined, ...(caller === answer.caller ? {} : { caller }) });
  if (isTaken.status === "rejected") {
    throw isTaken.reason;
  }
  if (acted.status === "rejected") {
    const apology: Message = { tone: "error", title: say({ key: "answer.internal" }, locale), private: true };
    await tolerate(context, () => port.tell(answer, apology, { locale }));
    throw acted.reason;
  }
  if (!isTaken.value.shown) {
    return;
  }
  const reply = acted.value;
  if (reply.type === "job") {
    const pressed = await renew(context, answer, press, reply.job);
    const { marker } = press;
    const options = { locale, marker };
    await outbox.inLane(answerLane(pressed), () =>
      tolerate(context, async () => {
        // Read again now: a result that came meanwhile must not be overwritten with an earlier state.
        const job = (await runtime.job(reply.job.id, caller)) ?? reply.job;
        const isSame = job.version === reply.job.version;
        const rendered = isSame ? reply.message : await runtime.jobMessage(job, caller);
        const message = await fitted(context, rendered, caller);
        await keepForms(context, message, caller, true);
        await port.showPressed(pressed, message, options);
      }),
    );
    return;
  }
  const message = await fitted(context, reply.message, caller);
  await keepForms(context, message, caller, true);
  await tolerate(context, () => port.tell(answer, message, { locale }));
}

async function act({ runtime }: Context, { action, subject }: PendingPress, caller: Caller): Promise<Reply> {
  const job = action === showAction ? await runtime.job(subject, caller) : null;
  // If the job does not exist or is not theirs, core refuses the press.
  return job === null
    ? runtime.press({ action, subject, caller })
    : { type: "job", job, message: await runtime.jobMessage(job, caller), repeated: false };
}

/**
 * A press on a job's first answer brings a newer handle, which later edits use. Returns the answer, put into the lane
 * of the message that was pressed.
 */
async function renew(context: Context, answer: Answer, { action }: PendingPress, job: Job): Promise<Answer> {
  const { runtime, answers, port, renewal } = context;
  const receipt = receiptOf(job.acknowledgement);
  // Only a first answer that nothing but its handle can edit offers this, even if the platform has never named it.
  const isOffered = action === showAction;
  if (receipt === null || (!isOffered && (receipt.message === undefined || receipt.message !== answer.message))) {
    return answer;
  }
  const first = await answers.read(receipt.answer);
  const byHandle = isOffered || first?.byHandle;
  const pressed = { ...answer, lane: first?.lane ?? receipt.answer, byHandle };
  if (answer.handle !== undefined && job.caller.id === answer.caller.id && !hasEnded(job)) {
    const { lane } = pressed;
    const watched = port.needsHandle(pressed) ? { watched: true } : {};
    await answers.change(answer.id, { job: job.id, lane, byHandle, ...watched });
    await runtime.acknowledged(job.id, receiptFor(answer));
    renewal.watch(answer);
  }
  return pressed;
}

/** Only logs a failure: what the press did is done, whether or not the platform shows it. */
async function tolerate({ logger, readFailure }: ChatContext, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    logger.warn({ reason: readFailure(error).detail }, "the result of a press could not be shown");
  }
}
