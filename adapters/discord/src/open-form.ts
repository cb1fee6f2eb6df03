import { type Caller, say } from "@toolcast/core";
import { formKey, writeButtonId } from "@toolcast/core/chat";
import { InteractionResponseType } from "discord.js";
import { respond } from "./acknowledge.ts";
import type { DiscordCommand } from "./commands.ts";
import { commandOf, type DiscordContext } from "./context.ts";
import type { StoredForm } from "./forms.ts";
import type { ButtonInteraction, CommandInteraction, FormInteraction } from "./interaction.ts";
import { discordLimits } from "./limits.ts";
import { formFor, readForm } from "./modal.ts";
import type { GivenInput } from "./options.ts";
import { callerOf } from "./place.ts";
import { refuse, takeRequest } from "./requests.ts";
import { speak } from "./sentences.ts";

const fillAction = "fill";

/**
 * Opens a form, as the first answer: Discord allows it at no other time. What is known goes along under the
 * interaction's id; a tool without anything to fill is carried out instead.
 */
export async function openForm(
  context: DiscordContext,
  interaction: CommandInteraction | ButtonInteraction,
  command: DiscordCommand,
  { caller, given }: { caller: Caller; given: GivenInput },
): Promise<void> {
  const { id: customId } = writeButtonId({ action: fillAction, subject: interaction.id }, discordLimits.buttonIdBytes);
  const data = formFor(command, given, { customId, locale: caller.locale });
  if (data === null) {
    await takeRequest(context, interaction, command, given);
    return;
  }
  const opened = respond(context, interaction, { type: InteractionResponseType.Modal, data });
  await context.forms.write(interaction.id, {
    command: command.tool.command,
    input: given.input,
    files: given.files,
    private: given.private,
    owner: caller.id,
  });
  await opened;
}

/** Takes a filled form for the request it is, on top of what was known when it was opened. */
export async function takeForm(context: DiscordContext, interaction: FormInteraction, subject: string): Promise<void> {
  const form = await context.forms.read(subject);
  const command = form === null ? undefined : commandOf(context, form.command);
  const caller = callerOf(interaction, { ephemeral: true });
  if (caller === null) {
    return;
  }
  if (form === null || command === undefined || form.owner !== caller.id) {
    await refuse(context, interaction, speak("formGone", caller.locale), { caller });
    return;
  }
  const filled = readForm(interaction.data);
  const fields = new Set([...command.options.values()].flatMap((use) => (use.use === "private" ? [] : [use.field])));
  const isFilled = (field: string) => filled.filled.includes(field);
  const kept = Object.entries(form.input).filter(([field]) => !isFilled(field));
  const input = Object.fromEntries([...kept, ...Object.entries(filled.input)].filter(([field]) => fields.has(field)));
  const files = [...form.files.filter(({ field }) => !isFilled(field)), ...filled.files];
  await takeRequest(context, interaction, command, { input, files, private: form.private });
}

/** Opens the form behind a button: made anew from its job where it has one, else as it was kept. */
export async function openButtonForm(
  context: DiscordContext,
  interaction: ButtonInteraction,
  { caller, form }: { caller: Caller; form: StoredForm | null },
): Promise<void> {
  const command = form === null ? undefined : commandOf(context, form.command);
  if (form === null || command === undefined) {
    await refuse(context, interaction, speak("buttonGone", caller.locale), { caller });
    return;
  }
  if (form.owner !== caller.id) {
    await refuse(context, interaction, say({ key: "action.not-yours" }, caller.locale), { caller });
    return;
  }
  const { input, files, private: isPrivate } = form;
  await openForm(context, interaction, command, { caller, given: { input, files, private: isPrivate } });
}

/** The form that a message's button names as `<subject>.<key>`; null when there is none any more. */
export async function formBehind(
  context: DiscordContext,
  caller: Caller,
  named: string,
  isPrivate: boolean,
): Promise<StoredForm | null> {
  const { runtime, forms } = context;
  const dot = named.lastIndexOf(".");
  const [subject, key] = [named.slice(0, dot), named.slice(dot + 1)];
  const job = await runtime.job(subject, caller);
  if (job === null) {
    return forms.read(`${caller.id}/${named}`);
  }
  const { actions = [] } = await runtime.jobMessage(job, caller);
  const action = actions.find(({ form }) => form !== undefined && formKey(form) === key);
  return action?.form === undefined
    ? null
    : { command: action.form.command, input: action.form.input, files: [], private: isPrivate, owner: caller.id };
}

export function isFormOf(action: string): boolean {
  return action === fillAction;
}
