import { isObject, type JsonObject } from "../json.ts";

/** The active parts of a message's text. */
export interface Mentions {
  readonly userIds: readonly string[];
  readonly groupIds: readonly string[];
  /** `here`, `channel`, `everyone`. */
  readonly broadcasts: readonly string[];
  readonly channelIds: readonly string[];
  /** Every link, including those that Slack makes of a bare address; there the label is null. */
  readonly links: readonly { readonly url: string; readonly label: string | null }[];
}

export const noMentions: Mentions = { userIds: [], groupIds: [], broadcasts: [], channelIds: [], links: [] };

/** A piece of text and how Slack parses it. */
export interface Piece {
  readonly text: string;
  /** `full` finds names and addresses in bare text (`parse: "full"`, `link_names`); `verbatim` does neither. */
  readonly reading: "mrkdwn" | "full" | "markdown" | "verbatim" | "plain";
}

const bareLink = /\b(?:https?:\/\/|www\.)[^\s<>|"'`]+/gi;
const bracket = /<([^<>\n]+)>/g;

interface Found {
  userIds: Set<string>;
  groupIds: Set<string>;
  broadcasts: Set<string>;
  channelIds: Set<string>;
  links: Map<string, string | null>;
}

function readBracket(inside: string, found: Found): void {
  const [target = "", label] = inside.split("|", 2) as [string, string?];
  const command = /^!(here|channel|everyone)\b/.exec(target);
  const group = /^!subteam\^([A-Z0-9]+)/.exec(target);
  if (command !== null) {
    found.broadcasts.add(command[1]!);
  } else if (group !== null) {
    found.groupIds.add(group[1]!);
  } else if (/^@[UW][A-Z0-9]+$/.test(target)) {
    found.userIds.add(target.slice(1));
  } else if (/^#C[A-Z0-9]+$/.test(target)) {
    found.channelIds.add(target.slice(1));
  } else if (/^[a-z][a-z0-9+.-]*:/i.test(target)) {
    found.links.set(target, label ?? null);
  }
}

function readPiece({ text, reading }: Piece, found: Found): void {
  if (reading === "plain") {
    return;
  }
  // Slack parses angle brackets even inside code.
  for (const [, inside] of text.matchAll(bracket)) {
    readBracket(inside!, found);
  }
  const rest = text.replace(bracket, " ");
  if (reading === "markdown") {
    for (const [, label, url] of rest.matchAll(/\[([^\]]*)\]\((\S+?)\)/g)) {
      found.links.set(url!, label!);
    }
  }
  if (reading !== "verbatim") {
    for (const [url] of rest.matchAll(bareLink)) {
      found.links.set(url, found.links.get(url) ?? null);
    }
  }
  if (reading === "full") {
    for (const [, name] of rest.matchAll(/@(here|channel|everyone)\b/g)) {
      found.broadcasts.add(name!);
    }
  }
}

function readRichText(value: unknown, found: Found): void {
  if (Array.isArray(value)) {
    value.forEach((item) => {
      readRichText(item, found);
    });
  } else if (isObject(value)) {
    const byType: Record<string, () => void> = {
      user: () => found.userIds.add(String(value.user_id)),
      usergroup: () => found.groupIds.add(String(value.usergroup_id)),
      broadcast: () => found.broadcasts.add(String(value.range)),
      channel: () => found.channelIds.add(String(value.channel_id)),
      link: () => found.links.set(String(value.url), typeof value.text === "string" ? value.text : null),
    };
    byType[String(value.type)]?.();
    readRichText(value.elements, found);
  }
}

export function mentionsOf(pieces: readonly Piece[], blocks: readonly JsonObject[]): Mentions {
  const found: Found = {
    userIds: new Set(),
    groupIds: new Set(),
    broadcasts: new Set(),
    channelIds: new Set(),
    links: new Map(),
  };
  for (const piece of pieces) {
    readPiece(piece, found);
  }
  readRichText(
    everyObject(blocks).filter(({ type }) => type === "rich_text"),
    found,
  );
  return {
    userIds: [...found.userIds],
    groupIds: [...found.groupIds],
    broadcasts: [...found.broadcasts],
    channelIds: [...found.channelIds],
    links: [...found.links].map(([url, label]) => ({ url, label })),
  };
}

/** Every object of a tree, parents first. */
export function everyObject(value: unknown): JsonObject[] {
  if (Array.isArray(value)) {
    return value.flatMap(everyObject);
  }
  return isObject(value) ? [value, ...Object.values(value).flatMap(everyObject)] : [];
}

/** An object's own text in a block, with how Slack parses it. */
export function ownPieces(object: JsonObject): Piece[] {
  if (typeof object.text !== "string") {
    return typeof object.title === "string" && ["plan", "task_card"].includes(String(object.type))
      ? [{ text: object.title, reading: "plain" }]
      : [];
  }
  switch (object.type) {
    case "mrkdwn":
      return [{ text: object.text, reading: object.verbatim === true ? "verbatim" : "mrkdwn" }];
    case "markdown":
      return [{ text: object.text, reading: "markdown" }];
    default:
      return [{ text: object.text, reading: "plain" }];
  }
}

/** The texts of blocks in order. */
export const piecesOf = (blocks: readonly JsonObject[]): Piece[] => everyObject(blocks).flatMap(ownPieces);

/** Text as a person reads it: entities resolved, links by their label. */
export function shownText({ text, reading }: Piece, nameOf: (target: string) => string | null): string {
  if (reading === "plain") {
    return text;
  }
  return text
    .replace(bracket, (_whole, inside: string) => {
      const [target = "", label] = inside.split("|", 2) as [string, string?];
      return nameOf(target) ?? label ?? target.replace(/^!(\w+).*$/, "@$1");
    })
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

export const escapeText = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
