import type { Locale, Message, MessageAction, MessageMedia, Tone } from "@toolcast/core";
import {
  type APIActionRowComponent,
  type APIButtonComponent,
  type APIComponentInContainer,
  type APIMessageTopLevelComponent,
  ButtonStyle,
  ComponentType,
} from "discord.js";
import { digest, writeCustomId } from "./custom-id.ts";
import { discordLimits, filesBytes } from "./limits.ts";
import { shorten } from "./localisation.ts";
import { codeSpan, cut, escapeText } from "./markdown.ts";
import { speak } from "./sentences.ts";

/** A file that goes with a message: a medium (or its smaller encode), or words too long for it. */
export type LayoutFile = { name: string; medium: MessageMedia } | { name: string; text: string };

/** A message in Discord's components, and the files they name. */
export interface Layout {
  components: APIMessageTopLevelComponent[];
  files: LayoutFile[];
}

export interface LayoutOptions {
  locale: Locale;
  /** Of the delivery, so that the message can be found again. */
  marker?: string;
  /** Whom the message names: a user's id. */
  mention?: string;
  /** Buttons that lead somewhere, e.g. back to the request. */
  links?: readonly { label: string; url: string }[];
  /** Further buttons of this adapter. */
  buttons?: readonly { label: string; customId: string }[];
  /** Shown below everything else. */
  note?: string;
  /** Shows no file: where Discord refused them. */
  withoutFiles?: boolean;
}

const colours: Record<Tone, number> = {
  info: 0x5865f2,
  progress: 0x949ba4,
  success: 0x23a55a,
  question: 0xf0b232,
  warning: 0xf0b232,
  error: 0xda373c,
};

const barLength = 12;
/** Longer titles are no headings. */
const headingCharacters = 200;

/** Translates a message; pure. Every foreign word is escaped, and nothing is longer than Discord takes. */
export function layoutMessage(message: Message, options: LayoutOptions): Layout {
  const { locale } = options;
  const media = attachable(message.media ?? [], options);
  const rows = buttonRows(message, media, options);
  const body: APIComponentInContainer[] = [
    ...texts(message, media, options),
    ...gallery(media),
    ...media.flatMap(({ medium, file }) =>
      file !== undefined && medium.kind === "audio" ? [fileComponent(file.name)] : [],
    ),
  ];
  const overflow = options.withoutFiles ? undefined : message.overflow;
  const words =
    overflow === undefined ? [] : [{ name: safeName(overflow.name, "txt", namesOf(media)), text: overflow.text }];
  body.push(...words.map(({ name }) => fileComponent(name)));
  return {
    components: [
      ...(options.mention === undefined
        ? []
        : [{ type: ComponentType.TextDisplay as const, content: `<@${options.mention}>` }]),
      { type: ComponentType.Container, accent_color: colours[message.tone], components: [...body, ...rows] },
    ],
    files: [...media.flatMap(({ file }) => (file === undefined ? [] : [file])), ...words],
  };

  function texts(
    { title, lines = [], fields = [], progress }: Message,
    shown: readonly Attached[],
    { note, mention }: LayoutOptions,
  ): APIComponentInContainer[] {
    const unsent = shown.flatMap(({ medium, file }) => (file === undefined ? [wordsFor(medium, locale)] : []));
    const heading = title.length <= headingCharacters && !title.includes("\n") && title.trim() !== "";
    const parts = [
      { text: `${heading ? "### " : ""}${escapeText(title)}`, joined: false },
      ...lines.map((line) => ({ text: escapeText(line), joined: false })),
      ...(progress === undefined ? [] : [{ text: bar(progress), joined: false }]),
      ...unsent.map((line) => ({ text: escapeText(line), joined: false })),
      ...fields.map(({ label, value, copyable }, index) => ({
        text: `**${escapeText(label)}**: ${copyable ? codeSpan(value) : escapeText(value)}`,
        joined: index > 0,
      })),
      ...(note === undefined ? [] : [{ text: `-# ${escapeText(note)}`, joined: false }]),
    ];
    let left = discordLimits.textCharacters - (mention === undefined ? 0 : mention.length + 3);
    let content = "";
    for (const { text, joined } of parts) {
      const gap = content === "" ? "" : joined ? "\n" : "\n\n";
      const shownText = cut(text, left - gap.length);
      if (shownText === "") {
        break;
      }
      content += gap + shownText;
      left = discordLimits.textCharacters - (mention === undefined ? 0 : mention.length + 3) - content.length;
    }
    return [{ type: ComponentType.TextDisplay, content: content || "–" }];
  }
}

