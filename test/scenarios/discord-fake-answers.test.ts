import {
  type ChatInputCommandInteraction,
  type Client,
  DiscordAPIError,
  Events,
  type Interaction,
  MessageFlags,
} from "discord.js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { DiscordFake } from "../fakes/discord/discord.ts";
import { type DrivenDiscord, startDrivenDiscord } from "../fakes/discord/driven-client.ts";
import type { Interaction as Asked } from "../fakes/discord/interactions.ts";
import type { Person } from "../fakes/discord/person.ts";
import type { ManualClock } from "../manual-clock.ts";
import { verifies } from "../verifies.ts";

let driven: DrivenDiscord;
let discord: DiscordFake;
let client: Client<true>;
let clock: ManualClock;
let ada: Person;

const minuteMs = 60_000;
const commands = [
  {
    name: "image",
    description: "Makes a picture",
    contexts: [0, 1, 2],
    integration_types: [0, 1],
    options: [
      { type: 3, name: "prompt", description: "What to draw" },
      { type: 3, name: "size", description: "How large", autocomplete: true },
      { type: 11, name: "picture", description: "A picture to start from" },
    ],
  },
];

beforeEach(async () => {
  driven = await startDrivenDiscord({ rateLimits: false });
  ({ discord, client, clock } = driven);
  await client.application.commands.set(commands);
  ada = discord.person("ada", { locale: "zh-CN", installedApp: true });
});

afterEach(async () => {
  await driven.stop();
  discord.assertNoViolations();
});

/** The next interaction that the client receives. */
function heard<Kind extends Interaction = ChatInputCommandInteraction>(): Promise<Kind> {
  return new Promise((resolve) => client.once(Events.InteractionCreate, (interaction) => resolve(interaction as Kind)));
}

async function asked(...given: Parameters<Person["runCommand"]>): Promise<[Asked, ChatInputCommandInteraction]> {
  const next = heard();
  const mine = ada.runCommand(...given);
  return [mine, await next];
}

async function codeOf(refused: Promise<unknown>): Promise<[status: number, code: number | string]> {
  const error = await refused.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DiscordAPIError);
  return [(error as DiscordAPIError).status, (error as DiscordAPIError).code];
}

describe("the first answer", () => {
  test("must come within three seconds", async () => {
    verifies("built.discord-fake");
    const [first, early] = await asked("image");
    await clock.advance(2_999);
    await early.deferReply();
    expect(first.state).toBe("acknowledged");
    const [second, late] = await asked("image");
    await clock.advance(3_000);
    expect(second.state).toBe("missed");
    expect(await codeOf(late.reply("late"))).toEqual([404, 10062]);
    expect(
      await codeOf(
        client.rest.patch(`/webhooks/${client.user.id}/${late.token}/messages/@original`, {
          body: { content: "late" },
          auth: false,
        }),
      ),
    ).toEqual([404, 10015]);
    expect(ada.visibleMessages()).toHaveLength(1);
  });

  test("can be given only once", async () => {
    verifies("built.discord-fake");
    const [, interaction] = await asked("image");
    await interaction.reply("first");
    const again = client.rest.post(`/interactions/${interaction.id}/${interaction.token}/callback`, {
      body: { type: 4, data: { content: "second" } },
      auth: false,
    });
    expect(await codeOf(again)).toEqual([400, 40060]);
    expect(ada.visibleMessages().map(({ content }) => content)).toEqual(["first"]);
  });

  test("returns its message on request", async () => {
    verifies("built.discord-fake");
    const [mine, interaction] = await asked("image");
    const response = await interaction.deferReply({ withResponse: true });
    expect(response.interaction.responseMessageId).toBe(mine.original?.id);
    expect(ada.answerTo(mine)).toMatchObject({ thinking: true, ephemeral: false });
  });

  test("takes no flag but EPHEMERAL when deferred", async () => {
    verifies("built.discord-fake");
    const [, interaction] = await asked("image");
    const callback = `/interactions/${interaction.id}/${interaction.token}/callback` as const;
    const defer = (flags: number) => client.rest.post(callback, { body: { type: 5, data: { flags } }, auth: false });
    expect(await codeOf(defer(MessageFlags.IsComponentsV2))).toEqual([400, 50035]);
    await defer(MessageFlags.Ephemeral);
    expect(ada.visibleMessages()[0]).toMatchObject({ thinking: true, ephemeral: true });
    expect(discord.person("bob").visibleMessages()).toEqual([]);
  });
});

