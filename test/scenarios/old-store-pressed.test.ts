import { hasEnded } from "@toolcast/core/engine";
import { expect, test } from "vitest";
import { textOf } from "../discord-room.ts";
import { fixture } from "../doubles/fixture-media.ts";
import type { MessageView } from "../fakes/discord/message-view.ts";
import { type OldRoom, oldStore, openOldRoom } from "../old-store.ts";
import { ada, operator } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

/** Presses the first button with this action on a job's message, as its person sees it. */
async function press({ process: { runtime }, room, job }: OldRoom, name: string, action: string, caller = ada) {
  const { actions = [] } = await runtime.jobMessage(await job(name), caller);
  const button = actions.find((candidate) => candidate.action === action);
  if (button === undefined) {
    throw new Error(`${name} offers no ${action}`);
  }
  const reply = await runtime.press({ action, subject: button.subject, caller });
  await room.calm();
  return reply;
}

const succeeded = (old: OldRoom, name: string) =>
  old.room.until(async () => {
    const { state, notices } = await old.job(name);
    return state.phase === "succeeded" && notices.every((notice) => notice.state === "sent");
  });

/** The message on Discord about this job. */
function messageOf({ dora }: OldRoom, name: string): MessageView {
  const id = oldStore.jobs[name]!;
  const message = dora.visibleMessages().find(({ buttons }) => buttons.some(({ customId }) => customId?.includes(id)));
  if (message === undefined) {
    throw new Error(`No message is about ${name}`);
  }
  return message;
}

test("a job of an old store that waits for a person continues when that person decides, with one start each", async () => {
  verifies("survives.old-store", "survives.held", "spending.consent", "spending.ask-above");
  await using old = await openOldRoom();
  const refused = await old.process.runtime.press({
    action: "release",
    subject: `${oldStore.jobs["held-budget"]}~0`,
    caller: ada,
  });
  expect(refused.type).toBe("refused");
  await press(old, "held-price", "release");
  await press(old, "held-consent", "release");
  await press(old, "held-budget", "release", operator);
  await succeeded(old, "held-price");
  await succeeded(old, "held-consent");
  await succeeded(old, "held-budget");
  const { provider } = old.room.installation;
  for (const name of ["held-price", "held-consent", "held-budget"]) {
    const { id, confirmations } = await old.job(name);
    expect([name, provider.starts.filter(({ jobId }) => jobId === id).length]).toEqual([name, 1]);
    expect(confirmations.map(({ reason }) => reason)).toEqual([name.replace("held-", "")]);
  }
  await press(old, "held-parked", "cancel");
  expect((await old.job("held-parked")).state.phase).toBe("cancelled");
});

test("unclear jobs in an old store can be looked at, started again or left", async () => {
  verifies("survives.old-store", "paid-once.unknown-not-repeated");
  await using old = await openOldRoom();
  const evidence = await old.process.runtime.jobMessage(await old.job("unresolved-start"), operator);
  expect(evidence.fields?.map(({ value }) => value).join("\n")).toMatch(/100 points[\s\S]*a picture/);
  await press(old, "unresolved-operation", "look-again");
  await succeeded(old, "unresolved-operation");
  await press(old, "unresolved-start", "start-again");
  await succeeded(old, "unresolved-start");
  await old.room.until(async () => (await old.job("starting")).state.phase === "unresolved");
  await press(old, "starting", "leave");
  expect((await old.job("starting")).state.phase).toBe("failed");
  const started = old.room.installation.provider.starts.map(({ jobId }) => jobId);
  expect(started.filter((id) => id === oldStore.jobs["unresolved-start"])).toHaveLength(1);
  expect(started).not.toContain(oldStore.jobs["unresolved-operation"]);
  expect(started).not.toContain(oldStore.jobs.starting);
});

