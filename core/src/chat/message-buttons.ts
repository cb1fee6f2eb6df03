import type { Locale } from "../ground/locale.ts";
import { say } from "../messages/sentence.ts";
import type { Message, MessageAction } from "../surface/message.ts";
import { type Attached, type LinkOptions, reachableLink } from "./attached-files.ts";
import { actionId, type ButtonId, type KeptButton, writeButtonId } from "./button-id.ts";
import { shorten } from "./shorten.ts";

/** A button that comes back to us. */
export interface PressButton {
  kind: "press";
  label: string;
  /** No other button of the message has it. */
  id: string;
  style: MessageAction["style"];
  /** Says something and does nothing. Default false. */
  disabled?: boolean;
}

/** A button that leads somewhere. */
export interface LinkButton {
  kind: "link";
  label: string;
  url: string;
}

export type ChatButton = PressButton | LinkButton;

/** What a platform takes below one message. */
export interface ButtonLimits extends LinkOptions {
  /** The longest id in bytes; at least 48. */
  buttonIdBytes: number;
  /** The longest label in UTF-16 units. */
  buttonLabelCharacters: number;
  /** The most buttons of a message. Default: any number. */
  buttonsPerMessage?: number;
}

/** What can be pressed below a message besides what core offers. */
export interface ButtonOptions {
  /** The language of labels that are not the message's own. */
  locale: Locale;
  /** The platform's numbers. */
  limits: ButtonLimits;
  /** Of the delivery, so that the message can be found again. Default none. */
  marker?: string;
  /** Buttons of the adapter. Default none. */
  buttons?: readonly ({ label: string; style?: MessageAction["style"] } & Omit<ButtonId, "marker">)[];
  /** Buttons that lead somewhere, e.g. back to the request. Default none. */
  links?: readonly { label: string; url: string }[];
}

/**
 * A message's buttons, most wanted first: core's actions, the adapter's, addresses, the originals of media. `kept` is to be
 * kept before they are shown. With a marker there is at least one button that carries it.
 */
export function messageButtons(
  { actions = [] }: Pick<Message, "actions">,
  media: readonly Attached[],
  { locale, limits, marker, buttons = [], links = [] }: ButtonOptions,
): { buttons: ChatButton[]; kept: KeptButton[] } {
  const kept = new Map<string, KeptButton>();
  const label = (text: string) => shorten(text, limits.buttonLabelCharacters);
  const press = (text: string, about: Omit<ButtonId, "marker">, style: MessageAction["style"]): PressButton => {
    const written = writeButtonId({ ...about, ...(marker === undefined ? {} : { marker }) }, limits.buttonIdBytes);
    if (written.kept !== undefined) {
      kept.set(written.id, written.kept);
    }
    return { kind: "press", label: label(text), id: written.id, style };
  };
  const link = (text: string, url: string): LinkButton => ({ kind: "link", label: label(text), url });
  const own = [
    ...actions.map((action) => press(action.label, actionId(action), action.style)),
    ...buttons.map(({ label: text, style = "primary", ...about }) => press(text, about, style)),
  ];
  const markers: PressButton[] =
    marker === undefined || own.length > 0
      ? []
      : [
          {
            ...press(say({ key: "chat.delivered" }, locale), { action: "delivered", subject: "" }, "plain"),
            disabled: true,
          },
        ];
  const originals = media.flatMap(({ medium }) => {
    const address = reachableLink(medium, limits);
    const text = say({ key: "chat.open-original", values: { name: medium.name } }, locale);
    return address === undefined ? [] : [link(text, address.url)];
  });
  const ids = new Set<string>();
  const isFirst = ({ id }: PressButton) => !ids.has(id) && ids.add(id) !== undefined;
  const shown = [
    ...[...own, ...markers].filter(isFirst),
    ...links.map(({ label: text, url }) => link(text, url)),
    ...originals,
  ].slice(0, limits.buttonsPerMessage);
  const shownIds = new Set(shown.map((button) => (button.kind === "press" ? button.id : "")));
  return { buttons: shown, kept: [...kept].flatMap(([id, one]) => (shownIds.has(id) ? [one] : [])) };
}

/** Buttons in rows of so many. */
export function buttonRows<Button>(buttons: readonly Button[], buttonsPerRow: number): Button[][] {
  return Array.from({ length: Math.ceil(buttons.length / buttonsPerRow) }, (_, row) =>
    buttons.slice(row * buttonsPerRow, (row + 1) * buttonsPerRow),
  );
}
