import type { Tool } from "@toolcast/core";
import { messageTools, type PointedMessage } from "@toolcast/core/chat";
import { ApplicationCommandType, type RESTPostAPIContextMenuApplicationCommandsJSONBody } from "discord.js";
import { placesOf, type Scope } from "./commands.ts";
import type { CommandInteraction, InboundFile, InboundMessage } from "./interaction.ts";
import { discordLimits } from "./limits.ts";
import { localizedMenuName } from "./localisation.ts";

export type MenuBody = RESTPostAPIContextMenuApplicationCommandsJSONBody;

/** A tool as an entry of a message's menu. */
export interface DiscordMenu {
  name: string;
  tool: Tool;
  body: MenuBody;
}

/** As many tools that take what a message holds as Discord's menu has room for, always the same ones in the same order. */
export function menusFor(tools: readonly Tool[], scope: Scope): DiscordMenu[] {
  const taken = new Map<string, Set<string>>();
  return messageTools(tools)
    .slice(0, discordLimits.messageMenus)
    .map((tool) => {
      const naming = localizedMenuName(tool.title, taken);
      const body: MenuBody = { type: ApplicationCommandType.Message, ...naming, ...placesOf(scope) };
      return { name: naming.name, tool, body };
    });
}

/** The message whose menu was used. */
export function pointedMessage({
  application_id,
  data,
}: Pick<CommandInteraction, "application_id" | "data">): PointedMessage {
  const { target_id, resolved } = data;
  const message = resolved?.messages?.[target_id ?? ""];
  if (message === undefined) {
    return {};
  }
  const files = [...(message.attachments ?? []), ...filesIn(message)];
  return {
    text: plainText(message.content ?? ""),
    files: files.map((file) => ({ type: file.content_type, file })),
    // A bot's user has its application's id.
    isOurs: message.author?.id === application_id,
  };
}

/** The files that components name, which Discord does not list among a message's attachments. */
function filesIn({ components }: InboundMessage): InboundFile[] {
  const files: InboundFile[] = [];
  const visit = (value: unknown) => {
    if (typeof value !== "object" || value === null) {
      return;
    }
    const { attachment_id: id, url, content_type } = value as Record<string, unknown>;
    if (typeof id === "string" && typeof url === "string") {
      files.push({ id, filename: fileNameIn(url), url, ...(typeof content_type === "string" ? { content_type } : {}) });
    }
    Object.values(value).forEach(visit);
  };
  visit(components);
  return files;
}

/** As written in the address if that cannot be decoded: a message is read whatever it contains. */
function fileNameIn(url: string): string {
  const name = URL.parse(url)?.pathname.split("/").at(-1) || "file";
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Without mentions and channels, which are numbers to everybody else; an emoji of a server's own by its name. */
function plainText(content: string): string {
  return content.replaceAll(/<(?:@[!&]?|#)\d+>/g, "").replaceAll(/<a?:(\w+):\d+>/g, ":$1:");
}
