import type { SlackEvent } from "@slack/types";
import type { Parts } from "./api-call.ts";
import type { Delivery } from "./deliveries.ts";
import type { Events } from "./events.ts";
import type { Person } from "./person.ts";
import type { Channel, DirectState, Team } from "./world.ts";

/** What administrators do to the app, to channels and to messages. */
export interface Administration {
  /** Removes scopes from the installation, as a reinstallation with fewer scopes would. */
  revokeScope(...scopes: string[]): void;
  grantScope(...scopes: string[]): void;
  /**
   * Removes the app from the workspace: its tokens end, and it is notified. With `from`, only from that other workspace,
   * where it was installed as well.
   */
  uninstall(options?: { readonly from?: Team }): (Delivery | null)[];
  /** Ends only the bot's token; with `of`, only that person's own. */
  revokeTokens(options?: { readonly of?: Person }): Delivery | null;
  archive(channel: Channel): void;
  /** Somebody (or the app itself, if nobody is named) joins a channel. */
  invite(channel: Channel, who?: Person): void;
  /** Removes somebody, or the app itself. */
  remove(channel: Channel, who?: Person): void;
  deleteMessage(message: { readonly channelId: string; readonly ts: string }): void;
  /** From now on no direct message reaches the person. */
  closeDirect(person: Person, how?: Exclude<DirectState, "open">): void;
  /** The person presses Stop on a session that is `processing`. */
  stopSession(person: Person, channel: Channel, threadTs: string): Delivery | null;
}

export function createAdministration(parts: Parts, events: Events): Administration {
  const { app, world, ids, messages, changed, files } = parts;
  const now = () => ids.ts();

  function tokensRevoked(person?: Person): Delivery | null {
    const tokens = { bot: person === undefined ? [app.botUserId] : [], oauth: person === undefined ? [] : [person.id] };
    return events.dispatch({ type: "tokens_revoked", tokens } as SlackEvent);
  }

  function removedFrom(team: Team): (Delivery | null)[] {
    const tokens = { bot: [ids.next("U")], oauth: [] };
    return [
      events.dispatch({ type: "tokens_revoked", tokens } as SlackEvent, { team }),
      events.dispatch({ type: "app_uninstalled" }, { team }),
    ];
  }

  return {
    revokeScope(...scopes) {
      for (const scope of scopes) {
        app.scopes.delete(scope);
      }
    },
    grantScope(...scopes) {
      for (const scope of scopes) {
        app.scopes.add(scope);
      }
    },
    uninstall({ from } = {}) {
      if (from !== undefined) {
        return removedFrom(from);
      }
      app.state = "uninstalled";
      for (const channel of world.channels.values()) {
        channel.members.delete(app.botUserId);
      }
      changed();
      return [tokensRevoked(), events.dispatch({ type: "app_uninstalled" })];
    },
    revokeTokens({ of } = {}) {
      app.state = of === undefined ? "revoked" : app.state;
      changed();
      return tokensRevoked(of);
    },
    archive(channel) {
      channel.archived = true;
      const user = [...world.users.values()].find(({ kind }) => kind !== "bot")?.id ?? app.botUserId;
      events.dispatch({ type: "channel_archive", channel: channel.id, user, event_ts: now() } as SlackEvent, {
        channel,
      });
      changed();
    },
    invite(channel, who) {
      const user = who?.id ?? app.botUserId;
      channel.members.add(user);
      const event = {
        type: "member_joined_channel",
        user,
        channel: channel.id,
        channel_type: channel.kind === "public" ? "C" : "G",
        team: world.team.id,
        event_ts: now(),
      } satisfies Extract<SlackEvent, { type: "member_joined_channel" }>;
      events.dispatch(event, { channel });
      changed();
    },
    remove(channel, who) {
      channel.members.delete(who?.id ?? app.botUserId);
      changed();
    },
    deleteMessage({ channelId, ts }) {
      const message = messages.find(channelId, ts);
      if (message !== null) {
        for (const id of message.fileIds) {
          const shares = files.byId(id)?.shares ?? [];
          const at = shares.findIndex((share) => share.channelId === channelId && share.ts === ts);
          shares.splice(at, at === -1 ? 0 : 1);
        }
        messages.remove(message);
      }
    },
    closeDirect(person, how = "messages_tab_disabled") {
      person.user.direct = how;
    },
    stopSession(person, channel, threadTs) {
      const event = {
        type: "agent_session_stopped",
        channel: channel.id,
        thread_ts: threadTs,
        streaming_message_ts: messages
          .in(channel.id)
          .filter(({ streaming, threadTs: thread }) => streaming && thread === threadTs)
          .map(({ ts }) => ts),
        user: person.id,
        event_ts: now(),
      };
      return events.dispatch(event as unknown as SlackEvent, { channel });
    },
  };
}
