import { type Caller, type Message, parseInput, type Reply, say, sleep, UsageError } from "@toolcast/core";
import { fileLimits, fileProblem } from "@toolcast/core/chat";
import { InteractionResponseType, MessageFlags } from "discord.js";
import { deferral, respond } from "./acknowledge.ts";
import type { DiscordCommand } from "./commands.ts";
import { compose } from "./compose.ts";
import { commandOf, type DiscordContext } from "./context.ts";
import { canBeCorrected, fillAnswer, fitted, receiptFor } from "./first-answer.ts";
import { keptFormId, type StoredForm } from "./forms.ts";
import type { Interaction } from "./interaction.ts";
import type { GivenInput } from "./options.ts";
import { type Address, callerOf } from "./place.ts";
import { receiveFile } from "./receive-files.ts";
import type { InteractionRecord, PendingRequest } from "./records.ts";
import { readFailure } from "./rest-failure.ts";
import { speak } from "./sentences.ts";

/**
 * Takes a whole request: what is wrong with it at first sight is said at once to its sender alone; otherwise it is
 * written down, acknowledged and carried out. Returns when its answer shows how it stands.
 */
export async function takeRequest(
  context: DiscordContext,
  interaction: Interaction,
  command: DiscordCommand,
  given: GivenInput,
): Promise<void> {
  const { records, clock } = context;
  const caller = callerOf(interaction, { ephemeral: given.private });
  if (caller === null) {
    return;
  }
  const problem = firstProblem(command, given, caller);
  if (problem !== null) {
    await refuse(context, interaction, problem, { caller, form: formOf(command, given, caller) });
    return;
  }
  const address = caller.place.address as Address;
  const record: InteractionRecord = {
    id: interaction.id,
    application: interaction.application_id,
    token: interaction.token,
    at: clock.now(),
    channel: address.channel,
    ephemeral: given.private,
    reachable: address.reachable,
    caller: caller.id,
    pending: {
      command: command.tool.command,
      input: given.input,
      files: given.files,
      caller: JSON.parse(JSON.stringify(caller)),
    },
  };
  // Before Discord hears of it: a process that dies in between leaves no answer "thinking" that nobody knows of.
  await records.add(record);
  const message = await acknowledge(context, record);
  if (message !== undefined) {
    await context.turnstile.work(() => carryOut(context, message === null ? record : { ...record, message }));
  }
}

/** Between looks whether "thinking" is shown, while Discord cannot be asked. */
const lookAfterMs = { first: 1_000, longest: 30_000 };

/** Shows "thinking"; gives its message's id, null when Discord did not tell, undefined when nothing is shown. */
async function acknowledge(context: DiscordContext, record: InteractionRecord): Promise<string | null | undefined> {
  const answer = await respond(context, record, deferral(record.ephemeral));
  if (answer.shown) {
    return answer.message;
  }
  for (let waitMs = lookAfterMs.first; answer.unclear; waitMs = Math.min(waitMs * 2, lookAfterMs.longest)) {
    try {
      return (await context.outbox.send({}, () => context.api.getOriginal(record))).id;
    } catch (error) {
      if (readFailure(error).kind === "refused") {
        break;
      }
    }
    await sleep(context.clock, waitMs);
    if (!context.records.isAlive(record)) {
      // Left on record for the next process.
      return undefined;
    }
  }
  await context.records.remove(record.id);
  return undefined;
}

/** Carries out a request whose answer is "thinking". The same request again is the same: its key is the interaction's id. */
export async function carryOut(context: DiscordContext, record: InteractionRecord): Promise<void> {
  const { pending } = record;
  if (pending === undefined) {
    return;
  }
  const stored = pending.caller as unknown as Caller;
  const place = {
    ...stored.place,
    address: { ...(stored.place.address as Address), ...(record.message ? { original: record.message } : {}) },
  };
  const caller: Caller = { ...stored, place };
  try {
    const reply = await callTool(context, { id: record.id, pending }, caller);
    await answerRequest(context, record, caller, reply);
  } catch (error) {
    const message: Message = { tone: "error", title: speak("internal", caller.locale), private: record.ephemeral };
    await fillAnswer(context, record.id, { message, options: { locale: caller.locale } });
    throw error;
  }
}

