/**
 * The smallest discord.js bot that answers a command: `node bare-discord-process.ts <api url> <token> <answer> [file]`. With a
 * file it stores each command there, durably, before it defers its answer.
 */
import { DatabaseSync } from "node:sqlite";
import { Client, GatewayIntentBits } from "discord.js";

const [api = "", token = "", answer = "", file] = process.argv.slice(2);
const store = file === undefined ? undefined : openStore(file);
const client = new Client({
  intents: [GatewayIntentBits.Guilds],
  // Its own limit of 50 requests a second would be what is measured.
  rest: { api, globalRequestsPerSecond: Number.POSITIVE_INFINITY },
});
client.on("interactionCreate", async (interaction) => {
  if (interaction.isChatInputCommand()) {
    store?.run(interaction.id, JSON.stringify(interaction.options.data));
    await interaction.deferReply();
    await interaction.editReply(answer);
  }
});
client.once("clientReady", async () => {
  await client.application?.commands.set([
    { name: "explain", description: "Explains", options: [{ name: "text", description: "A code", type: 3 }] },
  ]);
  process.stdout.write("ready\n");
});
await client.login(token);

function openStore(path: string) {
  const database = new DatabaseSync(path);
  database.exec(
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE commands (id TEXT PRIMARY KEY, options TEXT)",
  );
  return database.prepare("INSERT INTO commands (id, options) VALUES (?, ?)");
}
