import { afterEach, describe, expect, test } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import { vendorFailure } from "../doubles/scripted-provider.ts";
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

/** The next picture takes a minute. */
function slow({ installation }: SlackRoom, end: "done" | "failed" = "done"): void {
  const { provider, clock } = installation;
  const until = clock.now() + 60_000;
  provider.nextStart("image", { end: "operation", reference: { vendor: "slow" } });
  provider.everyCheck = () =>
    clock.now() < until
      ? { state: "pending", fraction: 0.5, checkAfterMs: 20_000 }
      : end === "done"
        ? null
        : { state: "failed", failure: vendorFailure({ vendorCode: "20007", vendorMessage: "no", requestId: "r-9" }) };
}

describe("a result that an edit shows", () => {
  test("as text alone, after a wait: a short message below names the asker, once over a restart", async () => {
    verifies("slack.delivery");
    const room = await open();
    const first = await room.open();
    const ada = room.platform.person("ada", { locale: "zh-CN" });
    slow(room, "failed");
    await room.taken(ada.command("/image", "a fox"));
    await room.pass(40_000);
    const job = room.newestJob();
    first.dieAt("after", "update");
    await room.pass(40_000);
    await first.kill();
    await room.pass(35_000);
    await room.open();
    await room.until(() => room.everythingSent());
    const words = ada.visibleMessages().filter(({ text }) => text.includes("有更新"));
    const [answer] = ada.visibleMessages();
    expect(room.newestJob().id).toBe(job.id);
    expect(words).toMatchObject([{ threadTs: answer?.ts, notified: [ada.id] }]);
  });

  test("at once, or with files that name the asker: no further message", async () => {
    verifies("slack.delivery");
    const room = await open();
    await room.open();
    const ada = room.platform.person("ada");
    slow(room);
    await room.taken(ada.command("/image", "a fox"));
    await room.until(() => room.everythingSent());
    await room.taken(ada.command("/balance"));
    await room.pass(5_000);
    expect(ada.visibleMessages().filter(({ text }) => text.includes("has changed"))).toEqual([]);
    expect(ada.notifications).toHaveLength(1);
  });

  test("as several pictures: side by side, each with its text", async () => {
    verifies("slack.delivery");
    const room = await open();
    await room.open();
    const ada = room.platform.person("ada");
    await room.taken(ada.command("/image", "a fox --count 3"));
    await room.until(() => room.everythingSent());
    const [answer] = ada.visibleMessages();
    expect(answer?.blocks.filter(({ type }) => type === "carousel")).toHaveLength(1);
    expect(answer?.images).toHaveLength(3);
    for (const { altText } of answer?.images ?? []) {
      expect(altText).toContain("a fox");
    }
  });

  test.each(["lossy.webp", "lossless.webp"])("in a format that Slack does not show: converted (%s)", async (name) => {
    verifies("slack.delivery");
    const room = await open();
    await room.open();
    const { platform, installation } = room;
    const ada = platform.person("ada");
    const media = [{ bytes: fixture(name) }, { bytes: fixture("picture.png") }];
    installation.provider.nextStart("image", { end: "done", output: { media, charge: { amount: 2, unit: "points" } } });
    await room.taken(ada.command("/image", "a fox"));
    await room.until(() => room.everythingSent());
    const [answer, below] = ada.visibleMessages();
    // Each by what its bytes are.
    const sent = below?.files.map(({ mimetype, filetype }) => [mimetype, filetype]);
    expect(sent).toEqual([
      ["image/jpeg", "jpg"],
      ["image/png", "png"],
    ]);
    expect(below?.files.map((file) => file.name.split(".").at(-1))).toEqual(["jpg", "png"]);
    expect(answer?.images.map(({ file }) => file?.id)).toEqual(below?.files.map(({ id }) => id));
    expect(answer?.hiddenFiles).toEqual([]);
  });
});

const both = (words: string) => ({ en: words, "zh-CN": words });

