import type { Locale, Message, MessageAction } from "@toolcast/core";
import { type APIActionRowComponent, type APIButtonComponent, ButtonStyle, ComponentType } from "discord.js";
import { digest, writeCustomId } from "./custom-id.ts";
import { type Attached, linkOf } from "./layout-files.ts";
import type { LayoutOptions } from "./layout-options.ts";
import { discordLimits } from "./limits.ts";
import { shorten } from "./localisation.ts";
import { speak } from "./sentences.ts";

/** What can be pressed below a message: core's actions, this adapter's, and addresses. Every one with the marker, if any. */
export function buttonRows(
  message: Message,
  media: readonly Attached[],
  { locale, marker, links = [], buttons = [] }: LayoutOptions,
): APIActionRowComponent<APIButtonComponent>[] {
  const originals = media.flatMap(({ medium }) => {
    const link = linkOf(medium);
    return link === undefined ? [] : [linkButton(speak("openOriginal", locale, { name: medium.name }), link.url)];
  });
  const actions = (message.actions ?? []).flatMap((action) => {
    const id = writeCustomId({ ...actionId(action), ...(marker === undefined ? {} : { marker }) });
    return id === null ? [] : [button(action.label, id, styles[action.style])];
  });
  const own = buttons.map(({ label, customId }) => button(label, customId, ButtonStyle.Primary));
  const all = [
    ...actions,
    ...own,
    ...(marker !== undefined && actions.length === 0 ? [markerButton(marker, locale)] : []),
    ...links.map(({ label, url }) => linkButton(label, url)),
    ...originals,
  ];
  const unique = all.filter(
    (one, index) =>
      !("custom_id" in one) ||
      all.findIndex((other) => "custom_id" in other && other.custom_id === one.custom_id) === index,
  );
  const rows: APIActionRowComponent<APIButtonComponent>[] = [];
  for (
    let start = 0;
    start < Math.min(unique.length, 4 * discordLimits.buttonsPerRow);
    start += discordLimits.buttonsPerRow
  ) {
    rows.push({ type: ComponentType.ActionRow, components: unique.slice(start, start + discordLimits.buttonsPerRow) });
  }
  return rows;
}

const styles = {
  primary: ButtonStyle.Primary,
  plain: ButtonStyle.Secondary,
  danger: ButtonStyle.Danger,
} as const;

/** A form's button names the form it opens by what it holds, as one message may offer several. */
function actionId({ action, subject, form }: MessageAction): { action: string; subject: string } {
  return form === undefined ? { action, subject } : { action: formAction, subject: `${subject}.${formKey(form)}` };
}

export const formAction = "form";

/** Equal for equal forms. */
export function formKey(form: NonNullable<MessageAction["form"]>): string {
  return digest(JSON.stringify([form.command, form.input])).slice(0, 12);
}

type OwnButton = Extract<APIButtonComponent, { custom_id: string }>;

function button(label: string, customId: string, style: OwnButton["style"]): OwnButton {
  return {
    type: ComponentType.Button,
    style,
    label: shorten(label, discordLimits.buttonLabelCharacters),
    custom_id: customId,
  };
}

function linkButton(label: string, url: string): APIButtonComponent {
  return {
    type: ComponentType.Button,
    style: ButtonStyle.Link,
    label: shorten(label, discordLimits.buttonLabelCharacters),
    url,
  };
}

/** A message without buttons still says which delivery it is. */
function markerButton(marker: string, locale: Locale): OwnButton {
  const id = writeCustomId({ action: "delivered", subject: "", marker }) ?? "";
  return { ...button(speak("delivered", locale), id, ButtonStyle.Secondary), disabled: true };
}

/** Whether one of the message's buttons carries this marker. */
export function carriesMarker(components: unknown, marker: string): boolean {
  if (Array.isArray(components)) {
    return components.some((component) => carriesMarker(component, marker));
  }
  if (typeof components !== "object" || components === null) {
    return false;
  }
  const { custom_id: id, components: inner } = components as { custom_id?: unknown; components?: unknown };
  return (typeof id === "string" && id.endsWith(`:${marker}`)) || carriesMarker(inner, marker);
}
