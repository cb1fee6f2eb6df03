import { MessageFlags } from "discord.js";
import { expect, test } from "vitest";
import { startDrivenDiscord } from "../fakes/discord/driven-client.ts";
import { verifies } from "../verifies.ts";

test("the real client defers an answer, edits it with a file and follows up", async () => {
  verifies("built.discord-fake");
  const { discord, client, stop } = await startDrivenDiscord();
  const prompt = { type: 3, name: "prompt", description: "What", required: true };
  await client.application.commands.set([{ name: "image", description: "Makes a picture", options: [prompt] }]);
  client.on("interactionCreate", async (interaction) => {
    if (interaction.isChatInputCommand()) {
      await interaction.deferReply();
      const content = interaction.options.getString("prompt", true);
      await interaction.editReply({ content, files: [{ attachment: Buffer.from("png"), name: "fox.png" }] });
      await interaction.followUp({ content: "more", flags: MessageFlags.Ephemeral });
    }
  });
  const ada = discord.person("ada");
  const asked = ada.runCommand("image", { prompt: "a fox" });
  await discord.until(() => asked.followUps.length === 1, "the follow-up");
  const seen = ada.visibleMessages();
  expect(seen.map(({ text, ephemeral, files }) => [text, ephemeral, files.map((file) => file.filename)])).toEqual([
    ["a fox", false, ["fox.png"]],
    ["more", true, []],
  ]);
  await stop();
  discord.assertNoViolations();
});
