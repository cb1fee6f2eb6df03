import { builtInTools, type Locale } from "@toolcast/core";
import { describeTool } from "@toolcast/core/surface";
import type { ChatAct, ChatInput, ChatPerson, ChatPlatform, ChatRoom, ShownMessage } from "./contracts/chat-room.ts";
import type { CallbackPress } from "./fakes/telegram/context.ts";
import type { MessageView } from "./fakes/telegram/message-view.ts";
import type { Person } from "./fakes/telegram/person.ts";
import type { Chat } from "./fakes/telegram/world.ts";
import { openTelegramRoom, type RoomProcess, shownText, type TelegramRoom } from "./telegram-room.ts";

/** What the bot's buttons say, and its first answer. */
const labels = { go: { en: "Go", "zh-CN": "开始" }, stop: { en: "Cancel", "zh-CN": "取消" } };
const firstAnswers = ["Working on it…", "正在处理…"];

/** The room of Telegram's tests for the chat contract. People ask in a group, and privately in their own chat. */
export const telegramChat: ChatPlatform = {
  name: "Telegram",
  acknowledgeWithinMs: 3_000,
  sendsIncomplete: false,
  mayLeavePlaceholder: true,
  openRoom,
};

async function openRoom(): Promise<ChatRoom> {
  const room = await openTelegramRoom();
  const { platform, installation, clock } = room;
  const group = platform.addGroup("Team", [await room.member("Host")]);
  await room.letIn(group.id);
  const chats: Chat[] = [group];
  const processes: RoomProcess[] = [];
  return {
    installation,
    async open(options) {
      const process = await room.open(options);
      processes.push(process);
      return {
        ...process,
        surface: process.telegram.surface,
        dieWhenAcknowledged: () => process.dieAt("after", "sendMessage"),
      };
    },
    person(name, { locale = "en" } = {}) {
      const person = platform.person(name, { languageCode: locale === "en" ? "en" : "zh-hans" });
      platform.setMember(group, person, "member");
      person.user.started = true;
      chats.push(person.chat);
      return chatPerson(room, { person, group, locale });
    },
    redeliver(act) {
      const { update_id: id } = act as TelegramAct;
      const update = platform.updates.history.find((one) => one.update_id === id);
      for (const { life, telegram } of processes) {
        if (!life.dead) {
          void telegram.take(update);
        }
      }
    },
    remove({ id: named }) {
      const [chatId = "", id = ""] = named.split("/");
      const chat = chats.find((one) => String(one.id) === chatId);
      platform.deleteMessage(chat!.messages.find((message) => String(message.id) === id)!);
    },
    flood(ms, waitMs) {
      platform.faults.always("any", { kind: "flood", seconds: waitMs / 1_000 }, { chatId: group.id });
      clock.setTimer(ms, () => platform.faults.clear());
    },
    sendGarbage() {
      const acts: { state: ChatAct["state"] }[] = [];
      for (const payload of [
        null,
        "text",
        [],
        {},
        { update_id: 7 },
        { update_id: 8, message: { chat: 5 } },
        { message: {} },
      ]) {
        for (const { telegram } of processes.filter(({ life }) => !life.dead)) {
          const act: (typeof acts)[number] = { state: "waiting" };
          acts.push(act);
          void telegram.take(payload).then(() => {
            act.state = "acknowledged";
          });
        }
      }
      return acts;
    },
    onChange: platform.onChange,
    calm: room.calm,
    pass: room.pass,
    until: room.until,
    [Symbol.asyncDispose]: () => room[Symbol.asyncDispose](),
  };
}

interface TelegramAct extends ChatAct {
  update_id: number;
}

