import { vi } from "vitest";
import { surfaceContract } from "../contracts/surface-contract.ts";
import { newestJob, openTelegramRoom, shownText, slowStart } from "../telegram-room.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

surfaceContract("telegram", async () => {
  const room = await openTelegramRoom({ flood: false });
  const { telegram } = await room.open();
  const ada = await room.member("Ada");
  ada.user.started = true;
  const direct = ada.chat;
  const team = room.platform.addGroup("Team", [ada]);
  // Somebody has made a request: a delivery belongs to a conversation with an answer in it.
  ada.write("/image a fox", { in: team });
  await room.pass(5_000);
  const { caller } = newestJob(room);
  return {
    surface: telegram.surface,
    place: caller.place,
    asker: caller.id,
    acknowledge: async () => {
      // Still in progress: its answer shows no result yet.
      slowStart(room, "image", 60);
      ada.write("/image another", { in: team });
      await room.pass(5_000);
      return newestJob(room).acknowledgement;
    },
    read: async () => [team, direct].flatMap((chat) => ada.visibleMessages(chat)).map(({ text }) => shownText(text)),
    close: async () => room[Symbol.asyncDispose](),
  };
});
