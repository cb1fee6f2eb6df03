import { type Caller, type Json, type Message, type Reply, sleep } from "@toolcast/core";
import { formInPlace } from "./classic.ts";
import { type ComposeOptions, composeAndSend } from "./compose.ts";
import { answerLane, type DiscordContext } from "./context.ts";
import { surfaceLimits } from "./limits.ts";
import { addressOf, type Receipt } from "./place.ts";
import { type InteractionRecord, needsToken } from "./records.ts";
import { botBudget, readFailure } from "./rest-failure.ts";

const againAfterMs = { first: 1_000, longest: 30_000 };

/** Puts words into the place of "thinking". Trying again is safe: an edit shows the same thing twice at most. */
export async function fillAnswer(
  context: DiscordContext,
  id: string,
  content: { message: Message; job?: string; options: ComposeOptions },
): Promise<void> {
  const { outbox, records, clock, logger } = context;
  for (let waitMs: number = againAfterMs.first; ; waitMs = Math.min(waitMs * 2, againAfterMs.longest)) {
    const tryAgain = await outbox.inLane(answerLane(id), async () => {
      const record = await records.read(id);
      if (record === null) {
        return false;
      }
      const settled = { pending: undefined, ...(content.job === undefined ? {} : { job: content.job }) };
      if (record.shown !== undefined) {
        // The result was faster than the word that it has begun.
        await records.change(id, settled);
        return false;
      }
      try {
        const sent = await editAnswer(context, record, content.message, content.options);
        await records.change(id, { ...settled, ...(sent === null ? {} : { message: sent }) });
        return false;
      } catch (error) {
        const failure = readFailure(error);
        logger.warn({ interaction: id, reason: failure.words }, "an answer could not be shown");
        if (failure.kind === "refused") {
          await records.change(id, settled);
          return false;
        }
        return records.isAlive(record);
      }
    });
    if (!tryAgain) {
      return;
    }
    await sleep(clock, waitMs);
  }
}

/**
 * Edits a first answer: by its token, later as a message of our own. Gives the message's id; null when there is no way
 * left. The caller holds the answer's lane.
 */
export async function editAnswer(
  context: DiscordContext,
  record: InteractionRecord,
  message: Message,
  options: ComposeOptions,
): Promise<string | null> {
  const { api, outbox, records } = context;
  if (records.isAlive(record)) {
    const look = () => api.getOriginal(record);
    const form = options.classic === undefined ? await formInPlace(context, message, {}, look) : {};
    const sent = await composeAndSend(context, message, { ...options, ...form }, (body) =>
      outbox.send({}, async () => api.editOriginal(record, await body())),
    );
    return sent.id;
  }
  const { message: id, channel } = record;
  if (id === undefined || needsToken(record)) {
    return null;
  }
  const form = await formInPlace(context, message, { budgets: [botBudget] }, () => api.getMessage(channel, id));
  await composeAndSend(context, message, { ...options, ...form }, (body) =>
    outbox.send({ budgets: [botBudget] }, async () => api.editMessage(channel, id, await body())),
  );
  return id;
}

/** A reply of core's, as its place can carry it. */
export async function fitted(context: DiscordContext, message: Message, caller: Caller): Promise<Message> {
  const mediaBytes = addressOf(caller.place)?.fileBytes ?? surfaceLimits.mediaBytes;
  return context.runtime.fit(message, { ...surfaceLimits, mediaBytes }, caller.locale);
}

export function receiptFor(record: InteractionRecord): Receipt & Json {
  return {
    interaction: record.id,
    channel: record.channel,
    ...(record.message === undefined ? {} : { message: record.message }),
    ephemeral: record.ephemeral,
  };
}

/** True for a refusal that the person can mend by filling the form again. */
export function canBeCorrected(reply: Reply): boolean {
  return reply.type === "refused" && reply.failure.kind === "usage";
}
