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
  /** Unique within the message. */
  id: string;
  style: MessageAction["style"];
  /** Shows its label and does nothing. Default false. */
  disabled?: boolean;
}

/** A button that opens an address. */
export interface LinkButton {
  kind: "link";
  label: string;
  url: string;
}

export type ChatButton = PressButton | LinkButton;

/** What buttons a platform allows below one message. */
export interface ButtonLimits extends LinkOptions {
  /** The longest id in bytes; at least 48. */
  buttonIdBytes: number;
  /** The longest label in UTF-16 units. */
  buttonLabelCharacters: number;
  /** The most buttons of a message. Default: any number. */
  buttonsPerMessage?: number;
}

/** The buttons below a message in addition to those of core. */
export interface ButtonOptions {
  /** The language of labels that do not come with the message. */
  locale: Locale;
  /** The platform's limits. */
  limits: ButtonLimits;
  /** The delivery's marker, by which the message can be found again. Default none. */
  marker?: string;
  /** The adapter's own buttons. Default none. */
  buttons?: readonly ({ label: string; style?: MessageAction["style"] } & Omit<ButtonId, "marker">)[];
  /** Buttons that open an address, e.g. that of the request. Default none. */
  links?: readonly { label: string; url: string }[];
}

/**
 * A message's buttons, most important first: core's actions, the adapter's, addresses, the originals of media. `kept`
 * must be stored before they are shown. If there is a marker, at least one button carries it.
 */
export function messageButtons(
  { actions = [] }: Pick<Message, "actions">,
  media: readonly Attached[],
  { locale, limits, marker, buttons = [], links = [] }: ButtonOptions,
): { buttons: ChatButton[]; kept: KeptButton[] } {
  const kept = new Map<string, KeptButton>();
  const label = (text: string) => shorten(text, limits.buttonLabelCharacters);
  const press = (text: string, about: Omit<ButtonId, "marker">, style: MessageAction["style"]): PressButton => {
    const written = writeButtonId({ ...about, marker }, limits.buttonIdBytes);
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

/** Buttons in rows of `buttonsPerRow`. */
export function buttonRows<Button>(buttons: readonly Button[], buttonsPerRow: number): Button[][] {
  return Array.from({ length: Math.ceil(buttons.length / buttonsPerRow) }, (_, row) =>
    buttons.slice(row * buttonsPerRow, (row + 1) * buttonsPerRow),
  );
}
