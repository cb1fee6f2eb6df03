import type { Manifest } from "./context.ts";
import { eventScopes } from "./events.ts";
import { methods } from "./methods.ts";

/** Every bot scope that a method, an event or a person's act here requires. */
export const everyScope: readonly string[] = [
  ...new Set([
    ...Object.values(methods)
      .filter((method) => !("token" in method))
      .flatMap(({ scopes }) => scopes ?? []),
    ...Object.values(eventScopes).flatMap((scope) => scope ?? []),
    "commands",
    "chat:write.customize",
  ]),
];

/** A manifest with every scope and event, one command and one shortcut of each kind. */
export function fullManifest(): Manifest {
  return {
    display_information: { name: "Toolcast" },
    features: {
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
      bot_user: { display_name: "toolcast", always_online: true },
      slash_commands: [{ command: "/image", description: "Makes a picture", usage_hint: "a fox --size 1024x1024" }],
      shortcuts: [
        { type: "global", name: "Open", callback_id: "open", description: "Opens a form" },
        { type: "message", name: "Animate", callback_id: "animate", description: "Animates a picture" },
      ],
    },
    oauth_config: { scopes: { bot: [...everyScope] as never[] } },
    settings: {
      event_subscriptions: { bot_events: Object.keys(eventScopes) as never[] },
      interactivity: { is_enabled: true },
      socket_mode_enabled: true,
    },
  };
}
