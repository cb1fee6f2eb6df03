import { afterEach, describe, expect, test } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import { vendorFailure } from "../doubles/scripted-provider.ts";
import { isObject, type JsonObject } from "../fakes/json.ts";
import type { Person } from "../fakes/slack/person.ts";
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

const hostile =
  "<!channel> <@U0000> <#C0000> *bold* `code` https://evil.example <https://evil.example|here> &lt;!here&gt;";

/** A request as the API understands it: structures may come as text. */
function argumentsOf(body: JsonObject): JsonObject {
  const blocks = typeof body.blocks === "string" ? (JSON.parse(body.blocks) as unknown) : body.blocks;
  return { ...body, ...(blocks === undefined ? {} : { blocks }) };
}

/** Every text within that Slack reads as markup, whether shown or only notified. */
function markupIn(value: unknown): string[] {
  if (Array.isArray(value)) {
    return value.flatMap(markupIn);
  }
  if (!isObject(value)) {
    return [];
  }
  const own = value.type === "mrkdwn" ? [value.text] : [];
  const named = value.type === undefined ? [value.text, value.initial_comment] : [];
  return [...[...own, ...named].filter((text) => typeof text === "string"), ...Object.values(value).flatMap(markupIn)];
}

/** Judges everything that Slack received: requests, reply addresses and acknowledgements. */
function assertInert({ platform }: SlackRoom, asker: Person): void {
  const sent = platform.requests.map(({ target, body }) => ({ target, body: argumentsOf(body) }));
  const answers = platform.deliveries.map(({ answer }) => ({ target: "acknowledgement", body: answer }));
  const texts = [...sent, ...answers].flatMap(({ body }) => markupIn(body));
  expect(texts.length).toBeGreaterThan(0);
  for (const text of texts) {
    expect(text.replaceAll(`<@${asker.id}>`, "")).not.toMatch(/[<>]/);
  }
  const posts = sent.filter(({ target }) => target === "chat.postMessage" || target === "response_url");
  for (const { body } of posts) {
    expect([String(body.unfurl_links), String(body.unfurl_media), body.parse, body.link_names]).toEqual([
      ...["false", "false", undefined, undefined],
    ]);
  }
  for (const channel of platform.world.channels.values()) {
    for (const { byApp, mentions, unfurls } of platform.allMessages(channel)) {
      if (byApp) {
        expect([mentions.broadcasts, mentions.userIds.filter((id) => id !== asker.id), unfurls]).toEqual([[], [], []]);
      }
    }
  }
}

