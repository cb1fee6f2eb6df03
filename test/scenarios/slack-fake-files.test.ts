import type { WebClient } from "@slack/web-api";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bareClient } from "../fakes/slack/driven-app.ts";
import { type SlackFake, startSlack } from "../fakes/slack/slack.ts";
import { createManualClock, type ManualClock } from "../manual-clock.ts";
import { verifies } from "../verifies.ts";

const png = Buffer.from("\x89PNG\r\n\x1a\nrest", "latin1");

let clock: ManualClock;
let slack: SlackFake;
let client: WebClient;

beforeEach(async () => {
  clock = createManualClock();
  slack = await startSlack({ clock, rateLimits: false });
  client = bareClient(slack);
});

afterEach(async () => {
  await slack.close();
  slack.assertNoViolations();
});

async function upload(bytes = png, filename = "fox.png"): Promise<string> {
  const { upload_url: url, file_id: id } = await client.files.getUploadURLExternal({
    filename,
    length: bytes.byteLength,
  });
  const response = await fetch(url!, { method: "POST", body: new Uint8Array(bytes) });
  expect(response.status).toBe(200);
  return id!;
}

const shown = (id: string) => [{ type: "image" as const, alt_text: "a fox", slack_file: { id } }];
const info = async (file: string) => (await client.files.info({ file })).file!;
const code = (call: Promise<unknown>) =>
  call.then(() => null).catch((error: { data?: { error: string } }) => error.data?.error);

test("a file has a type, a size and shares only once it is processed, and cannot be shown before", async () => {
  verifies("built.slack-fake");
  const { ts } = await client.chat.postMessage({ channel: slack.channel.id, text: "working" });
  const id = await upload();
  expect(await code(client.files.info({ file: id }))).toBe("file_not_found");
  await client.files.completeUploadExternal({ files: [{ id }], channel_id: slack.channel.id, thread_ts: ts! });
  const early = await info(id);
  expect([early.mimetype, early.size, early.shares]).toEqual(["", 0, {}]);
  expect(await code(client.chat.update({ channel: slack.channel.id, ts: ts!, text: "x", blocks: shown(id) }))).toBe(
    "invalid_blocks",
  );
  await clock.advance(500);
  const typed = await info(id);
  expect([typed.mimetype, typed.size, typed.shares]).toEqual(["image/png", 0, {}]);
  await clock.advance(500);
  const there = await info(id);
  expect([there.size, Object.keys(there.shares?.public ?? {})]).toEqual([0, [slack.channel.id]]);
  expect(await code(client.chat.update({ channel: slack.channel.id, ts: ts!, text: "x", blocks: shown(id) }))).toBe(
    "invalid_blocks",
  );
  await clock.advance(500);
  const ready = await info(id);
  expect([ready.mimetype, ready.filetype, ready.size]).toEqual(["image/png", "png", png.byteLength]);
  expect(ready.shares?.public?.[slack.channel.id]?.[0]?.thread_ts).toBe(ts);
  await client.chat.update({ channel: slack.channel.id, ts: ts!, text: "done", blocks: shown(id) });
  const [first, reply] = slack.allMessages();
  expect(first?.images.map(({ file, altText }) => [file?.id, altText])).toEqual([[id, "a fox"]]);
  expect(reply).toMatchObject({ threadTs: ts, payload: { subtype: "file_share" } });
});

test("a file that was never shared does not appear in an update, but does in a new message", async () => {
  verifies("built.slack-fake");
  const { ts } = await client.chat.postMessage({ channel: slack.channel.id, text: "working" });
  const id = await upload();
  await client.files.completeUploadExternal({ files: [{ id }] });
  await clock.advance(1_500);
  await client.chat.update({ channel: slack.channel.id, ts: ts!, text: "done", blocks: shown(id) });
  expect(slack.allMessages()[0]).toMatchObject({ images: [], hiddenFiles: [{ id }] });
  await client.chat.update({ channel: slack.channel.id, ts: ts!, text: "done", file_ids: [id] });
  expect(slack.allMessages()[0]).toMatchObject({ files: [], hiddenFiles: [{ id }] });
  await client.chat.postMessage({ channel: slack.channel.id, text: "here", blocks: shown(id) });
  expect(slack.allMessages()[1]?.images).toHaveLength(1);
});

