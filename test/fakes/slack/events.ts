import type { EnvelopedEvent } from "@slack/bolt";
import type { SlackEvent } from "@slack/types";
import type { JsonObject } from "../json.ts";
import type { Base } from "./context.ts";
import type { Deliveries, Delivery } from "./deliveries.ts";
import type { Channel, ChannelKind, Team } from "./world.ts";

/** Which scope lets an app receive an event, by the name it subscribes to. */
export const eventScopes: Readonly<Record<string, string | null>> = {
  "message.channels": "channels:history",
  "message.groups": "groups:history",
  "message.im": "im:history",
  "message.mpim": "mpim:history",
  app_mention: "app_mentions:read",
  app_uninstalled: null,
  tokens_revoked: null,
  member_joined_channel: "channels:read",
  member_left_channel: "channels:read",
  channel_archive: "channels:read",
  agent_session_stopped: "assistant:write",
  app_home_opened: null,
};

const messageEvents: Record<ChannelKind, string> = {
  public: "message.channels",
  private: "message.groups",
  direct: "message.im",
  group: "message.mpim",
};

export const channelTypes = { public: "channel", private: "group", direct: "im", group: "mpim" } as const;

export interface Events {
  /** Sends an event to the app if it subscribes to it and may receive it; otherwise null. */
  dispatch(event: SlackEvent, about?: { readonly channel?: Channel; readonly team?: Team }): Delivery | null;
}

/** Each event names the workspace, the installation it is for, and an `event_id` that its retries keep. */
export function createEvents(base: Base, deliveries: Deliveries): Events {
  const { app, world, ids, clock } = base;
  return {
    dispatch(event, { channel, team = world.team } = {}) {
      const name = event.type === "message" && channel !== undefined ? messageEvents[channel.kind] : event.type;
      const scope = eventScopes[name] ?? null;
      const subscribed = (app.manifest.settings?.event_subscriptions?.bot_events ?? []) as readonly string[];
      const gone = app.state !== "installed" && !["app_uninstalled", "tokens_revoked"].includes(event.type);
      if (!subscribed.includes(name) || (scope !== null && !app.scopes.has(scope)) || gone) {
        return null;
      }
      const enterpriseId = world.enterprise?.id ?? null;
      const envelope = {
        token: app.verificationToken,
        // In a shared channel the sender's workspace.
        team_id: (channel?.shared && "user" in event && world.users.get(String(event.user))?.teamId) || team.id,
        context_team_id: team.id,
        ...(enterpriseId === null ? {} : { enterprise_id: enterpriseId, context_enterprise_id: enterpriseId }),
        api_app_id: app.id,
        event,
        type: "event_callback",
        event_id: ids.next("Ev"),
        event_time: Math.floor(clock.now() / 1000),
        authorizations: [
          {
            enterprise_id: enterpriseId,
            team_id: app.organisationInstall ? null : team.id,
            user_id: app.botUserId,
            is_bot: true,
            is_enterprise_install: app.organisationInstall,
          },
        ],
        is_ext_shared_channel: channel?.shared ?? false,
        event_context: ids.secret(),
      } satisfies EnvelopedEvent<SlackEvent>;
      return deliveries.send({
        kind: "event",
        name: event.type,
        payload: JSON.parse(JSON.stringify(envelope)) as JsonObject,
        userId: null,
      });
    },
  };
}
