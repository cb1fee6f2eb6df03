import { Client, GatewayIntentBits, MessageFlags } from "discord.js";
import { afterEach, describe, expect, test } from "vitest";
import { type DiscordFake, type DiscordOptions, startDiscord } from "../fakes/discord/discord.ts";
import { createManualClock, type ManualClock } from "../manual-clock.ts";

let discord: DiscordFake;
let client: Client;
let clock: ManualClock;

async function start(options: DiscordOptions = {}, intents: number[] = [GatewayIntentBits.Guilds]): Promise<void> {
  clock = createManualClock();
  discord = await startDiscord({ clock, ...options });
  client = new Client({ intents, rest: { api: discord.apiUrl, retries: 0 } });
  await client.login(discord.token);
  await discord.until(() => client.isReady(), "the client");
}

afterEach(async () => {
  await client?.destroy();
  await discord?.close();
  discord?.assertNoViolations();
});

describe("an answer", () => {
  test("is deferred, edited with a file and followed up", async () => {
    await start();
    await client.application!.commands.set([
      {
        name: "image",
        description: "Makes a picture",
        options: [{ type: 3, name: "prompt", description: "What", required: true }],
      },
    ]);
    client.on("interactionCreate", async (interaction) => {
      if (!interaction.isChatInputCommand()) {
        return;
      }
      await interaction.deferReply();
      await interaction.editReply({
        content: interaction.options.getString("prompt", true),
        files: [{ attachment: Buffer.from("png"), name: "fox.png" }],
      });
      await interaction.followUp({ content: "more", flags: MessageFlags.Ephemeral });
    });
    const ada = discord.person("ada");
    const asked = ada.runCommand("image", { prompt: "a fox" });
    await discord.until(() => asked.followUps.length === 1, "the follow-up");
    expect(
      ada.visibleMessages().map(({ text, ephemeral, files }) => [text, ephemeral, files.map((file) => file.filename)]),
    ).toEqual([
      ["a fox", false, ["fox.png"]],
      ["more", true, []],
    ]);
  });
});