describe("a token", () => {
  test("lives for fifteen minutes; a public answer can still be edited afterwards, an ephemeral one cannot", async () => {
    verifies("built.discord-fake");
    const [open, first] = await asked("image");
    await first.deferReply();
    const [hidden, second] = await asked("image");
    await second.deferReply({ flags: MessageFlags.Ephemeral });
    await clock.advance(14 * minuteMs + 59_000);
    await first.editReply("in time");
    await clock.advance(1_000);
    expect(await codeOf(first.editReply("too late"))).toEqual([401, 50027]);
    expect(await codeOf(second.followUp("too late"))).toEqual([401, 50027]);
    const edit = (id: string) =>
      client.rest.patch(`/channels/${discord.channel.id}/messages/${id}`, { body: { content: "by the bot" } });
    await edit(open.original!.id);
    expect(ada.answerTo(open)?.content).toBe("by the bot");
    expect(await codeOf(edit(hidden.original!.id))).toEqual([404, 10008]);
    expect(ada.answerTo(hidden)?.thinking).toBe(true);
  });

  test("of an unanswered interaction cannot edit anything", async () => {
    verifies("built.discord-fake");
    const [, interaction] = await asked("image");
    const edit = client.rest.patch(`/webhooks/${client.user.id}/${interaction.token}/messages/@original`, {
      body: { content: "early" },
      auth: false,
    });
    expect(await codeOf(edit)).toEqual([404, 10015]);
    const followUp = (token: string) =>
      client.rest.post(`/webhooks/${client.user.id}/${token}`, { body: { content: "early" }, auth: false });
    expect(await codeOf(followUp(interaction.token))).toEqual([404, 10015]);
    expect(await codeOf(followUp("nobody"))).toEqual([404, 10015]);
    await interaction.deferReply();
    discord.deleteChannel(discord.channel);
    expect(await codeOf(followUp(interaction.token))).toEqual([404, 10003]);
    expect(await codeOf(interaction.editReply("late"))).toEqual([404, 10008]);
  });
});

