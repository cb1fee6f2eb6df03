import { afterEach, describe, expect, test } from "vitest";
import { openSlackRoom, type SlackRoom } from "../slack-room.ts";
import { verifies } from "../verifies.ts";

const rooms: SlackRoom[] = [];
const open = async (...options: Parameters<typeof openSlackRoom>) => {
  const room = await openSlackRoom(...options);
  rooms.push(room);
  return room;
};

afterEach(async () => {
  for (const room of rooms.splice(0)) {
    await room[Symbol.asyncDispose]();
  }
});

describe("where the bot may not write", () => {
  test("in a channel without it, the answer uses the command's address, and the files come by direct message", async () => {
    verifies("slack.ladder");
    const room = await open();
    await room.open();
    const { platform } = room;
    const ada = platform.person("ada");
    const secret = platform.addChannel("plans", { kind: "private", withBot: false, people: [ada] });
    await room.taken(ada.command("/image", "a fox", { in: secret }));
    await room.until(() => room.everythingSent());
    const said = ada.visibleMessages(secret);
    expect(said.map(({ text }) => text).join("\n")).toContain("/invite @toolcast");
    expect(said.flatMap(({ images }) => images)).toEqual([]);
    expect(said.at(-1)?.text).toContain("direct message");
    expect(platform.responseUrls.every(({ uses }) => uses <= 5)).toBe(true);
    expect(ada.visibleMessages(ada.direct).flatMap(({ images }) => images)).toHaveLength(1);
  });

  test("in a channel archived meanwhile, only the direct message is left", async () => {
    verifies("slack.ladder");
    const room = await open();
    await room.open();
    const { platform, installation } = room;
    const ada = platform.person("ada");
    installation.provider.nextStart("image", { end: "operation", reference: { vendor: "slow" } });
    installation.provider.nextCheck({ state: "pending", fraction: 0.5, checkAfterMs: 60_000 });
    await room.taken(ada.command("/image", "a fox"));
    platform.archive(platform.channel);
    await room.until(() => room.everythingSent());
    expect(ada.visibleMessages(ada.direct).flatMap(({ images }) => images)).toHaveLength(1);
  });

  test("with direct messages closed as well, the outcome is kept, and nothing is repeated endlessly", async () => {
    verifies("slack.ladder");
    const room = await open();
    await room.open();
    const { platform } = room;
    const ada = platform.person("ada");
    const secret = platform.addChannel("plans", { kind: "private", withBot: false, people: [ada] });
    platform.closeDirect(ada);
    await room.taken(ada.command("/image", "a fox", { in: secret }));
    await room.until(() => room.newestJob().notices.some(({ rung }) => rung === "kept"), 3 * 60 * 60_000, 30_000);
    expect(room.installation.provider.starts).toHaveLength(1);
  });
});
