/** The smallest telegraf bot that answers a command: `node bare-telegram-process.ts <api root> <token> <answer>`. */
import { Telegraf } from "telegraf";

const [apiRoot = "", token = "", answer = ""] = process.argv.slice(2);
const bot = new Telegraf(token, { telegram: { apiRoot } });
bot.command("explain", (context) => context.reply(answer));
void bot.launch();
process.stdout.write("ready\n");