describe("a result's files", () => {
  test("a GIF is shown as it is", async () => {
    verifies("slack.delivery");
    const room = await open();
    await room.open();
    const ada = room.platform.person("ada");
    const media = [{ bytes: fixture("picture.gif") }];
    room.installation.provider.nextStart("image", {
      end: "done",
      output: { media, charge: { amount: 1, unit: "points" } },
    });
    await room.taken(ada.command("/image", "a fox"));
    await room.until(() => room.everythingSent());
    const [answer, below] = ada.visibleMessages();
    expect(below?.files.map(({ mimetype, bytes }) => [mimetype, bytes])).toEqual([
      ["image/gif", Buffer.from(fixture("picture.gif"))],
    ]);
    expect(answer?.images.map(({ file }) => file?.id)).toEqual(below?.files.map(({ id }) => id));
    expect(answer?.hiddenFiles).toEqual([]);
  });

  test("pictures have the text that describes them, within Slack's limit and never with half a character", async () => {
    verifies("slack.delivery");
    const room = await open();
    await room.open();
    const ada = room.platform.person("ada");
    await room.taken(ada.command("/image", `a fox ${"👩‍👩‍👧‍👧".repeat(100)}`));
    await room.until(() => room.everythingSent());
    const [answer, below] = ada.visibleMessages();
    const [file] = below?.files ?? [];
    expect(file?.altText).toContain("a fox");
    expect(file?.altText).toBe(answer?.images[0]?.altText);
    expect(file?.altText.isWellFormed()).toBe(true);
  });

  test("sounds have none, with which Slack would not share them", async () => {
    verifies("slack.delivery");
    const room = await open();
    room.installation.provider.presetVoices = [
      { name: "Cherry", speakerId: "c-1", model: "m", character: both("sunny"), languages: both("Chinese") },
    ];
    await room.open();
    const ada = room.platform.person("ada");
    await room.taken(ada.command("/speak", "hello --voice Cherry"));
    await room.until(() => room.everythingSent());
    const shared = ada.visibleMessages().flatMap(({ files }) => files);
    expect(shared.map(({ mimetype, altText }) => [mimetype.split("/")[0], altText])).toEqual([["audio", ""]]);
  });

  test("are shown, and people's files read, once Slack has given both their type and their size", async () => {
    verifies("slack.delivery", "slack.files");
    const room = await open({ fileProcessingMs: 9_000 });
    const { runtime } = await room.open();
    const { platform } = room;
    const ada = platform.person("ada");
    await room.taken(ada.command("/image", "a fox"));
    await room.until(() => room.everythingSent());
    expect(ada.visibleMessages()[0]?.images).toHaveLength(1);
    const refused = () => platform.requests.filter(({ error }) => error !== null).map(({ target }) => target);
    expect(refused()).not.toContain("chat.update");
    const png = Buffer.from(fixture("picture.png"));
    const { channelId, ts } = ada.say("what is this", { files: [{ filename: "cat.png", bytes: png }] });
    await room.taken(ada.shortcut("tool:describe", { channelId, ts }));
    await room.until(() => room.installation.jobs().length === 2 && room.everythingSent());
    const asset = await runtime.asset(String(room.newestJob().input.image), room.newestJob().caller);
    expect(Buffer.from(await runtime.media.bytes(asset!))).toEqual(png);
  });
});

describe("buttons on a result", () => {
  test("work after a restart: again keeps everything, and a picture becomes another tool's input", async () => {
    verifies("slack.buttons");
    const room = await open();
    const first = await room.open();
    const { platform } = room;
    const ada = platform.person("ada");
    await room.taken(ada.command("/image", "a fox --size 512x512"));
    await room.until(() => room.everythingSent());
    await first.kill();
    await room.pass(60_000);
    await room.open();
    await room.taken(ada.press("Change", ada.visibleMessages()[0]));
    await platform.until(() => ada.modal !== null, "the form");
    await room.taken(ada.submit({}));
    await room.until(() => room.installation.jobs().length === 2 && room.everythingSent());
    expect(room.newestJob().input).toMatchObject({ prompt: "a fox", size: "512x512" });
    await room.taken(ada.press("Use: Describe a picture", ada.visibleMessages()[0]));
    await platform.until(() => ada.modal !== null, "the form of the other tool");
    await room.taken(ada.submit({}));
    await room.until(() => room.installation.jobs().length === 3 && room.everythingSent());
    expect(room.newestJob().tool).toBe("describe_image");
  });

  test.each([
    ["en-US", "Cancel", "Cancelled"],
    ["zh-CN", "取消", "已取消"],
  ])("work after a restart: cancel stops the job at the vendor (%s)", async (locale, label, words) => {
    verifies("slack.buttons");
    const room = await open();
    const first = await room.open();
    const ada = room.platform.person("ada", { locale });
    slow(room);
    room.installation.provider.nextCancel("stopped");
    await room.taken(ada.command("/image", "a fox"));
    await first.kill();
    await room.pass(35_000);
    await room.open();
    await room.taken(ada.press(label, ada.visibleMessages()[0]));
    await room.until(() => room.newestJob().state.phase === "cancelled");
    await room.pass(5_000);
    expect(room.installation.provider.cancels).toHaveLength(1);
    const [answer, ...others] = ada.visibleMessages();
    expect([answer?.text, others]).toEqual([expect.stringContaining(words), []]);
  });

  test.each([
    ["en-US", "Explain the code"],
    ["zh-CN", "解释错误码"],
  ])("work after a restart: the vendor's code is explained to whoever presses (%s)", async (locale, label) => {
    verifies("slack.buttons");
    const room = await open();
    const first = await room.open();
    const ada = room.platform.person("ada", { locale });
    slow(room, "failed");
    await room.taken(ada.command("/image", "a fox"));
    await room.until(() => room.newestJob().state.phase === "failed" && room.everythingSent());
    await first.kill();
    await room.pass(35_000);
    await room.open();
    const before = ada.visibleMessages().length;
    await room.taken(ada.press(label, ada.visibleMessages()[0]));
    await room.pass(5_000);
    const [explained, ...others] = ada.visibleMessages().slice(before);
    expect([explained?.ephemeral, explained?.text, others]).toEqual([true, expect.stringContaining("20007"), []]);
    expect(explained?.text).not.toContain(room.newestJob().id);
    expect(/\p{Script=Han}/u.test(explained?.text ?? "")).toBe(locale === "zh-CN");
  });
});
