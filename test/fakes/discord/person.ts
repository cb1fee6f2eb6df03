import type { JsonObject } from "../json.ts";
import { storeFile } from "./attachments.ts";
import type { Commands } from "./commands.ts";
import type { Context } from "./context.ts";
import { NotPossible, type OptionValue, optionData, type Upload } from "./given-options.ts";
import { contextOf, startInteraction } from "./interaction-payload.ts";
import type { Interaction, Interactions } from "./interactions.ts";
import { messagePayload } from "./message-payload.ts";
import { everyComponent, type MessageView, viewMessage } from "./message-view.ts";
import type { Messages } from "./messages.ts";
import { type ModalValues, modalData } from "./modal-data.ts";
import { may, permissionsIn } from "./permissions.ts";
import { type Channel, isBotIn, type Message, type User } from "./world.ts";

/** The type of a command that is an entry of messages' menus. */
const messageMenu = 3;

/** Where, and by whose installation, a person acts. Default the default channel and the guild's installation. */
export interface Where {
  readonly in?: Channel;
  readonly installation?: "guild" | "user";
}

/** A person with Discord's client in front of them. Anything that client would not allow throws NotPossible. */
export interface Person {
  readonly id: string;
  readonly user: User;
  /** `image`, or `voice clone` for a subcommand. */
  runCommand(command: string, options?: Readonly<Record<string, OptionValue>>, where?: Where): Interaction;
  /** Uses an entry of a message's menu. */
  useMenu(message: Pick<MessageView, "id">, entry: string, where?: Omit<Where, "in">): Interaction;
  /** Types into an option and waits for suggestions; rejects if none arrive within 3 s of the clock. */
  autocomplete(
    command: string,
    focused: { readonly option: string; readonly text: string | number },
    others?: Readonly<Record<string, OptionValue>>,
    where?: Where,
  ): Promise<readonly { readonly name: string; readonly value: string | number }[]>;
  /** Presses a button by its label or custom id. */
  press(message: MessageView, button: string): Interaction;
  /** Chooses in a select. */
  choose(message: MessageView, customId: string, values: readonly string[]): Interaction;
  /** Submits the modal that answered an interaction; values by custom id, the rest as prefilled. */
  submitModal(opened: Interaction, values: ModalValues): Interaction;
  /** Writes a message of their own. */
  say(text: string, channel?: Channel, files?: readonly Upload[]): Message;
  /** Everything they see in a channel (the default one if omitted), oldest first. */
  visibleMessages(channel?: Channel): MessageView[];
  /** What an interaction of theirs now shows them: the answer, or null if there is none or it has been deleted. */
  answerTo(interaction: Interaction): MessageView | null;
}

export interface PersonParts {
  readonly context: Context;
  readonly commands: Commands;
  readonly interactions: Interactions;
  readonly messages: Messages;
  readonly defaultChannel: () => Channel;
  readonly until: (condition: () => boolean, what: string) => Promise<void>;
}