/** Shows what core said to a request, and lets core know where. */
async function answerRequest(
  context: DiscordContext,
  record: InteractionRecord,
  caller: Caller,
  reply: Reply,
): Promise<void> {
  const { runtime, forms } = context;
  if (reply.type === "job") {
    // First of all, so that a result that comes at once is shown in this answer and nowhere else.
    await runtime.acknowledged(reply.job.id, receiptFor(record));
  }
  const buttons = [];
  const form = record.pending === undefined ? null : { ...record.pending, private: record.ephemeral, owner: caller.id };
  if (form !== null && canBeCorrected(reply)) {
    await forms.write(record.id, form);
    buttons.push(correctButton(record.id, caller));
  }
  await keepForms(context, reply.message, caller, record.ephemeral);
  await fillAnswer(context, record.id, {
    message: await fitted(context, reply.message, caller),
    ...(reply.type === "job" ? { job: reply.job.id } : {}),
    options: { locale: caller.locale, buttons },
  });
}

/** What core says to a request that was taken; files are copied first, as their addresses expire. */
async function callTool(
  context: DiscordContext,
  { id, pending }: { id: string; pending: PendingRequest },
  caller: Caller,
): Promise<Reply> {
  const input = { ...pending.input };
  const command = commandOf(context, pending.command);
  try {
    for (const { field, file } of pending.files) {
      const maxBytes = command === undefined ? undefined : fileLimits(command.tool, field)?.maxBytes;
      input[field] = await receiveFile(context, { file, field, owner: caller.id, ...(maxBytes ? { maxBytes } : {}) });
    }
  } catch (error) {
    if (error instanceof UsageError) {
      return { type: "refused", failure: error.failure, message: refusal(say(error.failure.sentence, caller.locale)) };
    }
    throw error;
  }
  return context.runtime.call({ tool: pending.command, input, caller, key: id });
}

/** Form buttons of answers that are about no job cannot be made anew from one: what they hold is kept. */
export async function keepForms(
  { forms }: Pick<DiscordContext, "forms">,
  message: Message,
  caller: Caller,
  isPrivate: boolean,
): Promise<void> {
  for (const { form, subject } of message.actions ?? []) {
    if (form !== undefined && subject !== message.jobId) {
      await forms.write(keptFormId(caller.id, subject, form), {
        command: form.command,
        input: form.input,
        files: [],
        private: isPrivate,
        owner: caller.id,
      });
    }
  }
}

/** An answer to the asker alone that something is wrong, with a way to mend it. Nothing was done. */
export async function refuse(
  context: DiscordContext,
  interaction: Interaction,
  sentence: string,
  about: { caller: Caller; form?: StoredForm },
): Promise<void> {
  const { caller, form } = about;
  if (form !== undefined) {
    await context.forms.write(interaction.id, form);
  }
  const { body } = await compose(context, refusal(sentence), {
    locale: caller.locale,
    buttons: form === undefined ? [] : [correctButton(interaction.id, caller)],
  });
  const { components = [], allowed_mentions = {} } = body;
  await respond(context, interaction, {
    type: InteractionResponseType.ChannelMessageWithSource,
    data: { flags: MessageFlags.IsComponentsV2 | MessageFlags.Ephemeral, components, allowed_mentions },
  });
}

function refusal(title: string): Message {
  return { tone: "warning", title, private: true };
}

function correctButton(formId: string, { locale }: Caller): { label: string; action: string; subject: string } {
  return { label: speak("correct", locale), action: correctAction, subject: formId };
}

export const correctAction = "correct";

/** What is wrong by the look of it; null when core should see it. Needs no waiting. */
function firstProblem(command: DiscordCommand, given: GivenInput, caller: Caller): string | null {
  const claims = given.files.map(({ field, file }) => ({
    ...{ field, name: file.filename, size: file.size, type: file.content_type },
  }));
  const problem = fileProblem(command.tool, claims);
  if (problem !== null) {
    return say(problem.sentence, caller.locale);
  }
  try {
    const files = Object.fromEntries(given.files.map(({ field, file }) => [field, file.id]));
    parseInput(command.tool, { ...given.input, ...files });
    return null;
  } catch (error) {
    if (error instanceof UsageError) {
      return say(error.failure.sentence, caller.locale);
    }
    throw error;
  }
}

function formOf(
  { tool }: DiscordCommand,
  { input, files, private: isPrivate }: GivenInput,
  caller: Caller,
): StoredForm {
  return { command: tool.command, input, files, private: isPrivate, owner: caller.id };
}
