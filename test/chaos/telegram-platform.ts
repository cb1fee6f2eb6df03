import { createHash } from "node:crypto";
import type { MessageView } from "../fakes/telegram/message-view.ts";
import type { Person } from "../fakes/telegram/person.ts";
import { startTelegram } from "../fakes/telegram/telegram.ts";
import type { Chat } from "../fakes/telegram/world.ts";
import { type Act, type ChatPlatform, isChinese, type PlatformOptions, typedWords, withRoom } from "./chat-platform.ts";

const groups = 2;
/** The requests that show people something. */
const sends = ["sendMessage", "sendPhoto", "sendMediaGroup", "editMessageText", "editMessageMedia"] as const;
/** What the apps write while they work on a request. */
const placeholders = ["Working on it…", "正在处理…"];

/** Telegram with people who write in groups or to the bot alone. One app at a time polls. */
export async function openTelegram({ clock, chance }: PlatformOptions): Promise<ChatPlatform> {
  const fake = await startTelegram({ clock });
  const host = fake.person("Host");
  const rooms = Array.from({ length: groups }, (_, index) => fake.addGroup(`Room ${index}`, [host]));
  const people = new Map<string, { person: Person; chat: Chat }>();

  /** Every other person writes to the bot alone. The operator let the groups in, whose members may so, too. */
  function named(name: string): { person: Person; chat: Chat } {
    const known = people.get(name);
    if (known !== undefined) return known;
    const person = fake.person(name, { languageCode: isChinese(name) ? "zh-hans" : "en" });
    const group = rooms[people.size % rooms.length]!;
    fake.setMember(group, person, "member");
    person.user.started = true;
    const made = { person, chat: group };
    people.set(name, made);
    return made;
  }

  /** Telegram waits for no answer: an update that the bot confirms has been stored. */
  function isConfirmed(updateId: number): boolean {
    return !fake.updates.pending.some(({ update }) => update.update_id === updateId);
  }

  const byBot = (): MessageView[] =>
    [...fake.world.chats.values()].flatMap((chat) => fake.allMessages(chat)).filter(({ fromBot }) => fromBot);

  return {
    id: "telegram",
    environment: { TELEGRAM_BOT_TOKEN: fake.token, TELEGRAM_API_ROOT: fake.apiRoot },
    fileHosts: [],
    repeatsUnansweredSends: true,
    async prepare(state) {
      // Otherwise the apps would log the bot out of Telegram's own server.
      await state.keyv("telegram-cloud").set(String(fake.bot.id), fake.apiRoot);
      for (const { id } of rooms) await state.keyv("telegram-access").set(`in/${id}`, `telegram:${host.id}`);
    },
    isReached: () => fake.updates.polling,
    ask(wish): Act {
      const { person, chat } = named(wish.person);
      const { id } = person.write(`/${wish.tool} ${typedWords(wish)}`, { in: chat });
      const { update_id: updateId } = fake.updates.history.at(-1)!;
      return {
        get state() {
          return isConfirmed(updateId) ? "acknowledged" : "waiting";
        },
        answer: () =>
          person
            .visibleMessages(chat)
            .find(({ fromBot, replyTo, text }) => fromBot && replyTo === id && !placeholders.includes(text))?.text ??
          null,
      };
    },
    press(name, jobId, labels) {
      const { person, chat } = named(name);
      const views = [...person.visibleMessages(chat), ...person.visibleMessages(person.chat)];
      for (const view of views.filter(({ text, fromBot }) => fromBot && text.includes(jobId)).reverse()) {
        const button = view.buttons.find(({ label, disabled }) => !disabled && labels.includes(label));
        if (button === undefined) continue;
        const pressed = person.press(view, button.label);
        const { update_id: updateId } = fake.updates.history.at(-1)!;
        return {
          get state() {
            return isConfirmed(updateId) ? "acknowledged" : "waiting";
          },
          answer: () => pressed.answer?.text ?? null,
        };
      }
      return null;
    },
    seen: () =>
      byBot().map(({ text, createdAt, files }) => ({
        ...{ text, createdAt },
        files: files.map(({ fileId, bytes }) => ({
          id: fileId,
          hash: createHash("sha256").update(bytes).digest("hex"),
        })),
      })),
    trouble() {
      const method = chance.pick(withRoom(sends, (one) => fake.faults.waiting(one)));
      const when = chance.pick(["before", "after"] as const);
      const kind = chance.weighted([
        [30, "status"],
        [30, "drop"],
        [15, "flood"],
        [10, "poll broken"],
        [10, "poll refused"],
      ] as const);
      switch (kind) {
        case "status":
          fake.faults.next(method, { kind, status: chance.pick([500, 502]), when });
          return `HTTP 5xx ${when} a send`;
        case "drop":
          fake.faults.next(method, { kind, when });
          return `connection broken ${when} a send`;
        case "flood":
          fake.faults.next(method, { kind, seconds: chance.between(1, 5) });
          return "HTTP 429 before a send";
        case "poll broken":
          // The updates were in the answer, and come again.
          fake.faults.next("getUpdates", { kind: "drop", when: "after" });
          return kind;
        case "poll refused":
          fake.faults.next("getUpdates", { kind: "status", status: 502 });
          return kind;
      }
    },
    calm: () => fake.faults.clear(),
    credentials: () => [],
    violations: () =>
      fake.violations.map(({ where, direction, problems }) => `${direction} ${where}: ${problems.join("; ")}`),
    end: () => fake.close(),
  };
}