export function createPerson(parts: PersonParts, user: User): Person {
  const { context, commands, interactions, messages, until } = parts;
  const { world } = context;

  function place(where: Where): { channel: Channel; installation: "guild" | "user" } {
    const channel = where.in ?? parts.defaultChannel();
    if (!world.channels.has(channel.id) || !may(world, channel, user.id, "VIEW_CHANNEL")) {
      throw new NotPossible(`${user.name} does not see this channel`);
    }
    const installation = where.installation ?? (channel.guildId === null && user.installedApp ? "user" : "guild");
    if (installation === "user" && !user.installedApp && contextOf(world, channel) !== 1) {
      throw new NotPossible(`${user.name} has not installed the app`);
    }
    if (installation === "guild" && (!isBotIn(world, channel) || contextOf(world, channel) === 2)) {
      throw new NotPossible("the app is not installed here");
    }
    return { channel, installation };
  }

  function commandFor(name: string, channel: Channel, installation: "guild" | "user", type?: number): JsonObject {
    const command = commands.named(name, channel.guildId, type);
    const context_ = contextOf(world, channel);
    const contexts = (command?.contexts ?? [0, 1, 2]) as number[];
    const types = (command?.integration_types ?? [0]) as number[];
    const direct = context_ === 1;
    const offered =
      command !== null && contexts.includes(context_) && (direct || types.includes(installation === "user" ? 1 : 0));
    if (!offered) {
      throw new NotPossible(`there is no /${name} for ${user.name} here`);
    }
    const needed = command.default_member_permissions;
    if (channel.guildId !== null && installation === "guild") {
      const granted = permissionsIn(world, channel, user.id);
      const administrator = (granted & (1n << 3n)) !== 0n;
      const missing =
        typeof needed === "string" &&
        !administrator &&
        (needed === "0" || (granted & BigInt(needed)) !== BigInt(needed));
      if (missing || !may(world, channel, user.id, "USE_APPLICATION_COMMANDS")) {
        throw new NotPossible(`${user.name} may not use /${name}`);
      }
    }
    return command;
  }

  function command(
    kind: "command" | "autocomplete",
    path: string,
    values: Readonly<Record<string, OptionValue>>,
    focused: string | null,
    where: Where,
  ): Interaction {
    const { channel, installation } = place(where);
    const [name = "", ...words] = path.split(" ");
    const found = commandFor(name, channel, installation);
    const data = optionData(context, channel, found, { words, values, focused });
    return startInteraction(context, interactions, {
      kind,
      userId: user.id,
      channel,
      installation,
      command: path,
      source: null,
      data: {
        id: found.id,
        name,
        type: 1,
        ...data,
        ...(found.guild_id === undefined ? {} : { guild_id: found.guild_id }),
      },
    });
  }

  const sees = (message: Message, channel: Channel) =>
    (message.ephemeralFor === null && may(world, channel, user.id, "VIEW_CHANNEL")) || message.ephemeralFor === user.id;

  function useComponent(
    view: MessageView,
    find: (component: JsonObject) => boolean,
    what: string,
    extra: JsonObject,
  ): Interaction {
    const message = messages.byId(view.id);
    const channel = message === null ? undefined : world.channels.get(message.channelId);
    if (message === null || channel === undefined || !sees(message, channel)) {
      throw new NotPossible(`${user.name} does not see this message`);
    }
    const component = everyComponent(message.components).find(find);
    if (component === undefined || component.disabled === true || component.custom_id === undefined) {
      throw new NotPossible(`there is nothing to use under ${what}`);
    }
    const installation =
      message.interaction?.owners["0"] === undefined && message.interaction !== null ? "user" : "guild";
    return startInteraction(context, interactions, {
      kind: "component",
      userId: user.id,
      channel,
      installation,
      command: message.interaction?.name ?? "",
      source: message,
      data: { custom_id: component.custom_id, component_type: component.type, id: component.id, ...extra },
    });
  }

  return {
    id: user.id,
    user,
    runCommand: (path, options = {}, where = {}) => command("command", path, options, null, where),
    useMenu({ id }, entry, where = {}) {
      const message = messages.byId(id);
      const { channel, installation } = place({ ...where, in: world.channels.get(message?.channelId ?? "") });
      if (message === null || !sees(message, channel)) {
        throw new NotPossible(`${user.name} does not see this message`);
      }
      const found = commandFor(entry, channel, installation, messageMenu);
      return startInteraction(context, interactions, {
        ...{ kind: "command", userId: user.id, channel, installation, command: entry, source: null },
        data: {
          ...{ id: found.id, name: entry, type: messageMenu, target_id: id },
          resolved: { messages: { [id]: messagePayload(context, message) } },
          ...(found.guild_id === undefined ? {} : { guild_id: found.guild_id }),
        },
      });
    },
    async autocomplete(path, focused, others = {}, where = {}) {
      const values = { ...others, [focused.option]: focused.text };
      const interaction = command("autocomplete", path, values, focused.option, where);
      await until(() => interaction.state !== "waiting", "suggestions");
      if (interaction.state === "missed") {
        throw new Error("Loading options failed");
      }
      return (interaction.choices ?? []) as { name: string; value: string | number }[];
    },
    press: (message, button) =>
      useComponent(
        message,
        (component) => component.type === 2 && (component.label === button || component.custom_id === button),
        button,
        {},
      ),
    choose: (message, customId, values) => {
      const offered = message.selects.find((select) => select.customId === customId)?.values ?? [];
      if (offered.length > 0 && !values.every((value) => offered.includes(value))) {
        throw new NotPossible(`${customId} does not offer this`);
      }
      return useComponent(message, (component) => component.custom_id === customId, customId, { values: [...values] });
    },
    submitModal(opened, values) {
      if (opened.modal === null || opened.userId !== user.id) {
        throw new NotPossible("no modal is open");
      }
      return startInteraction(context, interactions, {
        kind: "modal",
        userId: user.id,
        channel: opened.channel,
        installation: opened.installation,
        command: opened.command,
        source: opened.source,
        data: modalData(context, opened.channel, opened.modal, values),
      });
    },
    say(text, channel = parts.defaultChannel(), files = []) {
      return messages.create({
        channel,
        authorId: user.id,
        type: 0,
        draft: {
          content: text,
          embeds: [],
          components: [],
          attachments: files.map((file) => storeFile(context, channel, { ...file, ephemeral: false })),
          flags: 0,
          allowedMentions: { parse: ["users", "roles", "everyone"], users: [], roles: [], repliedUser: true },
          text,
        },
      });
    },
    visibleMessages(channel = parts.defaultChannel()) {
      return (world.messages.get(channel.id) ?? [])
        .filter((message) => sees(message, channel))
        .map((message) => viewMessage(context, message));
    },
    answerTo(interaction) {
      const { original } = interaction;
      return original === null || messages.byId(original.id) === null ? null : viewMessage(context, original);
    },
  };
}