interface Attached {
  medium: MessageMedia;
  /** Absent when only its address or its name is shown. */
  file?: LayoutFile & { medium: MessageMedia };
}

/** As many files as one request takes; the others are shown by their address. */
function attachable(media: readonly MessageMedia[], { withoutFiles }: LayoutOptions): Attached[] {
  const taken = new Set<string>();
  let left = filesBytes;
  return media.map((medium, index) => {
    const bytes = medium.encode?.maxBytes ?? medium.bytes;
    const bySelf = medium.encode !== undefined || medium.link === undefined;
    if (withoutFiles || !bySelf || index >= discordLimits.attachments || Math.min(bytes, medium.bytes) > left) {
      return { medium };
    }
    left -= Math.min(bytes, medium.bytes);
    const extension = medium.encode === undefined ? (/\.([A-Za-z0-9]{1,8})$/.exec(medium.name)?.[1] ?? "bin") : "jpg";
    return { medium, file: { name: safeName(medium.name, extension, taken), medium } };
  });
}

/** A name that Discord leaves as it is, so that components can refer to it; different for each file of a message. */
function safeName(name: string, extension: string, taken: Set<string>): string {
  const stem =
    name
      .replace(/\.[^.]*$/, "")
      .replaceAll(/[^A-Za-z0-9_-]+/g, "-")
      .replaceAll(/^[-_]+|[-_]+$/g, "")
      .slice(0, 60) || "file";
  let free = `${stem}.${extension.toLowerCase()}`;
  for (let number = 2; taken.has(free); number += 1) {
    free = `${stem}-${number}.${extension.toLowerCase()}`;
  }
  taken.add(free);
  return free;
}

function namesOf(media: readonly Attached[]): Set<string> {
  return new Set(media.flatMap(({ file }) => (file === undefined ? [] : [file.name])));
}

/** Pictures and films, which play there. */
function gallery(media: readonly Attached[]): APIComponentInContainer[] {
  const items = media.flatMap(({ medium, file }) =>
    file === undefined || medium.kind === "audio"
      ? []
      : [
          {
            media: { url: `attachment://${file.name}` },
            description: shorten(medium.alternative, discordLimits.alternativeCharacters),
          },
        ],
  );
  return items.length === 0
    ? []
    : [{ type: ComponentType.MediaGallery, items: items.slice(0, discordLimits.galleryItems) }];
}

function fileComponent(name: string): APIComponentInContainer {
  return { type: ComponentType.File, file: { url: `attachment://${name}` } };
}

function wordsFor({ name, link, bytes }: MessageMedia, locale: Locale): string {
  if (link === undefined) {
    const size = new Intl.NumberFormat(locale, { style: "unit", unit: "megabyte", maximumFractionDigits: 1 });
    return speak("keptOnly", locale, { name, size: size.format(bytes / 1_000_000) });
  }
  const time = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
  return speak("linkUntil", locale, { name, time: `${time.format(link.expiresAt)} UTC` });
}

function bar({ fraction, estimated, label }: NonNullable<Message["progress"]>): string {
  if (fraction === undefined) {
    return escapeText(label);
  }
  const full = Math.max(0, Math.min(barLength, Math.round(fraction * barLength)));
  const percent = `${estimated ? "≈ " : ""}${Math.floor(fraction * 100)} %`;
  return `${"▰".repeat(full)}${"▱".repeat(barLength - full)} ${percent} · ${escapeText(label)}`;
}

function buttonRows(
  message: Message,
  media: readonly Attached[],
  { locale, marker, links = [], buttons = [] }: LayoutOptions,
): APIActionRowComponent<APIButtonComponent>[] {
  const originals = media.flatMap(({ medium }) =>
    medium.link === undefined || medium.link.url.length > discordLimits.linkCharacters
      ? []
      : [linkButton(speak("openOriginal", locale, { name: medium.name }), medium.link.url)],
  );
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