describe("follow-ups", () => {
  test("become the answer after a deferral if they come first, with the deferral's visibility", async () => {
    verifies("built.discord-fake");
    const [mine, interaction] = await asked("image");
    await interaction.deferReply();
    const first = await interaction.followUp({ content: "one", flags: MessageFlags.Ephemeral });
    const second = await interaction.followUp({ content: "two", flags: MessageFlags.Ephemeral });
    expect(first.id).toBe(mine.original?.id);
    expect(
      ada.visibleMessages().map(({ id, content, ephemeral, thinking }) => [id, content, ephemeral, thinking]),
    ).toEqual([
      [first.id, "one", false, false],
      [second.id, "two", true, false],
    ]);
  });

  test("are edited, fetched and deleted by their token, and unknown once deleted", async () => {
    verifies("built.discord-fake");
    const [mine, interaction] = await asked("image");
    await interaction.reply({ content: "answer", flags: MessageFlags.Ephemeral });
    const more = await interaction.followUp({ content: "more", flags: MessageFlags.Ephemeral });
    const ephemeral = `/channels/${discord.channel.id}/messages/${more.id}` as const;
    expect(await codeOf(client.rest.get(ephemeral))).toEqual([404, 10008]);
    await interaction.editReply({ message: more.id, content: "changed" });
    expect((await interaction.fetchReply(more.id)).content).toBe("changed");
    await interaction.deleteReply(more.id);
    expect(await codeOf(interaction.editReply({ message: more.id, content: "again" }))).toEqual([404, 10008]);
    await interaction.deleteReply();
    expect(await codeOf(interaction.editReply("again"))).toEqual([404, 10008]);
    expect([ada.answerTo(mine), ada.visibleMessages()]).toEqual([null, []]);
  });

  test("are limited to five for an app that only a person installed", async () => {
    verifies("built.discord-fake");
    const group = discord.addGroup(ada, discord.person("bob"));
    const [, interaction] = await asked("image", {}, { in: group, installation: "user" });
    expect(interaction.context).toBe(2);
    await interaction.reply("answer");
    for (let count = 0; count < 5; count += 1) {
      await interaction.followUp("more");
    }
    expect(await codeOf(interaction.followUp("one too many"))).toEqual([400, 40094]);
    expect(
      await codeOf(client.rest.post(`/channels/${group.id}/messages`, { body: { content: "by the bot" } })),
    ).toEqual([403, 50001]);
  });

  test("of such an app are visible only to the asker if the place does not allow external apps", async () => {
    verifies("built.discord-fake");
    discord.overwrite(discord.channel, discord.guild.id, { deny: ["USE_EXTERNAL_APPS"] });
    const [mine, interaction] = await asked("image", {}, { installation: "user" });
    await interaction.reply("answer");
    expect(ada.answerTo(mine)?.ephemeral).toBe(true);
  });
});

