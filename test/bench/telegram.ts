import { startTelegram, type TelegramFake } from "../fakes/telegram/telegram.ts";
import { freePort } from "../free-port.ts";
import { askers, bareAnswer, createAskers } from "./askers.ts";
import type { Group } from "./bench.ts";
import { chatRows } from "./chat-rows.ts";
import { type Measured, program, startNode, temporaryFolder, toolcast } from "./side-process.ts";
import { createWaiting } from "./waiting.ts";

async function openSide(start: (telegram: TelegramFake, people: readonly number[]) => Promise<Measured>) {
  const telegram = await startTelegram({ flood: false });
  const people = Array.from({ length: askers }, (_, index) => telegram.person(`Person ${index}`));
  const bot = await start(
    telegram,
    people.map(({ id }) => id),
  );
  await telegram.until(() => telegram.updates.polling, "a poll");
  const until = createWaiting(telegram.onChange);
  const ask = createAskers(people);
  const command = () =>
    ask(async (person) => {
      const began = performance.now();
      const { id } = person.write("/explain 10013");
      const isPending = () =>
        telegram.updates.pending.some(
          ({ update: { message } }) => message?.message_id === id && message.chat.id === person.id,
        );
      await until(() => !isPending());
      return performance.now() - began;
    });
  return { telegram, bot, command };
}

export const telegramGroup: Group = {
  name: "telegram",
  title: "Telegram",
  about:
    "`/explain 10013` in people's own chats against a telegraf bot that replies, until the bot has told Telegram that it has the update: ours has stored it by then. Nobody waits for answers, which we pace by Telegram's limits.",
  async measure({ effort, vendors }) {
    using folder = temporaryFolder();
    const ours = await openSide(async (telegram, people) =>
      startNode(
        toolcast("start", "--no-supervisor"),
        {
          ...vendors,
          TOOLCAST_DATA_DIR: folder.path,
          PORT: String(await freePort()),
          OPERATORS: people.map((id) => `telegram:${id}`).join(","),
          TELEGRAM_API_ROOT: telegram.apiRoot,
          TELEGRAM_BOT_TOKEN: telegram.token,
        },
        "Toolcast is ready",
      ),
    );
    const bare = await openSide(({ apiRoot, token }) =>
      startNode(program("bare-telegram-process.ts", apiRoot, token, bareAnswer), {}, "ready"),
    );
    try {
      return await chatRows({
        ours: ours.command,
        bare: bare.command,
        effort,
        first: "update to stored",
        whole: "updates taken in",
        goals: { acknowledged: 0.8 },
      });
    } finally {
      for (const { bot, telegram } of [ours, bare]) {
        await bot.stop();
        await telegram.close();
      }
    }
  },
};
