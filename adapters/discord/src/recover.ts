import { type Caller, type Message, sleep } from "@toolcast/core";
import type { APIMessage } from "discord.js";
import { answerLane, type DiscordContext } from "./context.ts";
import { editAnswer, fillAnswer, fitted, receiptFor } from "./first-answer.ts";
import { type InteractionRecord, needsToken } from "./records.ts";
import { carryOut } from "./requests.ts";
import { botBudget, readFailure } from "./rest-failure.ts";
import { speak } from "./sentences.ts";

/** Longer than this a start does not wait for Discord to say which answers are still there. */
const startWithinMs = 10_000;

/**
 * Takes up what a process that died left "thinking": a job that was stored is shown, a request that can still be
 * answered is carried out, and of the rest its sender is told that nothing was done. Resolves when core knows the
 * answers of its jobs; what is left to show is `underWay` then, so that nobody else waits for it.
 */
export async function recover(context: DiscordContext, underWay: (work: Promise<void>) => void): Promise<void> {
  const { clock, records, turnstile } = context;
  const left = (await records.all()).filter(({ pending }) => pending !== undefined);
  const looks = left.map((record) => {
    const look = takeUp(context, record);
    underWay(look.then((rest) => turnstile.work(rest)).catch((error) => report(context, record, error)));
    return look.catch(() => {});
  });
  const patience = new AbortController();
  await Promise.race([Promise.all(looks), sleep(clock, startWithinMs, patience.signal).catch(() => {})]);
  patience.abort();
}

function report({ logger }: DiscordContext, { id }: InteractionRecord, error: unknown): void {
  logger.warn({ interaction: id, reason: readFailure(error).words }, "an answer left open could not be taken up");
}

/** Finds out how an answer stands; gives what is to be done about it. */
async function takeUp(context: DiscordContext, record: InteractionRecord): Promise<() => Promise<void>> {
  const { records, runtime } = context;
  const caller = record.pending?.caller as unknown as Caller;
  const seen = await stillThere(context, record);
  if (seen === null) {
    // It was never acknowledged, or removed: its sender has seen that it failed.
    return () => records.remove(record.id);
  }
  const job = await runtime.ordered(record.id, caller);
  if (job === null) {
    return () => (records.isAlive(seen) ? carryOut(context, seen) : tellInterrupted(context, seen, caller));
  }
  await runtime.acknowledged(job.id, receiptFor(seen));
  return async () =>
    fillAnswer(context, record.id, {
      message: await fitted(context, await runtime.jobMessage(job, caller), caller),
      job: job.id,
      options: { locale: caller.locale },
    });
}

/** The record with what Discord says of its answer; null when there is none. */
async function stillThere(context: DiscordContext, record: InteractionRecord): Promise<InteractionRecord | null> {
  const { records, outbox, api } = context;
  const isAlive = records.isAlive(record);
  if (!isAlive && (record.message !== undefined || needsToken(record))) {
    return record;
  }
  try {
    const message = isAlive ? await outbox.send({}, () => api.getOriginal(record)) : await answerAmong(context, record);
    if (message === undefined) {
      return null;
    }
    await records.change(record.id, { message: message.id });
    return { ...record, message: message.id };
  } catch (error) {
    const failure = readFailure(error);
    if (failure.kind === "refused") {
      return null;
    }
    throw error;
  }
}

/** The answer among the channel's messages, by the interaction it belongs to: the token that led to it is dead. */
async function answerAmong(
  { outbox, api }: DiscordContext,
  record: InteractionRecord,
): Promise<APIMessage | undefined> {
  const after = await outbox.send({ budgets: [botBudget] }, () => api.messagesAfter(record.channel, record.id));
  return after.find(({ interaction_metadata: about }) => about?.id === record.id);
}

async function tellInterrupted(context: DiscordContext, record: InteractionRecord, caller: Caller): Promise<void> {
  const { outbox, records } = context;
  const message: Message = { tone: "warning", title: speak("interrupted", caller.locale), private: record.ephemeral };
  await outbox.inLane(answerLane(record.id), async () => {
    await editAnswer(context, record, message, { locale: caller.locale });
    await records.change(record.id, { pending: undefined });
  });
}
