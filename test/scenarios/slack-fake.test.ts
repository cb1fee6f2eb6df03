import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type DrivenSlack, startDrivenSlack } from "../fakes/slack/driven-app.ts";
import type { Person } from "../fakes/slack/person.ts";
import { verifies } from "../verifies.ts";

const png = Buffer.from("\x89PNG\r\n\x1a\nrest", "latin1");

const modal = {
  type: "modal" as const,
  callback_id: "image",
  title: { type: "plain_text" as const, text: "Image" },
  submit: { type: "plain_text" as const, text: "Make" },
  private_metadata: "kept",
  blocks: [
    {
      type: "input" as const,
      block_id: "prompt",
      label: { type: "plain_text" as const, text: "Prompt" },
      element: { type: "plain_text_input" as const, action_id: "value", max_length: 20 },
    },
    {
      type: "input" as const,
      block_id: "picture",
      optional: true,
      label: { type: "plain_text" as const, text: "Picture" },
      element: { type: "file_input" as const, action_id: "value", filetypes: ["png"], max_files: 1 },
    },
  ],
};

describe.each(["socket", "http"] as const)("the real Bolt by %s", (way) => {
  let driven: DrivenSlack;
  let ada: Person;

  beforeEach(async () => {
    driven = await startDrivenSlack(way);
    ada = driven.slack.person("ada", { locale: "zh-CN" });
  });

  afterEach(async () => {
    await driven.stop();
    driven.slack.assertNoViolations();
  });

  test("acknowledges a command, answers at its address, and posts and edits as the bot", async () => {
    verifies("built.slack-fake");
    const { slack, app, client } = driven;
    app.command("/image", async ({ command, ack, respond }) => {
      await ack({ text: "one moment" });
      await respond({ text: `*${command.text}* for <@${command.user_id}>` });
      const { ts } = await client.chat.postMessage({ channel: command.channel_id, text: "working" });
      await client.chat.update({ channel: command.channel_id, ts: ts!, text: "done" });
    });
    const asked = ada.command("/image", "a fox");
    await slack.until(() => slack.requestsTo("chat.update").length === 1, "the edit");
    expect(asked.state).toBe("acknowledged");
    expect(ada.visibleMessages().map(({ text, ephemeral, edited }) => [text, ephemeral, edited])).toEqual([
      ["one moment", true, false],
      ["*a fox* for @ada", true, false],
      ["done", false, true],
    ]);
    expect(slack.person("bob").visibleMessages()).toHaveLength(1);
    expect(slack.responseUrls.map(({ uses }) => uses)).toEqual([1]);
  });

  test("opens a modal whose answers come back, first with errors on the right field", async () => {
    verifies("built.slack-fake");
    const { slack, app, client } = driven;
    const submitted: unknown[] = [];
    app.command("/image", async ({ command, ack }) => {
      await ack();
      await client.views.open({ trigger_id: command.trigger_id, view: modal });
    });
    app.view("image", async ({ ack, view }) => {
      const values = view.state.values;
      submitted.push(values.prompt?.value?.value, view.private_metadata, values.picture?.value?.files?.[0]?.name);
      if (values.prompt?.value?.value === "bad") {
        await ack({ response_action: "errors", errors: { prompt: "not this" } });
      } else {
        await ack();
      }
    });
    ada.command("/image");
    await slack.until(() => ada.modal !== null, "the modal");
    expect(ada.modal?.inputs.map(({ label, type, optional }) => [label, type, optional])).toEqual([
      ["Prompt", "plain_text_input", false],
      ["Picture", "file_input", true],
    ]);
    expect(() => ada.submit({ Prompt: "" })).toThrow("must be filled in");
    expect(() => ada.submit({ Prompt: "x".repeat(21) })).toThrow("0 to 20 characters");
    expect(() => ada.submit({ Picture: [{ filename: "a.mp4", bytes: png }] })).toThrow("does not take a.mp4");
    const refused = ada.submit({ Prompt: "bad" });
    await slack.until(() => refused.state === "acknowledged", "the errors");
    expect([refused.errors, ada.modal?.depth]).toEqual([{ prompt: "not this" }, 1]);
    const taken = ada.submit({ Prompt: "a fox", Picture: [{ filename: "a.png", bytes: png }] });
    await slack.until(() => taken.state === "acknowledged", "the answer");
    expect([taken.errors, ada.modal]).toEqual([null, null]);
    expect(submitted).toEqual(["bad", "kept", undefined, "a fox", "kept", "a.png"]);
  });

  test("receives messages, mentions, buttons and shortcuts", async () => {
    verifies("built.slack-fake");
    const { slack, app, client } = driven;
    const heard: string[] = [];
    app.message(async ({ message }) => {
      heard.push(`message ${message.channel_type} ${"text" in message ? message.text : ""}`);
    });
    app.event("app_mention", async ({ event }) => {
      heard.push(`mention ${event.text}`);
    });
    app.action("again", async ({ ack, body, respond }) => {
      await ack();
      await respond({ text: "pressed", replace_original: true });
      heard.push(`pressed by ${body.user.id}`);
    });
    app.shortcut("animate", async ({ ack, shortcut }) => {
      await ack();
      heard.push(`shortcut ${shortcut.type === "message_action" ? shortcut.message.files[0].name : ""}`);
    });
    app.shortcut("open", async ({ ack }) => {
      await ack();
      heard.push("open");
    });
    ada.say("image a fox", { in: ada.direct });
    ada.say("hi @toolcast <!channel>");
    await slack.until(() => heard.length === 3, "the messages");
    const button = {
      type: "button" as const,
      action_id: "again",
      text: { type: "plain_text" as const, text: "Again" },
    };
    await client.chat.postEphemeral({
      channel: slack.channel.id,
      user: ada.id,
      text: "Again?",
      blocks: [{ type: "actions", elements: [button] }],
    });
    const pressed = ada.press("Again", ada.visibleMessages().at(-1)!);
    expect(pressed.payload.message).toBeUndefined();
    await slack.until(() => heard.length === 4, "the press");
    expect(ada.visibleMessages().at(-1)).toMatchObject({ text: "pressed", ephemeral: true });
    ada.say("look", { files: [{ filename: "a.png", bytes: png }] });
    ada.shortcut("animate", ada.visibleMessages().at(-1)!);
    ada.shortcut("open");
    await slack.until(() => heard.length === 7, "the shortcuts");
    expect(heard.toSorted()).toEqual(
      [
        "message im image a fox",
        `message channel hi <@${slack.app.botUserId}> &lt;!channel&gt;`,
        `mention hi <@${slack.app.botUserId}> &lt;!channel&gt;`,
        `pressed by ${ada.id}`,
        "message channel look",
        "shortcut a.png",
        "open",
      ].toSorted(),
    );
    await slack.until(() => slack.deliveries.every(({ state }) => state === "acknowledged"), "every acknowledgement");
  });
});