function chatPerson(
  room: TelegramRoom,
  { person, group, locale }: { person: Person; group: Chat; locale: Locale },
): ChatPerson {
  const { platform } = room;
  const presses: CallbackPress[] = [];

  /** The last message to the bot. Telegram waits for no answer; an update that the bot confirms has been stored. */
  const act = (press?: CallbackPress): TelegramAct => {
    const { update_id } = platform.updates.history.at(-1)!;
    return {
      update_id,
      get state() {
        const isConfirmed = !platform.updates.pending.some(({ update }) => update.update_id === update_id);
        return isConfirmed && press?.answer !== null ? "acknowledged" : "waiting";
      },
    };
  };
  const views = () =>
    [group, person.chat]
      .flatMap((chat) => person.visibleMessages(chat))
      .filter(({ fromBot }) => fromBot)
      .sort((one, other) => one.createdAt - other.createdAt);
  const question = () =>
    views().findLast(
      ({ forcesReply, buttons }) => forcesReply || buttons.some(({ label }) => label === labels.stop[locale]),
    );
  const press = (view: MessageView, label: string): TelegramAct => {
    const pressed = person.press(view, label);
    presses.push(pressed);
    return act(pressed);
  };

  /** Sends a value in the conversation: text, or the one file attached to it. */
  function send(given: ChatInput, words: string, where: Parameters<Person["write"]>[1]): void {
    const file = Object.values(given).find((value) => typeof value === "object");
    if (file === undefined) {
      person.write(words, where);
      return;
    }
    const kind = file.contentType.startsWith("image/")
      ? "photo"
      : file.contentType.startsWith("video/")
        ? "video"
        : "audio";
    person.send(kind, file.bytes, { ...where, caption: words, name: file.filename, mimeType: file.contentType });
  }

  return {
    id: `telegram:${person.id}`,
    ask(command, input, { private: isPrivate = false } = {}) {
      const words = Object.entries(input).flatMap(([name, value]) =>
        typeof value === "object" ? [] : [`--${name} ${JSON.stringify(String(value))}`],
      );
      send(input, [`/${command}`, ...words].join(" "), isPrivate ? {} : { in: group });
      return act();
    },
    press: ({ id }, label) => press(views().find((view) => idOf(view) === id)!, label),
    async submit(_act, changes) {
      const left = new Map(Object.entries(changes));
      for (let asked: MessageView | undefined; ; ) {
        // A chat accepts a few messages at once and then one per second.
        await room.pass(5_000);
        const newest = question();
        if (newest === undefined || newest.message === asked?.message) {
          return;
        }
        asked = newest;
        const { buttons, text } = newest;
        if (buttons.some(({ label }) => label === labels.go[locale])) {
          const [[name, value] = []] = left;
          if (name === undefined || value === undefined) {
            press(newest, labels.go[locale]);
            return;
          }
          press(newest, titleOf(name, locale));
          continue;
        }
        const name = [...left.keys()].find((one) => shownText(text).startsWith(titleOf(one, locale)));
        const value = left.get(name ?? "");
        if (name === undefined || value === undefined) {
          throw new Error(`nothing was given for: ${text}`);
        }
        left.delete(name);
        if (buttons.length > 1) {
          press(newest, value === true ? (locale === "en" ? "Yes" : "是") : String(value));
        } else {
          send({ [name]: value }, String(value), {
            ...(newest.chatId === group.id ? { in: group } : {}),
            replyTo: newest,
          });
        }
      }
    },
    isAsked: () => question() !== undefined,
    sees: () => [
      ...views().map(shown),
      ...presses.flatMap(({ id, answer }) =>
        answer !== null && answer.text !== ""
          ? [{ id, text: answer.text, media: 0, buttons: [], isPlaceholder: false, pings: false }]
          : [],
      ),
    ],
  };
}

function titleOf(input: string, locale: Locale): string {
  const fields = builtInTools.flatMap((tool) => describeTool(tool, locale).fields);
  return fields.find(({ name }) => name === input)?.title ?? input;
}

function idOf({ chatId, id, message }: MessageView): string {
  return `${chatId}/${message.ephemeral === null ? id : `alone ${message.ephemeral.id}`}`;
}

function shown(view: MessageView): ShownMessage {
  const { text, files, buttons, active } = view;
  return {
    id: idOf(view),
    text: shownText(text),
    media: files.length,
    buttons: buttons.filter(({ disabled, data }) => !disabled && data !== null).map(({ label }) => label),
    isPlaceholder: firstAnswers.includes(text),
    pings: active.some(({ type }) => type === "mention" || type === "text_mention"),
  };
}