describe("what a person does", () => {
  test("arrives with their language, file and place", async () => {
    verifies("built.discord-fake");
    const thread = discord.addThread("clips");
    const picture = { filename: "a fox.png", contentType: "image/png", bytes: Uint8Array.of(1, 2, 3) };
    const [, interaction] = await asked("image", { prompt: "红狐", picture }, { in: thread });
    expect([interaction.locale, interaction.channelId, interaction.guildId, interaction.user.username]).toEqual([
      "zh-CN",
      thread.id,
      discord.guild.id,
      "ada",
    ]);
    expect(interaction.attachmentSizeLimit).toBe(10 * 1024 * 1024);
    expect(interaction.appPermissions.has("AttachFiles")).toBe(true);
    const attachment = interaction.options.getAttachment("picture", true);
    expect([attachment.name, attachment.contentType, attachment.size]).toEqual(["a_fox.png", "image/png", 3]);
    const fetched = await fetch(attachment.url);
    expect(new Uint8Array(await fetched.arrayBuffer())).toEqual(picture.bytes);
    await clock.advance(24 * 60 * minuteMs + 1_000);
    expect((await fetch(attachment.url)).status).toBe(404);
    expect((await fetch(attachment.url.replace(/hm=./, "hm=0"))).status).toBe(404);
  });

  test("is refused where their client would not offer it", async () => {
    verifies("built.discord-fake");
    expect(() => ada.runCommand("paint")).toThrow(/there is no/);
    expect(() => ada.runCommand("image", { colour: "red" })).toThrow(/no option/);
    expect(() => ada.runCommand("image", { prompt: 3 })).toThrow(/does not take/);
    discord.overwrite(discord.channel, discord.guild.id, { deny: ["USE_APPLICATION_COMMANDS"] });
    expect(() => ada.runCommand("image")).toThrow(/may not use/);
  });

  test("gets suggestions while typing, or none in time", async () => {
    verifies("built.discord-fake");
    client.once(Events.InteractionCreate, (interaction) => {
      if (interaction.isAutocomplete()) {
        void interaction.respond([{ name: `${interaction.options.getFocused()}x1024`, value: "large" }]);
      }
    });
    const typed = { option: "size", text: "1024" };
    expect(await ada.autocomplete("image", typed)).toEqual([{ name: "1024x1024", value: "large" }]);
    const vain = ada.autocomplete("image", typed);
    const failed = expect(vain).rejects.toThrow("Loading options failed");
    await clock.advance(3_000);
    await failed;
  });

  test("includes pressing, choosing, and sending a modal", async () => {
    verifies("built.discord-fake");
    const [, interaction] = await asked("image");
    const row = (component: object) => ({ type: 1, components: [component] });
    await interaction.reply({
      content: "pick",
      components: [
        row({ type: 2, style: 1, custom_id: "again", label: "Again" }),
        row({ type: 3, custom_id: "size", options: [{ label: "small", value: "s" }] }),
      ],
    });
    const [message] = ada.visibleMessages();
    const pressing = heard<Interaction>();
    const pressed = ada.press(message!, "Again");
    const press = await pressing;
    if (!press.isMessageComponent()) {
      throw new Error("no component");
    }
    const label = {
      type: 18,
      label: "What",
      component: { type: 4, custom_id: "prompt", style: 2, value: "a fox", max_length: 20 },
    };
    await press.showModal({ custom_id: "ask", title: "Again", components: [label] } as never);
    expect(() => ada.submitModal(pressed, { prompt: "x".repeat(21) })).toThrow(/does not take/);
    const submitting = heard<Interaction>();
    ada.submitModal(pressed, { prompt: "a red fox" });
    const submission = await submitting;
    if (!submission.isModalSubmit() || !submission.isFromMessage()) {
      throw new Error("no modal");
    }
    await submission.update({
      content: submission.fields.getTextInputValue("prompt"),
      components: message!.payload.components as never,
    });
    expect(ada.visibleMessages().map(({ content, edited }) => [content, edited])).toEqual([["a red fox", true]]);
    expect(() => ada.choose(message!, "size", ["l"])).toThrow(/does not offer/);
    const choosing = heard<Interaction>();
    ada.choose(message!, "size", ["s"]);
    const choice = await choosing;
    expect(choice.isStringSelectMenu() && choice.values).toEqual(["s"]);
    const second = { type: 9, data: { custom_id: "x", title: "y", components: [label] } };
    const again = client.rest.post(`/interactions/${submission.id}/${submission.token}/callback`, {
      body: second,
      auth: false,
    });
    expect(await codeOf(again)).toEqual([400, 40060]);
  });

  test("on a message that is then deleted cannot update it", async () => {
    verifies("built.discord-fake");
    const [, interaction] = await asked("image");
    const components = [{ type: 1, components: [{ type: 2, style: 1, custom_id: "again", label: "Again" }] }];
    await interaction.reply({ content: "pick", components });
    const [message] = ada.visibleMessages();
    const pressing = heard<Interaction>();
    ada.press(message!, "again");
    const press = await pressing;
    expect(press.isButton() && press.message.id).toBe(message?.id);
    discord.deleteMessage(message!);
    expect(() => ada.press(message!, "again")).toThrow(/does not see/);
    expect(await codeOf(press.isButton() ? press.update("late") : Promise.resolve())).toEqual([404, 10008]);
  });

  test("in a modal cannot be answered with another modal", async () => {
    verifies("built.discord-fake");
    const [mine, interaction] = await asked("image");
    const component = {
      type: 21,
      custom_id: "style",
      options: [
        { label: "a", value: "a" },
        { label: "b", value: "b" },
      ],
    };
    const body = {
      type: 9,
      data: { custom_id: "x", title: "y", components: [{ type: 18, label: "Style", component }] },
    };
    const callback = ({ id, token }: { id: string; token: string }) =>
      client.rest.post(`/interactions/${id}/${token}/callback`, { body, auth: false });
    await callback(interaction);
    expect(() => ada.submitModal(mine, {})).toThrow(/needs a choice/);
    const submitting = heard<Interaction>();
    ada.submitModal(mine, { style: "b" });
    const submission = await submitting;
    expect(submission.isModalSubmit() && submission.fields.getRadioGroup("style")).toBe("b");
    expect(await codeOf(callback(submission))).toEqual([400, 50035]);
  });
});
