import type { TelegramInlineKeyboardButton } from "@gramio/types";
import { sleep } from "@toolcast/core/engine";
import { z } from "zod";
import { readFailure, refusalText } from "./api-failure.ts";
import type { TelegramContext } from "./context.ts";
import type { InboundPress, MessageContent } from "./update.ts";

/** A message of ours and its inline buttons, as they are stored and as Telegram returns them. */
export const buttonedSchema = z.object({
  chat: z.number(),
  message: z.number(),
  keyboard: z.array(z.array(z.looseObject({ text: z.string(), callback_data: z.string().optional() }))),
});
export type Buttoned = z.infer<typeof buttonedSchema>;

const keyboardSchema = z.object({ inline_keyboard: buttonedSchema.shape.keyboard });

/** The ids of the buttons below a message of ours. */
export function buttonIdsOf({ reply_markup: markup }: Pick<MessageContent, "reply_markup">): string[] {
  const { inline_keyboard: rows = [] } = keyboardSchema.safeParse(markup).data ?? {};
  return rows.flat().flatMap(({ callback_data: id }) => (id === undefined ? [] : [id]));
}

/** Short of room, so often and after so long it is tried again, in milliseconds; then the buttons stay. */
const again = { tries: 5, afterMs: 3_000 };

/**
 * Shows buttons disabled that can no longer act: all of a message, or those that `isGone` names. A server before Bot
 * API 10.3 cannot, so there they are removed. Takes only room that no result needs; never rejects.
 */
export async function retireButtons(
  context: TelegramContext,
  { chat, message, keyboard }: Buttoned,
  isGone: (data: string) => boolean = () => true,
): Promise<void> {
  const gone = ({ callback_data: data }: { callback_data?: string | undefined }) => data !== undefined && isGone(data);
  const disabled = keyboard.map((row) =>
    row.map((button) => (gone(button) ? { text: button.text, disabled: {} } : button)),
  );
  const left = keyboard.map((row) => row.filter((button) => !gone(button))).filter((row) => row.length > 0);
  try {
    await editKeyboard(context, chat, message, disabled).catch((error) => {
      if (!/button/i.test(refusalText(error))) {
        throw error;
      }
      return editKeyboard(context, chat, message, left);
    });
  } catch (error) {
    context.logger.debug({ reason: readFailure(error).detail }, "buttons that can no longer act stay as they are");
  }
}

async function editKeyboard(
  { api, chats, clock }: TelegramContext,
  chat: number,
  message_id: number,
  inline_keyboard: object[][],
): Promise<void> {
  const reply_markup = { inline_keyboard: inline_keyboard as TelegramInlineKeyboardButton[][] };
  for (let tries = 1; ; tries += 1) {
    try {
      await chats.request(chat, "progress", (chat_id) =>
        api.call("editMessageReplyMarkup", { chat_id, message_id, reply_markup }),
      );
      return;
    } catch (error) {
      if (readFailure(error).kind !== "limited" || tries >= again.tries) {
        throw error;
      }
    }
    await sleep(clock, again.afterMs);
  }
}

/** Disables the buttons of the message that was pressed, or those that `isGone` names, in the background. */
export function retirePressed(
  context: TelegramContext,
  { message }: InboundPress,
  isGone?: (data: string) => boolean,
): void {
  const { inline_keyboard: keyboard } = (message?.reply_markup ?? {}) as { inline_keyboard?: unknown };
  const shown = buttonedSchema.safeParse({ chat: message?.chat.id, message: message?.message_id, keyboard });
  if (shown.success && shown.data.message > 0) {
    void retireButtons(context, shown.data, isGone);
  }
}
