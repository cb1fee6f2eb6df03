/** The smallest discord.js bot that answers a command: `node bare-discord-process.ts <api url> <token> <answer>`. */
import { Client, GatewayIntentBits } from "discord.js";

const [api = "", token = "", answer = ""] = process.argv.slice(2);
const client = new Client({
  intents: [GatewayIntentBits.Guilds],
  // Its own limit of 50 requests a second would be what is measured.
  rest: { api, globalRequestsPerSecond: Number.POSITIVE_INFINITY },
});
client.on("interactionCreate", async (interaction) => {
  if (interaction.isChatInputCommand()) {
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
