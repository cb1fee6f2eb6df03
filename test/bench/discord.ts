import { join } from "node:path";
import { startDiscord } from "../fakes/discord/discord.ts";
import { freePort } from "../free-port.ts";
import { askers, bareAnswer, createAskers } from "./askers.ts";
import type { Group } from "./bench.ts";
import { chatRows } from "./chat-rows.ts";
import { program, startNode, temporaryFolder, toolcast } from "./side-process.ts";
import { createWaiting } from "./waiting.ts";

/** The flag of an answer that is still to come. */
const thinking = 1 << 7;

/** A Discord of its own with one bot on it. */
async function openSide(start: (apiUrl: string, token: string) => ReturnType<typeof startNode>) {
  const discord = await startDiscord({ rateLimits: false });
  const bot = await start(discord.apiUrl, discord.token);
  await discord.until(() => discord.commands().length > 0, "the commands");
  const until = createWaiting(discord.onChange);
  const ask = createAskers(Array.from({ length: askers }, (_, index) => discord.person(`person-${index}`)));
  const command = () =>
    ask(async (person) => {
      const began = performance.now();
      const interaction = person.runCommand("explain", { text: "10013" });
      await until(() => interaction.state !== "waiting");
      const acknowledgedMs = performance.now() - began;
      await until(() => interaction.original !== null && (interaction.original.flags & thinking) === 0);
      return acknowledgedMs;
    });
  return { discord, bot, command };
}

export const discordGroup: Group = {
  name: "discord",
  title: "Discord",
  about:
    "`/explain 10013` against a discord.js bot that defers its answer and edits it, each on a gateway of its own; then against one that first stores each command in a SQLite file, as durably as we do.",
  async measure({ effort, vendors }) {
    using folder = temporaryFolder();
    const ours = await openSide(async (apiUrl, token) =>
      startNode(
        toolcast("start", "--no-supervisor"),
        {
          ...vendors,
          TOOLCAST_DATA_DIR: folder.path,
          PORT: String(await freePort()),
          DISCORD_TOKEN: token,
          DISCORD_API_URL: apiUrl,
        },
        "Toolcast is ready",
      ),
    );
    const bare = await openSide((apiUrl, token) =>
      startNode(program("bare-discord-process.ts", apiUrl, token, bareAnswer), {}, "ready"),
    );
    const storing = await openSide((apiUrl, token) => {
      const file = join(folder.path, "bare.sqlite");
      return startNode(program("bare-discord-process.ts", apiUrl, token, bareAnswer, file), {}, "ready");
    });
    const named = { first: "interaction to deferred answer", whole: "whole commands with their answers" };
    try {
      return [
        ...(await chatRows({
          ...{ ours: ours.command, bare: bare.command, effort, ...named },
          goals: { acknowledged: 0.85, answered: 0.6 },
          profile:
            "One at a time on a quiet disk, an event is read in 0.2 ms, its statements run in 0.2 ms, the fsync takes 0.4 to 0.9 ms, and the request with its answer 0.5 ms.",
          wholeProfile:
            "One at a time it costs 1.26 commits, because what ends a command mostly joins the commit of the next, and of ten at once 0.36 each. Of ten at once it costs 1.4 to 1.6 ms of the processor, the bare one 0.5: commits take 31 %, requests to Discord 23 %, collecting garbage 11 %, the statements 10 %, laying the answer out 7 %, the gateway 6 %.",
        })),
        ...(await chatRows({
          ...{ ours: ours.command, bare: storing.command, effort, ...named, beside: "beside a bot that stores" },
          goals: {},
        })),
      ];
    } finally {
      for (const { bot, discord } of [ours, bare, storing]) {
        await bot.stop();
        await discord.close();
      }
    }
  },
};
