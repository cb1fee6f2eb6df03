import { Markup } from "telegraf";
import { expect, test } from "vitest";
import { startDrivenTelegram } from "../fakes/telegram/driven-client.ts";
import { sampleMedia } from "../fakes/telegram/sample-media.ts";
import { verifies } from "../verifies.ts";

test("the real client polls, answers, turns its answer into a picture and receives its button press", async () => {
  verifies("built.telegram-fake", "built.telegram-judge");
  const { telegram, bot, launch, stop } = await startDrivenTelegram();
  bot.command("image", async (ctx) => {
    const placeholder = await ctx.reply("…", { reply_parameters: { message_id: ctx.message.message_id } });
    await ctx.telegram.editMessageMedia(
      ctx.chat.id,
      placeholder.message_id,
      undefined,
      { type: "photo", media: { source: Buffer.from(sampleMedia.png()) }, caption: ctx.payload },
      Markup.inlineKeyboard([Markup.button.callback("Again", "again:1")]),
    );
    await ctx.reply("ready");
  });
  bot.action("again:1", async (ctx) => {
    await ctx.answerCbQuery("once more");
  });
  await launch();
  const ada = telegram.person("Ada");
  ada.write("/image a fox");
  await telegram.until(() => ada.visibleMessages().length === 3, "the answer");
  const [, picture] = ada.visibleMessages();
  expect([picture?.kind, picture?.text, picture?.edited, picture?.replyTo]).toEqual(["photo", "a fox", true, 1]);
  expect(ada.notifications().map(({ message }) => message.id)).toEqual([2, 3]);
  const press = ada.press(picture!, "Again");
  await telegram.until(() => press.answer !== null, "the answer to the press");
  expect(press.answer).toEqual({ text: "once more", alert: false, url: null });
  await stop();
  telegram.assertNoViolations();
});

test("the real client fetches a voice note by a link that contains the token", async () => {
  verifies("built.telegram-fake");
  const { telegram, bot, launch, stop } = await startDrivenTelegram();
  const sizes: number[] = [];
  bot.on("message", async (ctx) => {
    if ("voice" in ctx.message) {
      const link = await ctx.telegram.getFileLink(ctx.message.voice.file_id);
      expect(link.href).toContain(telegram.token);
      sizes.push((await (await fetch(link)).arrayBuffer()).byteLength);
    }
  });
  await launch();
  telegram.person("Ada").send("voice", sampleMedia.ogg(345), { duration: 4 });
  await telegram.until(() => sizes.length === 1, "the download");
  expect(sizes).toEqual([345]);
  expect(telegram.downloads.map(({ status }) => status)).toEqual([200]);
  await stop();
  telegram.assertNoViolations();
});
