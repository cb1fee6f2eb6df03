import type { TelegramMessageEntity } from "@gramio/types";

/** The entity of a link: a mention for `tg://user?id=`, none if it is not an address. */
export function linkEntity(url: string, span: { offset: number; length: number }): TelegramMessageEntity | null {
  const userId = /^tg:(?:\/\/)?user\?id=(\d+)$/i.exec(url)?.[1];
  if (userId !== undefined) {
    return { type: "text_mention", ...span, user: { id: Number(userId), is_bot: false, first_name: "" } };
  }
  const whole = /^[a-z][a-z0-9+.-]*:/i.test(url) ? url : `http://${url}`;
  if (!URL.canParse(whole) || !/^(https?|ftp|tg|ton|tonsite):/i.test(whole) || !/\.|^tg:|localhost/i.test(whole)) {
    return null;
  }
  return { type: "text_link", ...span, url: whole };
}
