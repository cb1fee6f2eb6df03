import type {
  ChatAct,
  ChatInput,
  ChatPerson,
  ChatPlatform,
  ChatRoom,
  ChatUpload,
  ShownMessage,
} from "./contracts/chat-room.ts";
import type { Delivery } from "./fakes/slack/deliveries.ts";
import type { MessageView } from "./fakes/slack/message-view.ts";
import type { Person } from "./fakes/slack/person.ts";
import { openSlackRoom, type SlackRoom } from "./slack-room.ts";

/** The room of Slack's tests, in the form the chat contract needs. */
export const slackChat: ChatPlatform = {
  name: "Slack",
  acknowledgeWithinMs: 3_000,
  sendsIncomplete: true,
  mayLeavePlaceholder: false,
  openRoom: async () => chatRoom(await openSlackRoom({ fileProcessingMs: 0 })),
};

function chatRoom(room: SlackRoom): ChatRoom {
  const { platform, installation, clock } = room;
  return {
    installation,
    async open(options) {
      const process = await room.open(options);
      return {
        ...process,
        surface: process.slack.surface,
        dieWhenAcknowledged: () => process.dieAt("after", "acknowledge"),
      };
    },
    person: (name, { locale = "en" } = {}) =>
      chatPerson(room, platform.person(name.replaceAll(" ", "-"), { locale: locale === "en" ? "en-US" : locale })),
    redeliver(act) {
      for (let socket = 0; socket < platform.sockets.connected; socket += 1) {
        platform.redeliver(act as Delivery);
      }
    },
    remove({ id }) {
      const [channelId = "", ts = ""] = id.split("/");
      platform.deleteMessage({ channelId, ts });
    },
    flood(ms, waitMs) {
      for (const target of ["chat.postMessage", "chat.update", "response_url"] as const) {
        platform.faults.always(target, { kind: "rate-limit", retryAfterSeconds: waitMs / 1_000 });
      }
      clock.setTimer(ms, () => platform.faults.clear());
    },
    sendGarbage() {
      const acts: { state: ChatAct["state"] }[] = [];
      const event = { type: "event_callback", event_id: "Ev1", team_id: "T1" };
      for (const payload of [
        ...[null, "text", [], {}, { type: "block_actions" }, { command: "/image" }, { command: { name: {} } }],
        ...[event, { ...event, event: { type: "message", channel: 7 } }, { type: "unheard_of", trigger_id: "1" }],
      ]) {
        for (let socket = 0; socket < platform.sockets.connected; socket += 1) {
          const act: (typeof acts)[number] = { state: "waiting" };
          acts.push(act);
          platform.sockets.deliver(
            { delivery: { kind: "interaction", payload } as never, retryNumber: 0, retryReason: "" },
            ({ ok }) => {
              act.state = ok ? "acknowledged" : "missed";
            },
          );
        }
      }
      return acts;
    },
    onChange: platform.onChange,
    calm: room.calm,
    pass: room.pass,
    async until(...given) {
      // Messages in one channel are a second apart.
      await room.pass(1_000);
      await room.until(...given);
    },
    [Symbol.asyncDispose]: () => room[Symbol.asyncDispose](),
  };
}

function chatPerson({ platform }: SlackRoom, person: Person): ChatPerson {
  const views = () => [...person.visibleMessages(), ...person.visibleMessages(person.direct)];
  return {
    id: `slack:${person.id}`,
    ask(command, input, { private: isPrivate = false } = {}) {
      const files = Object.values(input).filter(isUpload);
      const words = wordsOf(command, input, isPrivate);
      if (files.length === 0) {
        return person.command(`/${command}`, words);
      }
      // Slack's client can attach files only to messages.
      person.say(`@toolcast ${command} ${words}`, { files });
      return platform.deliveries.at(-1) satisfies ChatAct | undefined as ChatAct;
    },
    press: ({ id }, label) => person.press(label, views().find((view) => nameOf(view) === id)!),
    async submit(_act, changes) {
      await platform.until(() => person.modal !== null, "the form");
      const values = Object.entries(changes).map(([name, value]) => [name, isUpload(value) ? [value] : String(value)]);
      const sent = person.submit(Object.fromEntries(values));
      await platform.until(() => sent.state !== "waiting", "the form's acknowledgement");
      if (sent.errors !== null) {
        throw new Error(`The form was refused: ${JSON.stringify(sent.errors)}`);
      }
    },
    isAsked: () => person.modal !== null,
    sees: () => withFiles(views().filter(({ byApp }) => byApp)).map((view) => shown(view, person)),
  };
}

function isUpload(value: ChatInput[string] | undefined): value is ChatUpload {
  return typeof value === "object";
}

/** As somebody types it: the description as it is, everything else by name. */
function wordsOf(command: string, input: ChatInput, isPrivate: boolean): string {
  const named = Object.entries(input).filter(([name, value]) => !isUpload(value) && name !== "prompt");
  return [
    ...(command === "image" && input.prompt !== undefined ? [String(input.prompt)] : []),
    ...named.map(([name, value]) => `--${name}=${value}`),
    ...(isPrivate ? ["--private"] : []),
  ].join(" ");
}

/** A message and the files shared after it in its thread are read as one. Files shared again stay separate. */
function withFiles(views: readonly MessageView[]): MessageView[] {
  const joined: MessageView[] = [];
  for (const view of views) {
    const { threadTs, channelId, files, buttons, notified } = view;
    const at = joined.findLastIndex((one) => one.channelId === channelId && [one.ts, one.threadTs].includes(threadTs));
    const owner = joined[at];
    if (
      owner === undefined ||
      files.length === 0 ||
      buttons.length > 0 ||
      threadTs === null ||
      owner.files.length > 0
    ) {
      joined.push(view);
    } else {
      joined[at] = { ...owner, files, notified: [...owner.notified, ...notified] };
    }
  }
  return joined;
}

const nameOf = ({ channelId, ts }: Pick<MessageView, "channelId" | "ts">) => `${channelId}/${ts}`;

function shown(view: MessageView, person: Person): ShownMessage {
  const { text, files, images, buttons, notified, mentions } = view;
  const media = new Set([
    ...images.map(({ file }) => file),
    ...files.filter(({ mimetype }) => mimetype !== "text/plain"),
  ]);
  return {
    id: nameOf(view),
    text,
    media: media.size,
    buttons: buttons.map(({ label }) => label),
    // A request that has been taken shows nothing until there is something to say.
    isPlaceholder: false,
    pings: mentions.broadcasts.length > 0 || notified.some((user) => user !== person.id),
  };
}
