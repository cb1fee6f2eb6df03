import type { Caller, Job, Message } from "@toolcast/core";
import type { APIMessage } from "discord.js";
import { answerLane, type DiscordContext } from "./context.ts";
import { editAnswer, fillAnswer, fitted, receiptFor } from "./first-answer.ts";
import type { InteractionRecord } from "./records.ts";
import { carryOut } from "./requests.ts";
import { readFailure, wordsOf } from "./rest-failure.ts";
import { speak } from "./sentences.ts";

/** Of a person's newest jobs in a conversation, so many are looked through for one that an answer is about. */
const newestJobs = 100;

/**
 * Takes up what a process that died left "thinking": a job that was stored is shown, a request that can still be
 * answered is carried out, and of the rest its sender is told that nothing was done.
 */
export async function recover(context: DiscordContext): Promise<void> {
  const left = (await context.records.all()).filter(({ pending }) => pending !== undefined);
  for (const record of left) {
    try {
      await takeUp(context, record);
    } catch (error) {
      context.logger.warn(
        { interaction: record.id, reason: wordsOf(readFailure(error)) },
        "an answer left open could not be taken up",
      );
    }
  }
}

async function takeUp(context: DiscordContext, record: InteractionRecord): Promise<void> {
  const { records, runtime } = context;
  const caller = record.pending?.caller as unknown as Caller;
  const seen = await stillThere(context, record);
  if (seen === null) {
    // It was never acknowledged, or removed: its sender has seen that it failed.
    await records.remove(record.id);
    return;
  }
  const job = await jobOf(context, record, caller);
  if (job !== null) {
    await runtime.acknowledged(job.id, receiptFor(seen));
    await fillAnswer(context, record.id, {
      message: await fitted(context, await runtime.jobMessage(job, caller), caller),
      job: job.id,
      options: { locale: caller.locale },
    });
    return;
  }
  if (records.isAlive(seen)) {
    await carryOut(context, seen);
    return;
  }
  await tellInterrupted(context, seen, caller);
}

/** The record with what Discord says of its answer; null when there is none. */
async function stillThere(context: DiscordContext, record: InteractionRecord): Promise<InteractionRecord | null> {
  const { records, outbox, api } = context;
  const isAlive = records.isAlive(record);
  if (!isAlive && (record.message !== undefined || record.ephemeral || !record.reachable)) {
    return record;
  }
  try {
    const message = isAlive
      ? await outbox.send("interaction", () => api.getOriginal(record))
      : await answerAmong(context, record);
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
  const after = await outbox.send("bot", () => api.messagesAfter(record.channel, record.id));
  return after.find(({ interaction_metadata: about }) => about?.id === record.id);
}

async function jobOf({ runtime }: DiscordContext, record: InteractionRecord, caller: Caller): Promise<Job | null> {
  const jobs = await runtime.jobs({ conversation: caller.place.conversation, limit: newestJobs }, caller);
  return jobs.find(({ key }) => key === `${caller.id}:${record.id}`) ?? null;
}

async function tellInterrupted(context: DiscordContext, record: InteractionRecord, caller: Caller): Promise<void> {
  const { outbox, records } = context;
  const message: Message = { tone: "warning", title: speak("interrupted", caller.locale), private: record.ephemeral };
  await outbox.inLane(answerLane(record.id), async () => {
    await editAnswer(context, record, message, { locale: caller.locale });
    await records.change(record.id, { pending: undefined });
  });
}