test("old buttons on Discord act, and old forms open and are accepted", async () => {
  verifies("survives.old-store", "discord.buttons");
  await using old = await openOldRoom();
  const { dora, room } = old;
  const newest = () => old.engine.list({ owner: `discord:${dora.id}`, limit: 1 }).then(([job]) => job);
  const calmly = async <Result>(result: Result) => {
    await room.calm();
    return result;
  };
  const customIds = room.platform.allMessages().flatMap(({ buttons }) => buttons.map(({ customId }) => customId));
  expect(customIds.filter((id) => id?.startsWith("t1:")).length).toBeGreaterThan(10);

  await calmly(dora.press(messageOf(old, "discord-running"), "Cancel"));
  expect((await old.job("discord-running")).cancelWish).toMatchObject({ by: `discord:${dora.id}` });

  const again = await calmly(dora.press(messageOf(old, "discord-sent"), "Again"));
  dora.submitModal(again, { prompt: "two foxes" });
  await room.pass(3_000);
  expect(await newest()).toMatchObject({ input: { prompt: "two foxes" }, state: { phase: "succeeded" } });

  const use = await calmly(dora.press(messageOf(old, "discord-sent"), "Use: Describe a picture"));
  dora.submitModal(use, { question: "What is it?" });
  await room.pass(3_000);
  const [picture] = (await old.job("discord-sent")).steps[0]!.assets;
  expect(await newest()).toMatchObject({ tool: "describe_image", input: { image: picture } });

  await calmly(dora.press(messageOf(old, "discord-sent"), "Timeline"));
  expect(textOf(dora.visibleMessages().at(-1))).toMatch(/Requested by you[\s\S]*Delivered \(in the first answer\)/);
  await calmly(dora.press(messageOf(old, "discord-failed"), "Explain the code"));
  expect(textOf(dora.visibleMessages().at(-1))).toMatch(/10013/);
  dora.press(messageOf(old, "discord-held"), "Agree");
  await succeeded(old, "discord-held");

  // A form that was kept for correction, one offered by a list, and one that was open when the process died.
  const pressed = (begin: string) => {
    const of = (message: MessageView) => message.buttons.find(({ customId }) => customId?.startsWith(begin));
    const message = dora.visibleMessages().find((candidate) => of(candidate) !== undefined)!;
    return dora.press(message, of(message)!.customId!);
  };
  const corrected = await calmly(pressed("t1:correct:"));
  expect(JSON.stringify(corrected.modal)).toContain('"value":"a hare"');
  dora.submitModal(corrected, { seed: "" });
  await room.pass(3_000);
  expect(await newest()).toMatchObject({ input: { prompt: "a hare", count: 2 }, state: { phase: "succeeded" } });
  const listed = await calmly(pressed("t1:form:voice_"));
  dora.submitModal(listed, { text: "from the list" });
  await room.until(async () => hasEnded((await newest())!));
  expect(await newest()).toMatchObject({ tool: "synthesize_speech", input: { text: "from the list" } });
  const open = old.interaction(oldStore.openForm);
  dora.submitModal(open, {
    image: [{ filename: "picture.png", contentType: "image/png", bytes: fixture("picture.png") }],
    question: "And this?",
  });
  await room.until(async () => (await newest())?.input.question === "And this?");
  await room.until(async () => hasEnded((await newest())!));
  expect((await newest())!.state.phase).toBe("succeeded");
});

test("a question that an old console shows can be answered in it", async () => {
  verifies("survives.old-store");
  await using old = await openOldRoom();
  const entries = await (await old.page("/api/conversations/other/entries")).json();
  const button = JSON.stringify(entries).match(/"action":"release","subject":"([^"]+)"/);
  expect(button?.[1]).toContain(oldStore.jobs["web-held"]);
  const answer = await old.page("/api/press", {
    method: "POST",
    body: JSON.stringify({ action: "release", subject: button![1], conversation: "other" }),
  });
  expect(answer.status).toBe(202);
  await succeeded(old, "web-held");
});
