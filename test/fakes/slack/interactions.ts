import type {
  BlockAction,
  GlobalShortcut,
  MessageShortcut,
  SlashCommand,
  ViewClosedAction,
  ViewSubmitAction,
} from "@slack/bolt";
import { isObject, type JsonObject } from "../json.ts";
import type { Parts } from "./api-call.ts";
import { NotPossible, SlackError } from "./api-error.ts";
import { enterprisePart, teamPlace } from "./context.ts";
import type { Deliveries, Delivery } from "./deliveries.ts";
import { pictureRule } from "./message-blocks.ts";
import { messagePayload } from "./message-payload.ts";
import { inputsOf } from "./modal-values.ts";
import type { ResponseUrls } from "./response-urls.ts";
import { checkView } from "./view-rules.ts";
import type { OpenView } from "./views.ts";
import type { Channel, Message, User } from "./world.ts";

/** What people do, as it is sent to the app. The payloads have the types that Bolt publishes. */
export interface Interactions {
  command(user: User, channel: Channel, command: string, text: string): Delivery;
  shortcut(user: User, callbackId: string): Delivery;
  messageShortcut(user: User, callbackId: string, message: Message): Delivery;
  action(user: User, action: JsonObject, source: { message: Message; channel: Channel } | { view: OpenView }): Delivery;
  submit(user: User, view: OpenView): Submission;
  closed(user: User, view: OpenView, cleared: boolean): Delivery | null;
}

/** A submitted modal and what its person sees afterwards. */
export interface Submission extends Delivery {
  /** Error texts beside inputs, by block id, if the app refused the entries. */
  errors: Readonly<Record<string, string>> | null;
}

