import type { Caller } from "@toolcast/core";
import { type ButtonId, writeButtonId } from "@toolcast/core/chat";
import { say } from "@toolcast/core/surface";
import type { Applicant } from "./access.ts";
import { readFailure } from "./api-failure.ts";
import type { TelegramContext } from "./context.ts";
import { inert } from "./formatted-text.ts";
import { telegramLimits } from "./limits.ts";
import { type Address, userOf } from "./place.ts";
import { sendNear } from "./private-chat.ts";
import { retirePressed } from "./retire-buttons.ts";
import { sentences } from "./sentences.ts";
import { placeOfSend, withoutPreview } from "./show.ts";
import { answerPress } from "./telegram-port.ts";
import type { InboundPress } from "./update.ts";

/** Stored in messages: never renamed. The subject is a person's or a chat's id, or a page's number. */
const actions = ["ask-in", "let-in", "keep-out", "end-access", "access-page"] as const;
type AccessAction = (typeof actions)[number];
type AccessButton = ButtonId & { action: AccessAction };

export function askedForAccess(button: ButtonId): button is AccessButton {
  return (actions as readonly string[]).includes(button.action);
}

export function accessButton(text: string, action: AccessAction, subject: number) {
  const { id } = writeButtonId({ action, subject: String(subject) }, telegramLimits.buttonIdBytes);
  return { text, callback_data: id };
}

/**
 * Answers somebody without access who asked for work that may cost money: nothing was started, and they can apply for
 * access.
 */
export async function refuseStranger(
  context: TelegramContext,
  caller: Caller,
  chatTitle: string | null,
): Promise<void> {
  const { api, chats, access } = context;
  const { chat, isPrivate } = caller.place.address as Address;
  const { locale } = caller;
  const applicant = isPrivate ? userOf(caller.id) : chat;
  const name = isPrivate ? String(caller.name) : (chatTitle ?? String(chat));
  if ((await access.applicant(applicant)) === null) {
    await access.noteApplicant({ id: applicant, name, locale, questions: [] });
  }
  await sendNear(context, caller, ({ place }) => {
    const { chat, thread, request } = place.address as Address;
    return chats.request(chat, "answer", (chat_id) =>
      api.call("sendMessage", {
        ...{ chat_id, text: sentences.noAccess[locale] },
        ...placeOfSend({ chat, thread, replyTo: request }),
        reply_markup: { inline_keyboard: [[accessButton(sentences.askAccess[locale], "ask-in", applicant)]] },
      }),
    );
  });
}

export async function answerAccessPress(
  context: TelegramContext,
  caller: Caller,
  { action, subject }: AccessButton,
  press: InboundPress,
): Promise<void> {
  const applicant = Number(subject);
  if (action === "ask-in") {
    await passOn(context, caller, applicant, press);
  } else if (action !== "access-page" && context.access.isOperator(caller)) {
    await decide(context, caller, { applicant, action }, press);
  } else {
    await answerPress(context, press.id, sentences.operatorsOnly[caller.locale]);
  }
}

/** The operators are asked once, however often the button is pressed; again once nobody can answer who was asked. */
async function passOn(context: TelegramContext, caller: Caller, id: number, press: InboundPress): Promise<void> {
  const { access } = context;
  const { locale } = caller;
  const operators = await access.operators();
  const { name = String(caller.name), locale: spoken = locale, questions = [] } = (await access.applicant(id)) ?? {};
  const isAsked = questions.some(({ chat }) => operators.includes(chat));
  if (!isAsked && !(await access.askOnce(id, () => askOperators(context, { id, name, locale: spoken }, operators)))) {
    await answerPress(context, press.id, say(sentences.noOperator, locale, { id: String(id) }));
    return;
  }
  if (!isAsked) {
    retirePressed(context, press);
  }
  await answerPress(context, press.id, sentences.accessAsked[locale]);
}

