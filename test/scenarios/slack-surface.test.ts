import type { ChatRoute } from "@toolcast/core/chat";
import { vi } from "vitest";
import { surfaceContract } from "../contracts/surface-contract.ts";
import { openSlackRoom } from "../slack-room.ts";

vi.setConfig({ testTimeout: 60_000 });

surfaceContract("slack", async () => {
  const room = await openSlackRoom();
  const { slack } = await room.open();
  const ada = room.platform.person("ada");
  // Somebody has made a request: a delivery belongs to a conversation with an answer in it.
  await room.taken(ada.command("/image", "a fox"));
  await room.until(() => room.everythingSent());
  const { caller } = room.newestJob();
  /** Messages in one channel are a second apart, and files take time to appear. */
  const inTime = async <Result>(work: Promise<Result>): Promise<Result> => {
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    work.then(over, over);
    await room.until(() => isOver);
    return work;
  };
  return {
    surface: {
      ...slack.surface,
      deliver: (route: ChatRoute, delivery) => inTime(slack.surface.deliver(route, delivery)),
    },
    place: caller.place,
    asker: caller.id,
    acknowledge: async () => {
      // Still in progress: its answer shows no result yet.
      room.installation.provider.nextStart("image", { end: "operation", reference: { vendor: "slow" } });
      await room.taken(ada.command("/image", "another"));
      return room.newestJob().acknowledgement;
    },
    read: async () => [...ada.visibleMessages(), ...ada.visibleMessages(ada.direct)].map(({ text }) => text),
    close: async () => room[Symbol.asyncDispose](),
  };
});
