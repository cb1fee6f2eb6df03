import { builtInTools, defineTool } from "@toolcast/core";
import { expect, test, vi } from "vitest";
import { everythingSent, newestJob, openRoom, slowStart, textOf } from "../discord-room.ts";
import { fixture } from "../doubles/fixture-media.ts";
import { vendorFailure } from "../doubles/scripted-provider.ts";
import type { MessageView } from "../fakes/discord/message-view.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const labels = (message: MessageView | null | undefined) => (message?.buttons ?? []).map(({ label }) => label);

test("again, use as input and details work after a restart, and only for those they are meant for", async () => {
  verifies("discord.buttons", "discord.native");
  await using room = await openRoom();
  const first = await room.open();
  const [ada, bob] = [room.platform.person("ada"), room.platform.person("bob")];
  const asked = await room.ask(ada, "image", { prompt: "a fox" });
  await room.until(() => everythingSent(room));
  await first.kill();
  await room.open();
  const answer = ada.answerTo(asked)!;
  expect(labels(answer)).toEqual([
    "Use: Generate an image",
    "Use: Describe a picture",
    "Use: Generate a video",
    "Use: Make an avatar speak",
    "Again",
    "Change",
    "Timeline",
  ]);
  for (const label of labels(answer)) {
    const foreign = bob.press(answer, label);
    await room.calm();
    const refusal = bob.visibleMessages().at(-1);
    expect([foreign.modal, refusal?.ephemeral], label).toEqual([null, true]);
    expect(textOf(refusal), label).toBe(
      "Only the person who asked for this, or an operator, can use this button. Nothing was changed.",
    );
  }
  const again = ada.press(answer, "Change");
  await room.calm();
  expect(JSON.stringify(again.modal)).toContain('"value":"a fox"');
  const repeated = ada.submitModal(again, { prompt: "two foxes" });
  await room.until(() => everythingSent(room));
  expect(textOf(ada.answerTo(repeated))).toMatch(/two foxes/);
  const use = ada.press(answer, "Use: Describe a picture");
  await room.calm();
  const described = ada.submitModal(use, { question: "What is it?" });
  await room.until(() => everythingSent(room));
  expect(textOf(ada.answerTo(described))).toMatch(/^Done: Describe a picture/);
  ada.press(answer, "Timeline");
  await room.calm();
  const details = ada.visibleMessages().at(-1);
  expect([details?.ephemeral, /Requested by (you|ada)/.test(textOf(details))]).toEqual([true, true]);
  expect(room.installation.provider.starts.map(({ capability }) => capability)).toEqual([
    ...["image", "image", "imageUnderstanding"],
  ]);
});

test("of many presses of cancel one acts, and the message shows it", async () => {
  verifies("discord.buttons", "paid-once.one-press");
  await using room = await openRoom();
  await room.open();
  const [ada, bob] = [room.platform.person("ada"), room.platform.person("bob")];
  slowStart(room, "image", 5);
  room.installation.provider.nextCancel("stopped");
  const asked = await room.ask(ada, "image", { prompt: "a fox" });
  const answer = ada.answerTo(asked)!;
  bob.press(answer, "Cancel");
  ada.press(answer, "Cancel");
  ada.press(answer, "Cancel");
  await room.until(() => everythingSent(room));
  expect(room.installation.provider.cancels).toHaveLength(1);
  expect(textOf(ada.answerTo(asked))).toMatch(/Cancelled|cancelled/);
});

test("only its asker can agree to a held job, which then continues in the same message", async () => {
  verifies("discord.buttons", "spending.ask-above", "spending.consent");
  await using room = await openRoom();
  await room.open({ policy: { operators: [], askAbove: 1 } });
  const [ada, bob] = [room.platform.person("ada"), room.platform.person("bob")];
  const asked = await room.ask(ada, "image", { prompt: "a fox" });
  const question = ada.answerTo(asked)!;
  const [agree = ""] = labels(question);
  bob.press(question, agree);
  await room.pass(10_000);
  expect(room.installation.provider.starts).toEqual([]);
  ada.press(question, agree);
  await room.until(() => everythingSent(room));
  expect(ada.answerTo(asked)?.files).toHaveLength(1);
  expect(ada.visibleMessages().filter(({ ephemeral }) => !ephemeral)).toHaveLength(1);
});

