import { type Caller, hasEnded, type Job, type Message, type Reply } from "@toolcast/core";
import type { ButtonId } from "@toolcast/core/chat";
import { MessageFlags } from "discord.js";
import { pressTaken, respond } from "./acknowledge.ts";
import { hasComponents } from "./classic.ts";
import type { ComposeOptions } from "./compose.ts";
import { answerLane, type DiscordContext } from "./context.ts";
import { editAnswer, fitted, receiptFor } from "./first-answer.ts";
import { followUp } from "./follow-up.ts";
import type { ButtonInteraction } from "./interaction.ts";
import { playsRecording } from "./layout.ts";
import { type Address, receiptOf } from "./place.ts";
import type { InteractionRecord } from "./records.ts";
import { keepForms } from "./requests.ts";
import { readFailure } from "./rest-failure.ts";
import { speak } from "./sentences.ts";

/** Shows a job's message anew, by a token that has just come. */
export const showAction = "show";

/**
 * Carries out the press of a button. Taken without showing anything; then the message changes, or the presser alone is
 * told. Core decides who may.
 */
export async function takePress(
  context: DiscordContext,
  interaction: ButtonInteraction,
  { action, subject, marker }: ButtonId,
  caller: Caller,
): Promise<void> {
  const { runtime } = context;
  const [taken, acted] = await Promise.allSettled([
    respond(context, interaction, pressTaken),
    action === showAction ? show(context, subject, caller) : runtime.press({ action, subject, caller }),
  ]);
  if (taken.status === "rejected") {
    throw taken.reason;
  }
  const record = recordOf(context, interaction, caller);
  if (acted.status === "rejected") {
    const told: Message = { tone: "error", title: speak("internal", caller.locale), private: true };
    await tolerate(context, () => followUp(context, record, told, { locale: caller.locale, ephemeral: true }));
    throw acted.reason;
  }
  if (!taken.value.shown) {
    return;
  }
  const reply = acted.value;
  const message = await fitted(context, reply.message, caller);
  await keepForms(context, message, caller, true);
  if (reply.type === "job") {
    await renew(context, record, reply.job, caller);
    const options = { locale: caller.locale, ...(marker === undefined ? {} : { marker }) };
    await context.outbox.inLane(answerLane(record.id), () =>
      tolerate(context, () => showJob(context, { interaction, record, message, options })),
    );
    return;
  }
  await tolerate(context, () => followUp(context, record, message, { locale: caller.locale, ephemeral: true }));
}

/** In the message that was pressed, which keeps its form; a recording that it cannot play goes into one below it. */
async function showJob(
  context: DiscordContext,
  shown: { interaction: ButtonInteraction; record: InteractionRecord; message: Message; options: ComposeOptions },
): Promise<void> {
  const { interaction, record, message, options } = shown;
  const classic = !hasComponents(interaction.message);
  if (classic || !playsRecording(message, options)) {
    await editAnswer(context, record, message, { ...options, classic });
    return;
  }
  await followUp(context, record, message, options);
  const note = speak("resultBelow", options.locale);
  await editAnswer(context, record, { ...message, media: [] }, { ...options, classic, note });
}

async function show({ runtime }: DiscordContext, subject: string, caller: Caller): Promise<Reply> {
  const job = await runtime.job(subject, caller);
  // A job that is not there, or not theirs, is refused in core's words.
  return job === null
    ? runtime.press({ action: showAction, subject, caller })
    : { type: "job", job, message: await runtime.jobMessage(job, caller), repeated: false };
}

function recordOf({ clock }: DiscordContext, interaction: ButtonInteraction, caller: Caller): InteractionRecord {
  const address = caller.place.address as Address;
  return {
    id: interaction.id,
    application: interaction.application_id,
    token: interaction.token,
    at: clock.now(),
    channel: address.channel,
    message: interaction.message.id,
    ephemeral: isEphemeral(interaction),
    reachable: address.reachable,
    caller: caller.id,
  };
}

/** A press on a job's first answer brings a token that lives longer: later edits use it. */
async function renew({ runtime, records }: DiscordContext, record: InteractionRecord, job: Job, caller: Caller) {
  const receipt = receiptOf(job.acknowledgement);
  if (job.caller.id === caller.id && !hasEnded(job) && receipt?.message === record.message) {
    await records.add({ ...record, job: job.id });
    await runtime.acknowledged(job.id, receiptFor(record));
  }
}

export function isEphemeral({ message }: ButtonInteraction): boolean {
  return ((message.flags ?? 0) & MessageFlags.Ephemeral) !== 0;
}

/** What a press has done stands, whether or not Discord shows it. */
async function tolerate({ logger }: DiscordContext, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    logger.warn({ reason: readFailure(error).words }, "what a button did could not be shown");
  }
}