export function createInteractions(parts: Parts, deliveries: Deliveries, urls: ResponseUrls): Interactions {
  const { app, triggers, views, files, world, ids } = parts;
  const common = { token: app.verificationToken, api_app_id: app.id };
  const plain = (value: object) => JSON.parse(JSON.stringify(value)) as JsonObject;
  const who = (user: User) => ({ id: user.id, username: user.name, name: user.name, team_id: user.teamId });
  const where = (channel: Channel) => ({ id: channel.id, name: channelName(channel) });

  function channelName({ kind, name }: Channel): string {
    return kind === "direct" ? "directmessage" : kind === "private" ? "privategroup" : name;
  }

  /** An acknowledgement with a body is an answer too. */
  function answeredBy(given: { userId: string; channel: Channel; source: Message | null }) {
    return (answer: unknown, delivery: Delivery) => {
      const body = typeof answer === "string" && answer !== "" ? { text: answer } : answer;
      if (isObject(body) && Object.keys(body).length > 0) {
        try {
          urls.answer(given, body);
        } catch (error) {
          delivery.problem = error instanceof SlackError ? error.code : "dispatch_failed";
        }
      }
    };
  }

  const viewPayload = (view: OpenView) => views.payload(view) as unknown as ViewSubmitAction["view"];

  function carryOut(submission: Submission, view: OpenView, answer: unknown): void {
    const stack = () => views.stack(view.userId).includes(view);
    if (!isObject(answer) || answer.response_action === undefined) {
      if (stack()) {
        views.close(view.userId, false);
      }
      return;
    }
    switch (answer.response_action) {
      case "clear":
        views.close(view.userId, true);
        return;
      case "errors": {
        const known = inputsOf(view.given).map(({ blockId }) => blockId);
        const errors = answer.errors;
        const wrong = isObject(errors) ? Object.keys(errors).filter((blockId) => !known.includes(blockId)) : ["errors"];
        if (wrong.length > 0 || Object.keys(errors as object).length === 0) {
          throw new SlackError("dispatch_failed");
        }
        submission.errors = errors as Record<string, string>;
        return;
      }
      case "update":
        views.update(view, checkView(answer.view, "modal", pictureRule(files)));
        return;
      case "push":
        views.push(view.userId, checkView(answer.view, "modal", pictureRule(files)));
        return;
      default:
        throw new SlackError("dispatch_failed");
    }
  }

  return {
    command(user, channel, command, text) {
      const { id, domain, ...above } = teamPlace(parts);
      const payload = {
        ...{ token: common.token, team_id: id, team_domain: domain, ...above },
        channel_id: channel.id,
        channel_name: channelName(channel),
        user_id: user.id,
        user_name: user.name,
        command,
        text,
        api_app_id: common.api_app_id,
        is_enterprise_install: String(app.organisationInstall),
        response_url: urls.create({ userId: user.id, channel, source: null }),
        trigger_id: triggers.create(user.id),
      } satisfies SlashCommand;
      return deliveries.send(
        { kind: "command", name: command, payload: plain(payload), userId: user.id },
        answeredBy({ userId: user.id, channel, source: null }),
      );
    },
    shortcut(user, callbackId) {
      const payload = {
        type: "shortcut",
        token: common.token,
        action_ts: ids.ts(),
        team: teamPlace(parts),
        user: who(user),
        ...enterprisePart(parts),
        callback_id: callbackId,
        trigger_id: triggers.create(user.id),
      } satisfies GlobalShortcut;
      return deliveries.send({ kind: "interaction", name: payload.type, payload: plain(payload), userId: user.id });
    },
    messageShortcut(user, callbackId, message) {
      const channel = world.channels.get(message.channelId)!;
      const shown = messagePayload(parts, files, message, "event");
      const payload = {
        type: "message_action",
        token: common.token,
        action_ts: ids.ts(),
        team: teamPlace(parts),
        user: who(user),
        channel: where(channel),
        ...enterprisePart(parts),
        callback_id: callbackId,
        trigger_id: triggers.create(user.id),
        response_url: urls.create({ userId: user.id, channel, source: null }),
        message_ts: message.ts,
        message: { ...shown, type: "message", ts: message.ts },
      } satisfies MessageShortcut;
      return deliveries.send({ kind: "interaction", name: payload.type, payload: plain(payload), userId: user.id });
    },
    action(user, action, source) {
      const inMessage = "message" in source;
      const body = {
        type: "block_actions",
        ...common,
        team: teamPlace(parts),
        user: who(user),
        ...enterprisePart(parts),
        trigger_id: triggers.create(user.id),
        actions: [{ ...action, action_ts: ids.ts() }],
        ...(inMessage
          ? {
              container: {
                type: "message",
                message_ts: source.message.ts,
                channel_id: source.channel.id,
                is_ephemeral: source.message.ephemeralFor !== null,
                ...(source.message.threadTs === null ? {} : { thread_ts: source.message.threadTs }),
              },
              channel: where(source.channel),
              // Slack does not store ephemeral messages and cannot return them.
              ...(source.message.ephemeralFor === null
                ? { message: messagePayload(parts, files, source.message, "event") }
                : {}),
              state: { values: {} },
              response_url: urls.create({ userId: user.id, channel: source.channel, source: source.message }),
            }
          : { container: { type: "view", view_id: source.view.id }, view: viewPayload(source.view), response_url: "" }),
      };
      const payload = plain(body) as unknown as BlockAction;
      if (!inMessage) {
        Reflect.deleteProperty(payload, "response_url");
      }
      return deliveries.send({ kind: "interaction", name: "block_actions", payload: plain(payload), userId: user.id });
    },
    submit(user, view) {
      if (view.given.submit === undefined && inputsOf(view.given).length === 0) {
        throw new NotPossible("the modal has no button to submit it");
      }
      const payload = {
        type: "view_submission",
        ...common,
        // Not that of the installation, which the view names.
        team: { ...teamPlace(parts), id: user.teamId },
        user: who(user),
        ...enterprisePart(parts),
        trigger_id: triggers.create(user.id),
        view: viewPayload(view),
        response_urls: [],
      } satisfies ViewSubmitAction;
      const answered = (answer: unknown, delivery: Delivery) => {
        try {
          carryOut(delivery as Submission, view, answer);
        } catch (error) {
          delivery.problem = error instanceof SlackError ? error.code : "dispatch_failed";
        }
      };
      const given = { kind: "interaction", name: payload.type, payload: plain(payload), userId: user.id } as const;
      return Object.assign(deliveries.send(given, answered), { errors: null });
    },
    closed(user, view, cleared) {
      if (view.given.notify_on_close !== true) {
        return null;
      }
      const payload = {
        type: "view_closed",
        ...common,
        team: teamPlace(parts),
        user: who(user),
        ...enterprisePart(parts),
        view: viewPayload(view),
        is_cleared: cleared,
      } satisfies ViewClosedAction;
      return deliveries.send({ kind: "interaction", name: payload.type, payload: plain(payload), userId: user.id });
    },
  };
}
