import type { Caller, Message } from "@toolcast/core";
import { readButtonId } from "@toolcast/core/chat";
import type { TelegramContext } from "./context.ts";
import { ask, formOf, readDialoguePress, retireQuestion, stoppedMessage } from "./dialogue.ts";
import { refusedStart } from "./may-start.ts";
import { callerOf } from "./place.ts";
import { toolNamed } from "./request-input.ts";
import { retirePressed } from "./retire-buttons.ts";
import { sentences } from "./sentences.ts";
import { editMessage } from "./show.ts";
import { type Taking, waysOf } from "./taking.ts";
import { answerPress } from "./telegram-port.ts";
import type { InboundPress } from "./update.ts";

/** A press on a button of a dialogue. */
export async function takeDialoguePress(taking: Taking, caller: Caller, press: InboundPress): Promise<void> {
  const { context, take, tell, id } = taking;
  const { locale } = caller;
  const [formId = ""] = (readButtonId(press.data ?? "")?.subject ?? "").split(".");
  const form = await context.forms.read(formId);
  const tool = form === null ? undefined : toolNamed(context.runtime.tools, form.command);
  const said = readDialoguePress(press.data ?? "", { tool, among: form?.among });
  const isCurrent = (await context.forms.asked(caller)) === formId;
  if (form === null || tool === undefined || said === null || form.owner !== caller.id || !isCurrent) {
    const isTheirs = form !== null && form.owner !== caller.id;
    if (!isTheirs) {
      retirePressed(context, press);
    }
    return tell(() => answerPress(context, press.id, sentences[isTheirs ? "notYours" : "questionGone"][locale]));
  }
  const starts = tool.effect === "spends" && (said.action === "go" || said.action === "pick");
  if (starts && (await refusedStart(taking, caller, { press, form: formId })) !== null) {
    return;
  }
  await context.access.carryOrigin(formId, id);
  // Answers reply to the message that asked for the form, not to the question.
  const ways = waysOf(taking, caller, press);
  switch (said.action) {
    case "stop":
      await context.forms.ask(caller, null);
      return tell(() => replaceQuestion(context, press, stoppedMessage(caller)));
    case "change": {
      const { field: next } = said;
      if (next === undefined) {
        return tell(() => answerPress(context, press.id, sentences.questionGone[locale]));
      }
      await context.forms.write(formId, { ...form, next });
      return tell(() => askAgain(context, caller, press, { ...formOf(form, tool, formId), next }));
    }
    case "go":
      await context.forms.ask(caller, null);
      await Promise.all([tell(() => answerPress(context, press.id)), retireQuestion(context, formId)]);
      return take({ event: "form", id, caller, ways, form: formId, filled: [], input: {}, files: [] });
    case "pick":
      if (said.value === undefined || said.field !== form.next) {
        return tell(() => answerPress(context, press.id, sentences.questionGone[locale]));
      }
      await Promise.all([tell(() => answerPress(context, press.id)), retireQuestion(context, formId)]);
      return take({ event: "field", id, caller, ways, form: formId, value: { text: said.value } });
    default:
      return said.action satisfies never;
  }
}

async function replaceQuestion(context: TelegramContext, press: InboundPress, shown: Message): Promise<void> {
  const { message, from, id } = press;
  await answerPress(context, id);
  if (message) {
    const at = { chat: message.chat.id, message: message.message_id };
    const { locale } = callerOf("", from, message);
    await editMessage(context, at, shown, { locale, priority: "result", hasMedia: false });
  }
}

async function askAgain(
  context: TelegramContext,
  caller: Caller,
  press: InboundPress,
  { next, ...form }: ReturnType<typeof formOf> & { next: string },
): Promise<void> {
  await answerPress(context, press.id);
  await ask(context, caller, form, next);
}
