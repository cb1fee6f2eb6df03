import type { Clock } from "@toolcast/core/engine";
import { createChance } from "./chance.ts";
import type { ChatPlatform, SeenMessage } from "./chat-platform.ts";
import { after } from "./crew.ts";
import { openDiscord } from "./discord-platform.ts";
import type { PlatformId } from "./platform-id.ts";
import { fileHostsVariable } from "./settings.ts";
import { openSlack } from "./slack-platform.ts";
import { openTelegram } from "./telegram-platform.ts";

/** What was left on a platform at the end. */
export interface ChatRecord extends Pick<ChatPlatform, "id" | "repeatsUnansweredSends"> {
  seen: SeenMessage[];
  /** How often each trouble was caused. */
  troubles: Map<string, number>;
  violations: string[];
  credentials: string[];
}

/** The chat platforms of a run, and what goes wrong with them. */
export interface Chats {
  platforms: readonly ChatPlatform[];
  /** The variables that connect an app to all of them. */
  environment: Record<string, string>;
  /** The messages that are about a job: all but what a request without one was answered with. */
  aboutJobs(): SeenMessage[];
  /** From now on nothing goes wrong. */
  calm(): Promise<void>;
  record(): ChatRecord[];
  end(): Promise<void>;
}

export interface ChatsOptions {
  clock: Clock;
  seed: number;
  /** How many wishes have been made so far: the troubles grow with the work. */
  asked: () => number;
  /** Real milliseconds between two troubles. */
  everyMs: readonly [least: number, most: number];
}

const firstTroubles = 6;
const wishesPerFurtherTrouble = 3;

/** Opens every platform and troubles each in turn. */
export async function openChats({ clock, seed, asked, everyMs }: ChatsOptions): Promise<Chats> {
  const chance = createChance(seed);
  const platforms = await Promise.all(
    [openDiscord, openSlack, openTelegram].map((open, index) => open({ clock, chance: createChance(seed + index) })),
  );
  const troubles = new Map<PlatformId, Map<string, number>>(platforms.map(({ id }) => [id, new Map()]));
  const over = Promise.withResolvers<void>();
  let isCalm = false;
  const living = live();

  async function live(): Promise<void> {
    for (let caused = 0; !isCalm; ) {
      await Promise.race([over.promise, after(chance.between(...everyMs))]);
      if (isCalm || caused >= firstTroubles + asked() / wishesPerFurtherTrouble) continue;
      const platform = platforms[caused % platforms.length]!;
      const counts = troubles.get(platform.id)!;
      const name = platform.trouble();
      counts.set(name, (counts.get(name) ?? 0) + 1);
      caused += 1;
    }
  }

  return {
    platforms,
    environment: {
      ...(Object.assign({}, ...platforms.map(({ environment }) => environment)) as Record<string, string>),
      [fileHostsVariable]: platforms.flatMap(({ fileHosts }) => fileHosts).join(","),
    },
    aboutJobs: () =>
      platforms
        .flatMap((platform) => platform.seen())
        .filter(({ text, files }) => text.includes("job_") || files.length > 0),
    async calm() {
      isCalm = true;
      over.resolve();
      await living;
      for (const platform of platforms) platform.calm();
    },
    record: () =>
      platforms.map((platform) => ({
        ...{ id: platform.id, repeatsUnansweredSends: platform.repeatsUnansweredSends },
        ...{ seen: platform.seen(), troubles: troubles.get(platform.id)! },
        ...{ violations: platform.violations(), credentials: platform.credentials() },
      })),
    async end() {
      await Promise.all(platforms.map((platform) => platform.end()));
    },
  };
}
