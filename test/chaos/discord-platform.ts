import { createHash } from "node:crypto";
import { startDiscord } from "../fakes/discord/discord.ts";
import type { Interaction } from "../fakes/discord/interactions.ts";
import type { MessageView } from "../fakes/discord/message-view.ts";
import type { Person } from "../fakes/discord/person.ts";
import type { RouteName } from "../fakes/discord/routes.ts";
import type { Channel } from "../fakes/discord/world.ts";
import { type Act, type ChatPlatform, isChinese, type PlatformOptions, withRoom } from "./chat-platform.ts";

const channels = 3;
/** The requests that show people something. */
const sends: readonly RouteName[] = ["edit-original", "follow-up", "create-message", "edit-message"];

/** Discord with people in several channels. Every app that receives has a session of its own on the gateway. */
export async function openDiscord({ clock, chance }: PlatformOptions): Promise<ChatPlatform> {
  const fake = await startDiscord({ clock, identifiesADay: 1_000_000 });
  const rooms = [fake.channel, ...Array.from({ length: channels - 1 }, (_, index) => fake.addChannel(`room-${index}`))];
  const people = new Map<string, { person: Person; channel: Channel }>();

  function named(name: string): { person: Person; channel: Channel } {
    const known = people.get(name);
    if (known !== undefined) return known;
    const person = fake.person(name, { locale: isChinese(name) ? "zh-CN" : "en-US" });
    const made = { person, channel: rooms[people.size % rooms.length]! };
    people.set(name, made);
    return made;
  }

  function actOf(person: Person, interaction: Interaction): Act {
    return {
      get state() {
        return interaction.state;
      },
      answer() {
        const shown = person.answerTo(interaction);
        return shown?.thinking === false ? shown.text : (interaction.followUps[0]?.content ?? null);
      },
    };
  }

  const byApp = (): MessageView[] =>
    [...fake.world.channels.values()]
      .flatMap((channel) => fake.allMessages(channel))
      .filter(({ authorId }) => authorId === fake.botUserId);

  return {
    id: "discord",
    environment: { DISCORD_TOKEN: fake.token, DISCORD_API_URL: fake.apiUrl },
    fileHosts: [new URL(fake.files.url).host],
    repeatsUnansweredSends: false,
    async prepare() {},
    isReached: () => fake.gateway.connected > 0 && fake.commands().some(({ name }) => name === "ask"),
    ask({ person: name, tool, input }) {
      const { person, channel } = named(name);
      return actOf(person, person.runCommand(tool, input as Record<string, string>, { in: channel }));
    },
    press(name, jobId, labels) {
      const { person, channel } = named(name);
      const views = [...person.visibleMessages(channel), ...person.visibleMessages(fake.direct(person))];
      for (const view of views.filter(({ text }) => text.includes(jobId)).reverse()) {
        const button = view.buttons.find(({ label, disabled }) => !disabled && labels.includes(label));
        if (button !== undefined) return actOf(person, person.press(view, button.label));
      }
      return null;
    },
    seen: () =>
      byApp().map(({ text, createdAt, files }) => ({
        ...{ text, createdAt },
        files: files.map(({ id, bytes }) => ({ id, hash: createHash("sha256").update(bytes).digest("hex") })),
      })),
    trouble() {
      const route = chance.pick(withRoom(sends, (one) => fake.faults.waiting(one)));
      const when = chance.pick(["before", "after"] as const);
      const kind = chance.weighted([
        [30, "status"],
        [30, "drop"],
        [15, "rate limit"],
        [5, "acknowledgement"],
        [8, "gateway drop"],
        [6, "gateway reconnect"],
        [6, "gateway invalidation"],
      ] as const);
      switch (kind) {
        case "status":
          fake.faults.next(route, { kind, status: chance.pick([500, 502, 503]), when });
          return `HTTP 5xx ${when} a send`;
        case "drop":
          fake.faults.next(route, { kind, when });
          return `connection broken ${when} a send`;
        case "rate limit":
          fake.faults.next(route, { kind: "rate-limit", retryAfterMs: chance.between(500, 5_000) });
          return "HTTP 429 before a send";
        case "acknowledgement":
          fake.faults.next("callback", { kind: "drop", when });
          return `connection broken ${when} an acknowledgement`;
        case "gateway drop":
          fake.gateway.drop();
          return kind;
        case "gateway reconnect":
          fake.gateway.reconnect();
          return kind;
        case "gateway invalidation":
          fake.gateway.invalidate(chance.percent(50));
          return kind;
      }
    },
    calm: () => fake.faults.clear(),
    credentials: () => fake.interactions.map(({ token }) => token),
    violations: () =>
      fake.violations.map(({ where, direction, problems }) => `${direction} ${where}: ${problems.join("; ")}`),
    end: () => fake.close(),
  };
}