describe("text from people", () => {
  test("is inert in the bot's own message, in its pictures and below them", async () => {
    verifies("slack.inert");
    const room = await open();
    await room.open();
    const ada = room.platform.person("ada");
    await room.taken(ada.command("/image", `${hostile} --count 2`));
    await room.until(() => room.everythingSent());
    expect(room.newestJob().input).toMatchObject({ prompt: hostile });
    const [answer] = ada.visibleMessages();
    expect(answer?.text).toContain(hostile);
    // Slack reads alternative texts as they are.
    expect(answer?.images.map(({ altText }) => altText.includes("<!channel>"))).toEqual([true, true]);
    expect(room.platform.requestsTo("chat.postMessage", "chat.update").length).toBeGreaterThan(1);
    assertInert(room, ada);
  });

  test("is inert by the address that came with a command, and by direct message", async () => {
    verifies("slack.inert");
    const room = await open();
    await room.open();
    const { platform } = room;
    const ada = platform.person("ada");
    const secret = platform.addChannel("plans", { kind: "private", withBot: false, people: [ada] });
    await room.taken(ada.command("/image", hostile, { in: secret }));
    await room.until(() => room.everythingSent());
    expect(platform.requestsTo("response_url").length).toBeGreaterThan(0);
    expect(ada.visibleMessages(secret).some(({ text }) => text.includes("<!channel>"))).toBe(true);
    expect(ada.visibleMessages(ada.direct).flatMap(({ images }) => images)).toHaveLength(1);
    assertInert(room, ada);
  });

  test("is inert in private answers, errors and forms", async () => {
    verifies("slack.inert");
    const room = await open();
    await room.open();
    const ada = room.platform.person("ada");
    await room.taken(ada.command("/image", `${hostile} --private`));
    await room.until(() => room.everythingSent());
    await room.taken(ada.command("/image", `a fox --size "${hostile}"`));
    await room.taken(ada.command("/voices", hostile));
    await room.taken(ada.command("/image", `a fox --${hostile}`));
    const { ts, channelId } = ada.say("<!channel> look");
    await room.taken(ada.shortcut("tool:describe", { channelId, ts }));
    await room.platform.until(() => ada.modal !== null, "the form");
    expect(JSON.stringify(ada.modal?.inputs)).toContain("<!channel> look");
    expect(ada.visibleMessages().filter(({ ephemeral }) => ephemeral).length).toBeGreaterThan(3);
    assertInert(room, ada);
  });

  test("is inert as the name of a file, and as that of a person", async () => {
    verifies("slack.inert");
    const room = await open({ fileProcessingMs: 0 });
    await room.open({ policy: { operators: [], askAbove: 0 } });
    const { platform } = room;
    const ada = platform.person("ada <!here> <https://evil.example|x>");
    const picture = { filename: "<!channel> <@U0000>.png", bytes: Buffer.from(fixture("picture.png")) };
    platform.faults.next("download", { kind: "status", status: 500 });
    const { ts, channelId } = ada.say("what is this", { files: [picture] });
    await room.taken(ada.shortcut("tool:describe", { channelId, ts }));
    await room.pass(5_000);
    expect(ada.visibleMessages().at(-1)?.text).toContain("<!channel> <@U0000>.png could not be loaded");
    await room.taken(ada.shortcut("tool:describe", { channelId, ts }));
    await room.pass(5_000);
    const eve = platform.person("eve");
    await room.taken(eve.press("Agree", ada.visibleMessages().at(-1)));
    await room.taken(ada.press("Agree", ada.visibleMessages().at(-1)));
    await room.until(() => room.everythingSent());
    await room.taken(ada.command("/job", room.newestJob().id));
    await room.pass(1_000);
    assertInert(room, ada);
  });
});

describe("text from vendors", () => {
  test("is inert in results and in failures", async () => {
    verifies("slack.inert");
    const room = await open();
    await room.open();
    const { platform, installation } = room;
    const ada = platform.person("ada");
    const charge = { amount: 2, unit: "points" as const };
    installation.provider.nextStart("imageUnderstanding", {
      end: "done",
      output: { media: [], text: hostile, charge },
    });
    const picture = { filename: "cat.png", bytes: Buffer.from(fixture("picture.png")) };
    const { ts, channelId } = ada.say("what is this", { files: [picture] });
    await room.pass(1_000);
    await room.taken(ada.shortcut("tool:describe", { channelId, ts }));
    await room.until(() => room.installation.jobs().length === 1 && room.everythingSent());
    expect(ada.visibleMessages().at(-1)?.text).toContain(hostile);
    const failure = vendorFailure({ kind: "refused", charged: "no", vendorMessage: hostile });
    installation.provider.nextStart("image", { end: "refused", failure });
    await room.taken(ada.command("/image", "a fox"));
    await room.until(() => room.installation.jobs().length === 2 && room.everythingSent());
    expect(ada.visibleMessages().some(({ text }) => text.includes("<!channel>"))).toBe(true);
    assertInert(room, ada);
  });
});

test("every edit of a message gives its blocks new ids, even within one instant", async () => {
  verifies("slack.delivery");
  const room = await open();
  await room.open();
  const { platform, installation } = room;
  const ada = platform.person("ada");
  installation.provider.nextStart("image", { end: "operation", reference: { vendor: "slow" } });
  installation.provider.nextCheck(
    ...[0.1, 0.4, 0.7].map((fraction) => ({ state: "pending" as const, fraction, checkAfterMs: 20_000 })),
  );
  await room.taken(ada.command("/image", "a fox"));
  await room.until(() => room.everythingSent());
  const versions = platform.requestsTo("chat.postMessage", "chat.update").map(({ body }) => {
    const blocks = argumentsOf(body).blocks as JsonObject[];
    return blocks.map(({ block_id: id }) => String(id));
  });
  expect(versions.length).toBeGreaterThan(3);
  const ids = versions.flat();
  expect(new Set(ids).size).toBe(ids.length);
});
