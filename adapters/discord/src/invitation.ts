import { PermissionFlagsBits } from "discord.js";

/** The permissions the bot needs for results to reach the conversation at any time. */
const neededPermissions = {
  VIEW_CHANNEL: PermissionFlagsBits.ViewChannel,
  SEND_MESSAGES: PermissionFlagsBits.SendMessages,
  SEND_MESSAGES_IN_THREADS: PermissionFlagsBits.SendMessagesInThreads,
  ATTACH_FILES: PermissionFlagsBits.AttachFiles,
  EMBED_LINKS: PermissionFlagsBits.EmbedLinks,
  READ_MESSAGE_HISTORY: PermissionFlagsBits.ReadMessageHistory,
} as const;

const permissionsInteger = Object.values(neededPermissions).reduce((sum, bit) => sum | bit, 0n);

/** The link with which a server's manager invites the bot, with its scopes and permissions. */
export function invitation(application: string): string {
  const query = new URLSearchParams({
    client_id: application,
    scope: "bot applications.commands",
    permissions: permissionsInteger.toString(),
  });
  return `https://discord.com/oauth2/authorize?${query}`;
}

/** The needed permissions missing from a bit field. An administrator has all of them. */
export function missingPermissions(bits: string): string[] {
  const given = /^\d+$/.test(bits) ? BigInt(bits) : 0n;
  return (given & PermissionFlagsBits.Administrator) !== 0n
    ? []
    : Object.entries(neededPermissions).flatMap(([name, bit]) => ((given & bit) === 0n ? [name] : []));
}
