import { afterEach, describe, expect, test } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
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

const picture = () => ({ filename: "cat.png", bytes: Buffer.from(fixture("picture.png")) });

const addressOf = (room: SlackRoom) => room.newestJob().caller.place.address as { team: string; enterprise?: string };
const teamOf = (room: SlackRoom) => addressOf(room).team;

describe("people's files", () => {
  test("from another workspace come as stubs, which are completed before they are read", async () => {
    verifies("slack.form");
    const room = await open();
    const { platform } = room;
    const eve = platform.person("eve", { kind: "stranger", channels: [] });
    const shared = platform.addChannel("together", { shared: true, people: [eve] });
    await room.open({ policy: { operators: [], access: [{ tool: "describe", allowed: ["slack:role:stranger"] }] } });
    const { ts, channelId } = eve.say("what is this", { in: shared, files: [picture()] });
    const { payload } = await room.taken(eve.shortcut("tool:describe", { channelId, ts }));
    expect(JSON.stringify(payload)).toContain("check_file_info");
    await room.until(() => room.installation.jobs().length === 1 && room.everythingSent());
    expect(platform.requestsTo("files.info").length).toBeGreaterThan(0);
    expect(room.newestJob().state.phase).toBe("succeeded");
  });
});

describe("Enterprise Grid", () => {
  test.each(["workspace", "organisation"] as const)(
    "answers go to the workspace that asked, by its ids (%s)",
    async (grid) => {
      verifies("slack.workspaces");
      const room = await open({ grid });
      await room.open();
      const { platform } = room;
      const ada = platform.person("ada");
      expect(ada.id).toMatch(/^W/);
      await room.taken(ada.command("/image", "a fox"));
      await room.until(() => room.everythingSent());
      expect(ada.visibleMessages()[0]?.images).toHaveLength(1);
      expect(teamOf(room)).toBe(platform.world.team.id);
      expect(room.newestJob().caller.outsider).toBeUndefined();
      ada.say("image an owl", { in: ada.direct });
      await room.until(() => room.installation.jobs().length === 2 && room.everythingSent());
      expect(ada.visibleMessages(ada.direct).flatMap(({ images }) => images)).toHaveLength(1);
      expect(room.newestJob().caller.id).toBe(`slack:${ada.id}`);
    },
  );

  test.each(["workspace", "organisation"] as const)(
    "addresses name the workspace and its organisation, however somebody asks; people keep the ids that Slack gave (%s)",
    async (grid) => {
      verifies("slack.workspaces");
      const room = await open({ grid });
      await room.open();
      const { platform } = room;
      const ada = platform.person("ada");
      const asks: (() => unknown)[] = [
        () => ada.command("/image", "a fox"),
        () => ada.say("image a fox", { in: ada.direct }),
        () => ada.say("@toolcast image a fox"),
        () =>
          ada.press(
            "Again",
            ada.visibleMessages().find(({ images }) => images.length > 0),
          ),
        () => ada.shortcut("tool:image", ada.say("a fox")),
        async () => {
          await room.taken(ada.command("/image"));
          await platform.until(() => ada.modal !== null, "the form");
          await room.taken(ada.submit({ prompt: "a fox" }));
        },
      ];
      for (const [index, ask] of asks.entries()) {
        await ask();
        await room.until(() => room.installation.jobs().length === index + 1 && room.everythingSent());
        const { id: enterprise } = platform.world.enterprise!;
        expect(addressOf(room)).toMatchObject({ team: platform.world.team.id, enterprise });
      }
      expect(ada.id).toMatch(/^W/);
      const callers = room.installation.jobs().map(({ caller }) => caller.id);
      expect(new Set(callers)).toEqual(new Set([`slack:${ada.id}`]));
    },
  );

  test("somebody who belongs to several of its workspaces is a member of each; of others, a stranger", async () => {
    verifies("slack.workspaces");
    const room = await open({ grid: "workspace" });
    await room.open();
    const { platform } = room;
    const elsewhere = platform.addTeam("Elsewhere");
    const ada = platform.person("ada", { team: elsewhere, alsoIn: [platform.world.team] });
    const eve = platform.person("eve", { team: elsewhere });
    await room.taken(ada.command("/image", "a fox"));
    await room.taken(eve.command("/image", "an owl"));
    await room.until(() => room.everythingSent());
    await room.pass(5_000);
    expect(room.installation.jobs().map(({ caller }) => caller.id)).toEqual([`slack:${ada.id}`]);
  });
});

describe("a channel shared with another workspace", () => {
  test("its outsiders' requests belong to the workspace of the installation, by message and by form", async () => {
    verifies("slack.workspaces");
    const room = await open();
    const { platform } = room;
    const eve = platform.person("eve", { kind: "stranger", channels: [] });
    const shared = platform.addChannel("together", { shared: true, people: [eve] });
    await room.open({ policy: { operators: [], access: [{ tool: "image", allowed: ["slack:role:stranger"] }] } });
    eve.say("@toolcast image a fox", { in: shared });
    await room.until(() => room.installation.jobs().length === 1 && room.everythingSent());
    expect(teamOf(room)).toBe(platform.world.team.id);
    await room.taken(eve.command("/image", "", { in: shared }));
    await platform.until(() => eve.modal !== null, "the form");
    await room.taken(eve.submit({ prompt: "an owl" }));
    await room.until(() => room.installation.jobs().length === 2 && room.everythingSent());
    expect(teamOf(room)).toBe(platform.world.team.id);
  });
});
