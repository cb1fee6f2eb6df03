import type { DiscordFake } from "../fakes/discord/discord.ts";
import type { Measured } from "./side-process.ts";

/** How long a process takes from its start until it has acknowledged a command on Discord, in milliseconds. */
export async function firstAcknowledged(
  discord: DiscordFake,
  start: () => Promise<Measured>,
): Promise<{ tookMs: number; server: Measured }> {
  const ada = discord.person("ada");
  const began = performance.now();
  const server = await start();
  await discord.until(() => discord.commands().length > 0, "the commands", 60_000);
  await discord.until(() => discord.gateway.connected > 0, "the gateway", 60_000);
  const asked = ada.runCommand("explain", { text: "10013" });
  await discord.until(() => asked.state !== "waiting", "an acknowledgement", 60_000);
  const tookMs = performance.now() - began;
  if (asked.state !== "acknowledged") {
    throw new Error("Toolcast did not acknowledge its first command in time");
  }
  return { tookMs, server };
}
