import type { Tool } from "@toolcast/core";
import { messageTools, shorten } from "@toolcast/core/chat";
import { describeTool } from "@toolcast/core/surface";
import { commandsOf } from "./command-names.ts";
import { slackLimits } from "./limits.ts";
import { events, scopes } from "./scopes.ts";
import { openShortcut, shortcutId } from "./shortcuts.ts";

export interface ManifestOptions {
  tools: readonly Tool[];
  /** Prefix of each command's name, see {@link commandsOf}. Default none. */
  prefix?: string;
  /** The origin at which Slack reaches us. Default null: Socket Mode. */
  publicUrl?: string | null;
}

/** Where Slack sends everything in HTTP mode. */
export const eventsPath = "/slack/events";

/**
 * The app's manifest, ready to paste; its commands and shortcuts are derived from the tools. Throws a `UsageError` for a
 * prefix that cannot be used.
 */
export function manifestFor({ tools, prefix, publicUrl = null }: ManifestOptions) {
  const url = publicUrl === null ? undefined : `${publicUrl}${eventsPath}`;
  const commands = commandsOf(tools, prefix).map(({ tool, command }) => {
    const { summary, fields, primary } = describeTool(tool, "en");
    const hint = [
      ...(primary === undefined ? [] : [`[${primary}]`]),
      ...fields
        .filter(({ name: field }) => field !== primary)
        .map(({ name: field }) => `[--${field.replaceAll("_", "-")}]`),
    ].join(" ");
    return {
      command,
      url,
      description: shorten(summary, slackLimits.descriptionCharacters),
      ...(hint === "" ? {} : { usage_hint: shorten(hint, slackLimits.usageHintCharacters) }),
      should_escape: false,
    };
  });
  const shortcut = (name: string, callback_id: string, description: string) => ({
    name: shorten(name, slackLimits.shortcutNameCharacters),
    callback_id,
    description: shorten(description, slackLimits.shortcutDescriptionCharacters),
  });
  return {
    display_information: { name: "Toolcast", description: "Pictures, voices and videos from a command" },
    features: {
      app_home: { home_tab_enabled: false, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
      bot_user: { display_name: "toolcast", always_online: true },
      slash_commands: commands,
      shortcuts: [
        { type: "global", ...shortcut("Toolcast", openShortcut, "Lists what Toolcast can make") },
        ...messageTools(tools)
          .slice(0, slackLimits.shortcuts - 1)
          .map((tool) => {
            const { title, summary } = describeTool(tool, "en");
            return { type: "message", ...shortcut(title, shortcutId(tool), summary) };
          }),
      ],
    },
    oauth_config: { scopes: { bot: scopes.map(({ scope }) => scope) } },
    settings: {
      event_subscriptions: { request_url: url, bot_events: events.map(({ event }) => event) },
      interactivity: { is_enabled: true, request_url: url },
      org_deploy_enabled: false,
      socket_mode_enabled: url === undefined,
      token_rotation_enabled: false,
    },
  };
}
