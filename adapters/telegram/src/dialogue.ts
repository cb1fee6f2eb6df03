import type { TelegramInlineKeyboardMarkup } from "@gramio/types";
import type { Caller, Message, Tool } from "@toolcast/core";
import {
  type ButtonId,
  buttonRows,
  type FormToOpen,
  formFields,
  nextField,
  readButtonId,
  type StoredForm,
  shorten,
  writeButtonId,
} from "@toolcast/core/chat";
import { describeTool } from "@toolcast/core/surface";
import { z } from "zod";
import type { TelegramContext } from "./context.ts";
import { inert } from "./formatted-text.ts";
import { questionLimits, telegramLimits } from "./limits.ts";
import type { Address } from "./place.ts";
import { buttonedSchema, retireButtons } from "./retire-buttons.ts";
import { sentences } from "./sentences.ts";
import { placeOfSend, withoutPreview } from "./show.ts";
import type { InboundMessage } from "./update.ts";

/** A question is kept track of for as long as the kit waits for its answer. */
const askedMs = 24 * 60 * 60_000;

/** Buttons of a dialogue. Their subject is a form's id, then the numbers of an input and a choice. */
export const dialogueActions = { pick: "pick", change: "change", go: "go", stop: "stop" } as const;

type FilledForm = Pick<FormToOpen, "id" | "tool" | "given">;

function button(label: string, id: Omit<ButtonId, "marker">) {
  return {
    text: shorten(label, telegramLimits.buttonLabelCharacters),
    callback_data: writeButtonId(id, telegramLimits.buttonIdBytes).id,
  };
}

/**
 * Asks for one input of a form: with buttons when it has choices, otherwise for text or a file. When nothing is missing
 * it shows what can be changed. The kit records that this person's next answer there belongs to that form.
 */
export async function ask(
  context: TelegramContext,
  caller: Caller,
  { id, tool, given }: FilledForm,
  next = nextField(tool, given),
): Promise<void> {
  const address = caller.place.address as Address;
  const { locale } = caller;
  const names = Object.keys(tool.input);
  const stop = button(sentences.stop[locale], { action: dialogueActions.stop, subject: id });
  const { among } = given;
  const input = next === null ? given.input : without(given.input, next);
  const values = { input, files: filesBut(given, next), among };
  const fields = formFields(tool, values, { locale, ...questionLimits });
  const field = fields.find(({ name }) => name === next);
  if (field === undefined) {
    const changes = describeTool(tool, locale)
      .fields.filter(({ role }) => role !== "quote")
      .slice(0, telegramLimits.buttonsPerMessage - 2);
    const rows = buttonRows(
      changes.map(({ name, title }) =>
        button(title, { action: dialogueActions.change, subject: `${id}.${names.indexOf(name)}` }),
      ),
      telegramLimits.buttonsPerRow,
    );
    const go = button(sentences.go[locale], { action: dialogueActions.go, subject: id });
    await send(context, id, address, `${tool.title[locale]}\n\n${sentences.overview[locale]}`, {
      inline_keyboard: [...rows, [go, stop]],
    });
    return;
  }
  const { control } = field;
  const question = `${field.title}\n${field.summary}`;
  if (control.kind === "choice") {
    const picks = control.choices.map(({ title }, index) =>
      button(title, { action: dialogueActions.pick, subject: `${id}.${names.indexOf(field.name)}.${index}` }),
    );
    await send(context, id, address, question, {
      inline_keyboard: [...buttonRows(picks, telegramLimits.buttonsPerRow), [stop]],
    });
    return;
  }
  await (address.isPrivate
    ? send(context, id, address, `${question}\n\n${sentences.askedToWrite[locale]}`, { inline_keyboard: [[stop]] })
    : send(context, id, address, `${question}\n\n${sentences.askedToAnswer[locale]}`, {
        force_reply: true,
        selective: true,
        input_field_placeholder: shorten(field.title, telegramLimits.placeholderCharacters),
      }));
}

/** A press in a dialogue: the form it belongs to, and the input and value it names. */
export interface DialoguePress {
  action: keyof typeof dialogueActions;
  form: string;
  field?: string;
  value?: string;
}

/** The input and value that a dialogue's button names in a form of this tool. */
export function readDialoguePress(
  data: string,
  { tool, among }: { tool: Tool | undefined } & Pick<StoredForm, "among">,
): DialoguePress | null {
  const press = readButtonId(data);
  const action = press?.action as keyof typeof dialogueActions;
  if (press === null || !Object.hasOwn(dialogueActions, action)) {
    return null;
  }
  const [form = "", fieldNumber, choice] = press.subject.split(".");
  const field = tool === undefined ? undefined : Object.keys(tool.input)[Number(fieldNumber)];
  if (tool === undefined || field === undefined) {
    return { action, form };
  }
  const control = formFields(tool, { input: {}, files: [], among }, { locale: "en", ...questionLimits }).find(
    ({ name }) => name === field,
  )?.control;
  const value = control?.kind === "choice" ? control.choices[Number(choice)]?.value : undefined;
  return { action, form, field, value };
}

export function formOf(form: StoredForm, tool: Tool, id: string): FilledForm {
  return { id, tool, given: form };
}

/** Sends a question; the buttons of the form's earlier one can then no longer act. */
async function send(
  context: TelegramContext,
  form: string,
  { chat, thread, request }: Address,
  text: string,
  reply_markup: TelegramInlineKeyboardMarkup | { force_reply: true; selective: true; input_field_placeholder: string },
): Promise<void> {
  const { message_id: message } = await context.chats.request(chat, "answer", (chat_id) =>
    context.api.call("sendMessage", {
      ...{ chat_id, text: inert(text), reply_markup },
      ...withoutPreview,
      ...placeOfSend({ chat, thread, replyTo: request }),
    }),
  );
  await retireQuestion(context, form);
  const keyboard = "inline_keyboard" in reply_markup ? reply_markup.inline_keyboard : [];
  await context.questions.set(form, { chat, thread, message, keyboard }, askedMs);
}

const questionSchema = buttonedSchema.extend({ thread: z.number().optional() });

/** The last question of a form; null if it was answered or is unknown. */
export async function questionOf(
  { questions }: TelegramContext,
  form: string,
): Promise<z.infer<typeof questionSchema> | null> {
  return questionSchema.safeParse(await questions.get(form)).data ?? null;
}

/** Whether a message of ours that somebody replies to is a form's last question. */
export async function isAnswer(
  context: TelegramContext,
  form: string,
  replied: Pick<InboundMessage, "message_id"> | null | undefined,
): Promise<boolean> {
  const question = await questionOf(context, form);
  return question !== null && question.message === replied?.message_id;
}

/** Disables the buttons of a form's last question, in the background. */
export async function retireQuestion(context: TelegramContext, form: string): Promise<void> {
  const asked = await questionOf(context, form);
  if (asked !== null) {
    await context.questions.delete(form);
    if (asked.keyboard.length > 0) {
      void retireButtons(context, asked);
    }
  }
}

function without(input: FilledForm["given"]["input"], field: string): FilledForm["given"]["input"] {
  return Object.fromEntries(Object.entries(input).filter(([name]) => name !== field));
}

function filesBut({ files }: FilledForm["given"], field: string | null): string[] {
  return files.map((file) => file.field).filter((name) => name !== field);
}

/** Ends a dialogue without a request. */
export function stoppedMessage({ locale }: Caller): Message {
  return { tone: "info", title: sentences.stopped[locale], private: true };
}
