import { isObject, type JsonObject } from "../json.ts";
import { badRequest } from "./api-error.ts";
import { telegramLimits } from "./limits.ts";

/** The fields that determine an inline button's type, in the order in which the server checks them. */
const actions = [
  "url",
  "callback_data",
  "callback_game",
  "pay",
  "switch_inline_query",
  "switch_inline_query_chosen_chat",
  "switch_inline_query_current_chat",
  "login_url",
  "web_app",
  "copy_text",
  "disabled",
];

function checkedUrl(url: string): string {
  const whole = /^[a-z][a-z0-9+.-]*:/i.test(url) ? url : `http://${url}`;
  const scheme = /^(https?|tg|ton|tonsite):/i.test(whole);
  const host = URL.canParse(whole) ? new URL(whole).hostname : "";
  if (/^https?:/i.test(whole) && !host.includes(".")) {
    throw badRequest(`inline keyboard button URL '${url}' is invalid: Wrong HTTP URL`);
  }
  if (!scheme || !URL.canParse(whole)) {
    throw badRequest(`inline keyboard button URL '${url}' is invalid: Unsupported URL protocol`);
  }
  return whole;
}

function inlineButton(value: unknown, inPrivate: boolean): JsonObject {
  const refuse = (reason: string) => badRequest(`can't parse inline keyboard button: ${reason}`);
  if (!isObject(value)) {
    throw refuse("InlineKeyboardButton must be an Object");
  }
  if (typeof value.text !== "string") {
    throw refuse(`Can't find field "text"`);
  }
  if (value.text.trim() === "") {
    throw badRequest("inline keyboard button text must be non-empty");
  }
  const action = actions.find((name) => value[name] !== undefined && (name !== "callback_data" || value[name] !== ""));
  if (action === undefined) {
    throw refuse("Text buttons are unallowed in the inline keyboard");
  }
  const style = value.style === undefined ? {} : { style: value.style };
  const button: JsonObject = { text: value.text, ...style };
  if (value.style !== undefined && !["danger", "success", "primary"].includes(String(value.style))) {
    throw refuse("Invalid button style specified");
  }
  switch (action) {
    case "url":
      return { ...button, url: checkedUrl(String(value.url)) };
    case "callback_data": {
      if (Buffer.byteLength(String(value.callback_data)) > telegramLimits.callbackDataBytes) {
        throw badRequest("BUTTON_DATA_INVALID");
      }
      return { ...button, callback_data: String(value.callback_data) };
    }
    case "web_app": {
      if (!inPrivate) {
        throw badRequest("BUTTON_TYPE_INVALID");
      }
      return { ...button, web_app: value.web_app };
    }
    case "copy_text": {
      const text = isObject(value.copy_text) ? String(value.copy_text.text ?? "") : "";
      if (text === "" || text.length > telegramLimits.copyTextUnits) {
        throw badRequest("BUTTON_COPY_TEXT_INVALID");
      }
      return { ...button, copy_text: { text } };
    }
    default:
      return { ...button, [action]: value[action] };
  }
}

function rowsOf(value: unknown, what: string): unknown[][] {
  if (!Array.isArray(value)) {
    throw badRequest(`field "${what}" must be of type Array`);
  }
  return value.map((row) => {
    if (!Array.isArray(row)) {
      throw badRequest(
        `field "${what}" ${what === "keyboard" ? "" : "of the InlineKeyboardMarkup "}must be an Array of Arrays`,
      );
    }
    return row as unknown[];
  });
}

/** Empty rows are removed, and a keyboard without buttons too. */
function laidOut(rows: JsonObject[][]): JsonObject[][] {
  const shown = rows.filter((row) => row.length > 0);
  const tooMany =
    shown.flat().length > telegramLimits.keyboardButtons ||
    shown.some((row) => row.length > telegramLimits.keyboardButtonsInRow);
  if (tooMany) {
    throw badRequest("reply markup is too long");
  }
  return shown;
}

export interface KeyboardPlace {
  readonly inPrivate: boolean;
  /** Edits, inline messages and channels accept only inline keyboards. */
  readonly inlineOnly: boolean;
}

/** A `reply_markup` as it is stored; null if nothing of it remains. */
export function readReplyMarkup(value: JsonObject | null, { inPrivate, inlineOnly }: KeyboardPlace): JsonObject | null {
  if (value === null) {
    return null;
  }
  if (value.inline_keyboard !== undefined) {
    const rows = rowsOf(value.inline_keyboard, "inline_keyboard");
    const keyboard = laidOut(rows.map((row) => row.map((button) => inlineButton(button, inPrivate))));
    return keyboard.length === 0 ? null : { inline_keyboard: keyboard };
  }
  const placeholder = value.input_field_placeholder;
  if (typeof placeholder === "string" && placeholder.length > telegramLimits.placeholderUnits) {
    throw badRequest("REPLY_MARKUP_PLACEHOLDER_INVALID");
  }
  const other = value.keyboard !== undefined || value.remove_keyboard === true || value.force_reply === true;
  if (other && inlineOnly) {
    throw badRequest("inline keyboard expected");
  }
  if (value.keyboard !== undefined) {
    const buttons = rowsOf(value.keyboard, "keyboard").map((row) =>
      row.map((button): JsonObject => {
        const made = typeof button === "string" ? { text: button } : button;
        if (!isObject(made) || typeof made.text !== "string" || made.text === "") {
          throw badRequest("can't parse keyboard button: KeyboardButton must be a String or an Object");
        }
        return made;
      }),
    );
    return { ...value, keyboard: laidOut(buttons) };
  }
  return other ? value : null;
}