test("a share can be lost, and processing can take long", async () => {
  verifies("built.slack-fake");
  slack.files.neverShareNext();
  const id = await upload();
  await client.files.completeUploadExternal({ files: [{ id }], channel_id: slack.channel.id });
  slack.files.hold();
  await clock.advance(60_000);
  expect((await info(id)).mimetype).toBe("");
  slack.files.release();
  expect([(await info(id)).mimetype, (await info(id)).shares, slack.allMessages()]).toEqual(["image/png", {}, []]);
});

test("only pictures of three kinds are shown", async () => {
  verifies("built.slack-fake");
  const id = await upload(Buffer.from("RIFF0000WEBPVP8 "), "fox.webp");
  await client.files.completeUploadExternal({ files: [{ id }] });
  await clock.advance(1_500);
  expect(await code(client.chat.postMessage({ channel: slack.channel.id, text: "x", blocks: shown(id) }))).toBe(
    "invalid_blocks",
  );
});

test("uploads are refused where the bot is absent, a second time, and with the wrong length", async () => {
  verifies("built.slack-fake");
  const away = slack.addChannel("away", { withBot: false });
  const id = await upload();
  expect(await code(client.files.completeUploadExternal({ files: [{ id }], channel_id: away.id }))).toBe(
    "not_in_channel",
  );
  await client.files.completeUploadExternal({ files: [{ id }] });
  expect(await code(client.files.completeUploadExternal({ files: [{ id }] }))).toBe("file_not_found");
  const { upload_url: url, file_id: other } = await client.files.getUploadURLExternal({ filename: "a", length: 9 });
  expect((await fetch(url!, { method: "POST", body: "short" })).status).toBe(400);
  expect(await code(client.files.completeUploadExternal({ files: [{ id: other! }] }))).toBe("file_update_failed");
  await client.files.delete({ file: id });
  expect(await code(client.files.info({ file: id }))).toBe("file_deleted");
});

test("a person's file can be read only with the token, and with files:read", async () => {
  verifies("built.slack-fake");
  const ada = slack.person("ada");
  const said = ada.say("this", { files: [{ filename: "fox.png", bytes: png }] });
  await clock.advance(1_500);
  const { url_private: url } = await info(said.fileIds[0]!);
  const authorization = `Bearer ${slack.botToken}`;
  const got = await fetch(url!, { headers: { authorization } });
  expect([got.status, Buffer.from(await got.arrayBuffer())]).toEqual([200, png]);
  expect((await fetch(url!)).status).toBe(401);
  slack.revokeScope("files:read");
  expect((await fetch(url!, { headers: { authorization } })).headers.get("content-type")).toContain("text/html");
});

test("a file from another workspace comes as a stub that files.info completes", async () => {
  verifies("built.slack-fake");
  const shared = slack.addChannel("partners", { shared: true });
  const eve = slack.person("eve", { kind: "stranger", channels: [shared] });
  const said = eve.say("this", { files: [{ filename: "fox.png", bytes: png }] });
  await clock.advance(1_500);
  const heard = slack.deliveries.at(-1)!.payload as { event: { files: unknown[] }; is_ext_shared_channel: boolean };
  expect(heard.event.files).toMatchObject([{ id: said.fileIds[0], file_access: "check_file_info" }]);
  expect(heard.event.files[0]).not.toHaveProperty("url_private");
  expect(heard.is_ext_shared_channel).toBe(true);
  expect((await info(said.fileIds[0]!)).url_private).toContain(slack.fileHost.url);
});

test("the real client's filesUploadV2 goes through all three steps", async () => {
  verifies("built.slack-fake");
  await client.filesUploadV2({ channel_id: slack.channel.id, file: png, filename: "fox.png", initial_comment: "hi" });
  await clock.advance(1_500);
  expect(slack.allMessages()).toMatchObject([{ text: "hi", files: [{ name: "fox.png", filetype: "png" }] }]);
});
