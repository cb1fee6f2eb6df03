import { createHash } from "node:crypto";
import { builtInTools } from "@toolcast/core";
import { locales, say } from "@toolcast/core/surface";
import { slack as definition } from "@toolcast/slack";
import type { Manifest } from "../fakes/slack/context.ts";
import type { Delivery } from "../fakes/slack/deliveries.ts";
import type { Target } from "../fakes/slack/faults.ts";
import type { MessageView } from "../fakes/slack/message-view.ts";
import type { Person } from "../fakes/slack/person.ts";
import { startSlack } from "../fakes/slack/slack.ts";
import type { Channel } from "../fakes/slack/world.ts";
import { type Act, type ChatPlatform, isChinese, type PlatformOptions, typedWords, withRoom } from "./chat-platform.ts";

const channels = 3;
/** The requests that show people something. */
const sends: readonly Target[] = [
  ...(["chat.postMessage", "chat.update", "response_url"] as const),
  ...(["files.completeUploadExternal", "upload"] as const),
];

const withoutJob = (["answer.interrupted", "answer.internal"] as const).flatMap((key) =>
  locales.map((locale) => say({ key }, locale)),
);

/** Slack with people in several channels. Each app that receives has sockets of its own, and every event goes to one. */
export async function openSlack({ clock, chance }: PlatformOptions): Promise<ChatPlatform> {
  const given = { tools: builtInTools, publicUrl: null, values: {} };
  const printed = await definition.commands?.manifest?.run(given);
  const manifest = JSON.parse(printed?.join("\n") ?? "") as Manifest;
  const fake = await startSlack({ clock, manifest });
  const rooms = [fake.channel, ...Array.from({ length: channels - 1 }, (_, index) => fake.addChannel(`room-${index}`))];
  const people = new Map<string, { person: Person; channel: Channel }>();

  function named(name: string): { person: Person; channel: Channel } {
    const known = people.get(name);
    if (known !== undefined) return known;
    const channel = rooms[people.size % rooms.length]!;
    const person = fake.person(name, { locale: isChinese(name) ? "zh-CN" : "en-US", channels: [channel] });
    const made = { person, channel };
    people.set(name, made);
    return made;
  }

  function actOf({ person, channel }: { person: Person; channel: Channel }, delivery: Delivery): Act {
    const isLater = ({ byApp, createdAt }: MessageView) => byApp && createdAt >= delivery.at;
    return {
      get state() {
        return delivery.state;
      },
      answer() {
        const open = person.visibleMessages(channel);
        const alone = open.filter(({ ephemeral }) => ephemeral);
        // What a request without a job comes to is said where its answer already stood for all to see.
        const lost = open.filter(({ text }) => withoutJob.some((sentence) => text.includes(sentence)));
        return [...alone, ...person.visibleMessages(person.direct), ...lost].find(isLater)?.text ?? null;
      },
    };
  }

  const byApp = (): MessageView[] =>
    [...fake.world.channels.values()]
      .flatMap((channel) => fake.allMessages(channel))
      .filter((message) => message.byApp);

  return {
    id: "slack",
    environment: {
      SLACK_BOT_TOKEN: fake.botToken,
      SLACK_APP_TOKEN: fake.appToken,
      SLACK_API_URL: fake.apiUrl,
    },
    fileHosts: [new URL(fake.fileHost.url).host],
    repeatsUnansweredSends: false,
    async prepare() {},
    isReached: () => fake.sockets.connected > 0,
    ask(wish) {
      const own = named(wish.person);
      return actOf(own, own.person.command(`/${wish.tool}`, typedWords(wish), { in: own.channel }));
    },
    press(name, jobId, labels) {
      const own = named(name);
      const views = [...own.person.visibleMessages(own.channel), ...own.person.visibleMessages(own.person.direct)];
      for (const view of views.filter(({ text }) => text.includes(jobId)).reverse()) {
        const button = view.buttons.find(({ label }) => labels.includes(label));
        if (button !== undefined) return actOf(own, own.person.press(button.label, view));
      }
      return null;
    },
    seen: () =>
      byApp().map(({ text, createdAt, files, images }) => ({
        ...{ text, createdAt },
        files: [...files, ...images.flatMap(({ file }) => file ?? [])].map(({ id, bytes }) => ({
          id,
          hash: createHash("sha256")
            .update(bytes ?? "")
            .digest("hex"),
        })),
      })),
    trouble() {
      const target = chance.pick(withRoom(sends, (one) => fake.faults.waiting(one)));
      const when = chance.pick(["before", "after"] as const);
      const kind = chance.weighted([
        [25, "status"],
        [10, "error"],
        [30, "drop"],
        [15, "rate limit"],
        [6, "sockets drop"],
        [6, "sockets refresh"],
        [8, "delivered again"],
      ] as const);
      switch (kind) {
        case "status":
          fake.faults.next(target, { kind, status: chance.pick([500, 502, 503]), when });
          return `HTTP 5xx ${when} a send`;
        case "error":
          fake.faults.next(target, { kind, error: chance.pick(["internal_error", "service_unavailable"]), when });
          return `error of its own ${when} a send`;
        case "drop":
          fake.faults.next(target, { kind, when });
          return `connection broken ${when} a send`;
        case "rate limit":
          fake.faults.next(target, { kind: "rate-limit", retryAfterSeconds: chance.between(1, 5) });
          return "HTTP 429 before a send";
        case "sockets drop":
          fake.sockets.drop();
          return kind;
        case "sockets refresh":
          fake.sockets.refresh();
          return kind;
        case "delivered again": {
          const delivery = fake.deliveries.at(-1);
          if (delivery !== undefined) fake.redeliver(delivery);
          return kind;
        }
      }
    },
    calm: () => fake.faults.clear(),
    credentials: () => fake.responseUrls.map(({ path }) => path),
    violations: () =>
      fake.violations.map(({ where, direction, problems }) => `${direction} ${where}: ${problems.join("; ")}`),
    end: () => fake.close(),
  };
}
