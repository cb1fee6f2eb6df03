import { readFile } from "node:fs/promises";
import type { Job } from "@toolcast/core";
import { afterEach, describe, expect, test } from "vitest";
import type { Person } from "../fakes/slack/person.ts";
import type { SlackFake } from "../fakes/slack/slack.ts";
import { openSlackRoom, type SlackProcess, type SlackRoom } from "../slack-room.ts";
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

/** A picture that takes a minute, asked for by somebody. */
async function slowPicture(room: SlackRoom): Promise<Person> {
  const { platform, installation } = room;
  installation.provider.nextStart("image", { end: "operation", reference: { vendor: "slow" } });
  installation.provider.nextCheck({ state: "pending", fraction: 0.5, checkAfterMs: 60_000 });
  const ada = platform.person("ada");
  await room.taken(ada.command("/image", "a fox"));
  return ada;
}

/** The reply addresses that are still stored, of every job so far. */
async function storedAddresses({ runtime }: SlackProcess, { installation }: SlackRoom): Promise<number> {
  const answers = installation.jobs().map(({ caller }) => (caller.place.address as { answer: string }).answer);
  const entries = await Promise.all(answers.map((answer) => runtime.inbox.read(`slack:${answer}`)));
  return entries.filter((entry) => entry?.credentials !== undefined).length;
}

/** Waits until everything that was not sent is kept. */
function kept({ until, installation }: SlackRoom): Promise<void> {
  const isSettled = ({ notices }: Job) =>
    notices.length > 0 && notices.every(({ state, rung }) => state === "sent" || rung === "kept");
  return until(() => installation.jobs().every(isSettled), 3 * 60 * 60_000, 30_000);
}

describe("an app that is removed", () => {
  test.each([
    ["uninstalled", (platform: SlackFake) => platform.uninstall()],
    ["left without its token", (platform: SlackFake) => [platform.revokeTokens()]],
  ])("ends deliveries with a sentence and sends nothing more: %s", async (_, remove) => {
    verifies("slack.removed");
    const room = await open();
    const process = await room.open();
    const { platform } = room;
    const eve = platform.person("eve");
    await room.taken(eve.command("/image", "an owl"));
    await room.until(() => room.everythingSent());
    const ada = await slowPicture(room);
    expect(await storedAddresses(process, room)).toBe(2);
    for (const sent of remove(platform)) {
      if (sent !== null) {
        await room.taken(sent);
      }
    }
    expect(process.isRemoved()).toBe(true);
    expect(await storedAddresses(process, room)).toBe(0);
    const asked = platform.requests.length;
    await kept(room);
    expect(platform.requests.length).toBe(asked);
    expect(ada.visibleMessages(ada.direct)).toEqual([]);
    expect(room.newestJob().notices).toMatchObject([{ rung: "kept", trouble: "the bot was removed from Slack" }]);
  });

  test("while a result is being uploaded: its picture is kept, and no further request is made", async () => {
    verifies("slack.removed");
    const room = await open();
    await room.open();
    const { platform } = room;
    await slowPicture(room);
    platform.files.hold();
    await room.pass(65_000);
    expect(platform.requestsTo("files.completeUploadExternal")).toHaveLength(1);
    for (const sent of platform.uninstall()) {
      if (sent !== null) {
        await room.taken(sent);
      }
    }
    const asked = platform.requests.length;
    await kept(room);
    expect(platform.requests.length).toBe(asked);
    expect(room.newestJob().state.phase).toBe("succeeded");
  });

  test("loads nobody's file with the token any more", async () => {
    verifies("slack.removed");
    const room = await open();
    const process = await room.open();
    const { platform } = room;
    const ada = platform.person("ada");
    const bytes = await readFile(new URL("../../core/fixtures/picture.png", import.meta.url));
    const said = ada.say("a cat", { files: [{ filename: "cat.png", bytes }] });
    await room.pass(1_000);
    // Slack has sent both, and the removal overtakes the request.
    platform.faults.always("users.info", { kind: "latency", ms: 5_000 });
    await room.taken(ada.shortcut("tool:describe", { channelId: said.channelId, ts: said.ts }));
    for (const sent of platform.uninstall()) {
      if (sent !== null) {
        await room.taken(sent);
      }
    }
    expect(process.isRemoved()).toBe(true);
    await room.pass(8_000, 4_000);
    expect(platform.fileHost.requests.filter(({ method }) => method === "GET")).toEqual([]);
  });

  test("is not taken for one that another workspace has removed", async () => {
    verifies("slack.removed", "slack.workspaces");
    const room = await open();
    const process = await room.open();
    const { platform } = room;
    const ada = await slowPicture(room);
    for (const told of platform.uninstall({ from: platform.addTeam("Elsewhere") })) {
      await room.taken(told!);
    }
    expect([process.isRemoved(), await storedAddresses(process, room)]).toEqual([false, 1]);
    await room.until(() => room.everythingSent());
    expect(ada.visibleMessages()[0]?.images).toHaveLength(1);
  });

  test("is not taken for one whose people revoked their own tokens", async () => {
    verifies("slack.removed");
    const room = await open();
    const process = await room.open();
    const { platform } = room;
    const ada = await slowPicture(room);
    await room.taken(platform.revokeTokens({ of: ada })!);
    expect(process.isRemoved()).toBe(false);
    await room.until(() => room.everythingSent());
    expect(ada.visibleMessages()[0]?.images).toHaveLength(1);
  });
});
