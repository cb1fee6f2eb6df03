import { PermissionFlagsBits } from "discord.js";

/** What the bot must be allowed to, so that results reach the conversation at any time. */
const neededPermissions = {
  VIEW_CHANNEL: PermissionFlagsBits.ViewChannel,
  SEND_MESSAGES: PermissionFlagsBits.SendMessages,
  SEND_MESSAGES_IN_THREADS: PermissionFlagsBits.SendMessagesInThreads,
  ATTACH_FILES: PermissionFlagsBits.AttachFiles,
  EMBED_LINKS: PermissionFlagsBits.EmbedLinks,
  READ_MESSAGE_HISTORY: PermissionFlagsBits.ReadMessageHistory,
} as const;

const permissionsInteger = Object.values(neededPermissions).reduce((sum, bit) => sum | bit, 0n);

/** The address by which a server's manager lets the bot in, with scopes and permissions. */
export function invitation(application: string): string {
  const query = new URLSearchParams({
    client_id: application,
    scope: "bot applications.commands",
    permissions: permissionsInteger.toString(),
  });
  return `https://discord.com/oauth2/authorize?${query}`;
}

/** The needed ones that a bit field has not. An administrator has all. */
export function missingPermissions(bits: string): string[] {
  const given = /^\d+$/.test(bits) ? BigInt(bits) : 0n;
  return (given & PermissionFlagsBits.Administrator) !== 0n
    ? []
    : Object.entries(neededPermissions).flatMap(([name, bit]) => ((given & bit) === 0n ? [name] : []));
}