/** False if none of them can be reached. Rejects if trying again may help. */
async function askOperators(
  { access, api, chats, logger }: TelegramContext,
  { id, name, locale }: Pick<Applicant, "id" | "name" | "locale">,
  operators: readonly number[],
): Promise<boolean> {
  await access.noteApplicant({ id, name, locale, questions: [] });
  const text = inert(say(sentences.accessWanted, "en", { name, id: String(id) }));
  const chinese = inert(say(sentences.accessWanted, "zh-CN", { name, id: String(id) }));
  const passing: unknown[] = [];
  let reached = 0;
  for (const operator of operators) {
    try {
      const { message_id: message } = await chats.request(operator, "result", (chat_id) =>
        api.call("sendMessage", {
          ...{ chat_id, text: `${text}\n${chinese}`, ...withoutPreview },
          reply_markup: {
            inline_keyboard: [
              [
                accessButton(`${sentences.letIn.en} · ${sentences.letIn["zh-CN"]}`, "let-in", id),
                accessButton(`${sentences.keepOut.en} · ${sentences.keepOut["zh-CN"]}`, "keep-out", id),
              ],
            ],
          },
        }),
      );
      reached += 1;
      await access.noteQuestion(id, { chat: operator, message });
    } catch (error) {
      const { kind, detail } = readFailure(error);
      passing.push(...(kind === "refused" ? [] : [error]));
      logger.warn({ reason: detail }, "an operator could not be asked");
    }
  }
  if (reached === 0 && passing.length > 0) {
    throw passing[0];
  }
  return reached > 0;
}

const decisions = {
  "let-in": { toOperators: sentences.wasLetIn, toApplicant: sentences.youAreIn },
  "keep-out": { toOperators: sentences.wasKeptOut, toApplicant: sentences.youStayOut },
  "end-access": { toOperators: sentences.accessEnded, toApplicant: sentences.yourAccessEnded },
} as const;
type Decision = keyof typeof decisions;

async function decide(
  { access, api, chats, outbox, logger }: TelegramContext,
  caller: Caller,
  { applicant: id, action }: { applicant: number; action: Decision },
  press: InboundPress,
): Promise<void> {
  await (action === "let-in" ? access.grant(id, caller.id) : access.revoke(id));
  const applicant = (await access.applicant(id)) ?? { id, name: String(id), locale: caller.locale, questions: [] };
  await access.noteApplicant({ ...applicant, questions: [] });
  const { toOperators: decision, toApplicant } = decisions[action];
  const said = say(decision, caller.locale, { name: applicant.name });
  // The language of the other operators is not known.
  const inBoth = `${say(decision, "en", { name: applicant.name })}\n${say(decision, "zh-CN", { name: applicant.name })}`;
  await answerPress({ api, outbox, logger }, press.id, said);
  const pressed = press.message ? { chat: press.message.chat.id, message: press.message.message_id } : undefined;
  const isPressed = (at: { chat: number; message: number }) =>
    at.chat === pressed?.chat && at.message === pressed.message;
  const others = (applicant.questions ?? []).filter((at) => !isPressed(at));
  // The question to every operator is settled, so none can be pressed any more.
  const work = [
    () =>
      chats.request(id, "result", (chat_id) =>
        api.call("sendMessage", { chat_id, text: toApplicant[applicant.locale] }),
      ),
    ...[...(pressed === undefined ? [] : [pressed]), ...others].map(
      ({ chat, message: message_id }) =>
        () =>
          chats.request(chat, "result", (chat_id) =>
            api.call("editMessageText", {
              chat_id,
              message_id,
              text: inert(isPressed({ chat, message: message_id }) ? said : inBoth),
            }),
          ),
    ),
  ];
  for (const tell of work) {
    try {
      await tell();
    } catch (error) {
      logger.info({ reason: readFailure(error).detail }, "a decision about access could not be delivered");
    }
  }
}
