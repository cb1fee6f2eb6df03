import { vi } from "vitest";
import { surfaceContract } from "../contracts/surface-contract.ts";
import { openRoom, shownText } from "../discord-room.ts";

vi.setConfig({ testTimeout: 60_000 });

surfaceContract("discord", async () => {
  const room = await openRoom();
  const { runtime, discord } = await room.open();
  const ada = room.platform.person("ada");
  // Somebody has made a request: a delivery belongs to a conversation with an answer in it.
  const asked = await room.ask(ada, "image", { prompt: "a fox" });
  const [job] = await runtime.jobs({}, { ...asker(ada.id), place: { surface: "discord", conversation: "" } });
  if (job === undefined) {
    throw new Error("There is no job");
  }
  const direct = room.platform.direct(ada);
  return {
    surface: discord.surface,
    place: job.caller.place,
    asker: job.caller.id,
    acknowledge: async () => {
      // Still in progress: its answer shows no result yet.
      room.installation.provider.nextStart("image", { end: "operation", reference: { vendor: "slow" } });
      const again = await room.ask(ada, "image", { prompt: "another" });
      return {
        interaction: again.id,
        channel: asked.channel.id,
        message: again.original?.id ?? "",
        ephemeral: false,
      };
    },
    read: async () => [...ada.visibleMessages(), ...ada.visibleMessages(direct)].map(({ text }) => shownText(text)),
    close: async () => room[Symbol.asyncDispose](),
  };
});

function asker(id: string) {
  return { id: `discord:${id}`, name: "Ada", locale: "en" as const };
}