test("an answer says how many jobs are ahead of it, and a button explains a failure's code", async () => {
  verifies("discord.native", "discord.buttons");
  await using room = await openRoom();
  room.installation.provider.limits = { concurrent: 1, startsPerSecond: 1_000 };
  await room.open();
  const [ada, bob] = [room.platform.person("ada"), room.platform.person("bob", { locale: "zh-CN" })];
  const failure = vendorFailure({ provider: "spark", layer: "cloud", vendorCode: "10013" });
  room.installation.provider.nextStart("image", { end: "operation", reference: { vendor: "slow" } });
  room.installation.provider.nextCheck(
    ...Array.from({ length: 3 }, () => ({ state: "pending" as const, checkAfterMs: 60_000 })),
    { state: "failed", failure },
  );
  const asked = await room.ask(ada, "image", { prompt: "a fox" });
  const waiting = await room.ask(bob, "image", { prompt: "a hare" });
  await room.pass(20_000, 1_000);
  expect(textOf(bob.answerTo(waiting))).toMatch(/正忙，下一个就是您的任务/);
  await room.until(() => everythingSent(room));
  expect(ada.answerTo(asked)?.ephemeral).toBe(false);
  ada.press(ada.answerTo(asked)!, "Explain the code");
  await room.calm();
  const explained = ada.visibleMessages().at(-1);
  expect([explained?.ephemeral, textOf(explained)]).toEqual([true, expect.stringMatching(/10013/)]);
  expect(bob.visibleMessages().filter(({ ephemeral }) => ephemeral)).toEqual([]);
});

test("buttons on an answer that concerns no job open their own forms, even after a restart", async () => {
  verifies("discord.buttons");
  await using room = await openRoom();
  const first = await room.open();
  const ada = room.platform.person("ada");
  const audio = { filename: "me.wav", contentType: "audio/wav", bytes: fixture("tone.wav") };
  await room.ask(ada, "clone", { audio, name: "Xiaolin", consent: true });
  await room.until(() => everythingSent(room), 20 * 60_000, 5_000);
  const asked = await room.ask(ada, "voices");
  await first.kill();
  await room.open();
  const opened = ada.press(ada.answerTo(asked)!, labels(ada.answerTo(asked))[0] ?? "");
  await room.calm();
  const sent = ada.submitModal(opened, { text: "Hello" });
  await room.until(() => everythingSent(room));
  expect([ada.answerTo(sent)?.ephemeral, ada.visibleMessages().at(-1)?.playable.length]).toEqual([true, 1]);
});

test("a button whose subject is too long for Discord's ids works, even after a restart; one that is no longer kept says so", async () => {
  verifies("chat.buttons", "discord.buttons");
  await using room = await openRoom();
  const subject = "a collection ".repeat(20);
  const form = { command: "image", input: { prompt: "a fox" } };
  const actions = [{ action: "form", subject, label: "Draw it", style: "primary" as const, form }];
  const named = { en: "Ideas", "zh-CN": "点子" };
  const ideas = defineTool({
    ...{ name: "list_ideas", command: "ideas", title: named, summary: named, effect: "reads", input: {} },
    answer: async () => ({ message: { tone: "info", title: "An idea", private: false, actions }, data: null }),
  });
  const tools = [...builtInTools, ideas];
  const first = await room.open({ tools });
  const ada = room.platform.person("ada");
  const asked = await room.ask(ada, "ideas");
  await first.kill();
  await room.open({ tools });
  const opened = ada.press(ada.answerTo(asked)!, "Draw it");
  await room.calm();
  expect(JSON.stringify(opened.modal)).toContain('"value":"a fox"');
  const answer = ada.answerTo(asked)!;
  const lost = `t1:kept:${"x".repeat(22)}:`;
  (answer.components as { components: { components?: { custom_id?: string }[] }[] }[])[0]!.components
    .flatMap(({ components = [] }) => components)
    .forEach((button) => {
      button.custom_id = lost;
    });
  ada.press(answer, lost);
  await room.calm();
  expect(textOf(ada.visibleMessages().at(-1))).toMatch(/no longer does anything/);
});

test("lists and stories show moments as Discord's own time stamps, in each reader's own time", async () => {
  verifies("chat.moments");
  await using room = await openRoom();
  await room.open();
  const ada = room.platform.person("ada");
  const seconds = Math.floor(room.clock.now() / 1_000);
  await room.ask(ada, "image", { prompt: "a fox" });
  await room.until(() => everythingSent(room));
  const jobs = await room.ask(ada, "jobs");
  expect(ada.answerTo(jobs)?.text).toContain(`a fox” · done · **<t:${seconds}:R>`);
  const story = await room.ask(ada, "job", { job: newestJob(room).id });
  expect(ada.answerTo(story)?.text).toContain(`<t:${seconds}:d> <t:${seconds}:T>`);
});
