import { isObject, type JsonObject } from "../json.ts";
import { directChannel, type Parts } from "./api-call.ts";
import { NotPossible } from "./api-error.ts";
import type { Delivery } from "./deliveries.ts";
import type { Interactions, Submission } from "./interactions.ts";
import { type MessageView, viewMessage } from "./message-view.ts";
import {
  chosenOption,
  type EnteredValues,
  enteredState,
  initialState,
  inputsOf,
  isEmpty,
  type PickedFile,
} from "./modal-values.ts";
import { escapeText, everyObject } from "./mrkdwn.ts";
import type { OpenView } from "./views.ts";
import { type Channel, isMember, type Message, type Notification, type StoredFile, type User } from "./world.ts";

/** A modal as its person sees it. */
export interface ModalView {
  readonly id: string;
  readonly title: string;
  readonly callbackId: string;
  readonly privateMetadata: string;
  readonly inputs: readonly {
    readonly label: string;
    readonly blockId: string;
    readonly actionId: string;
    readonly type: string;
    readonly optional: boolean;
    readonly value: JsonObject;
    readonly element: JsonObject;
  }[];
  readonly blocks: readonly JsonObject[];
  /** How many modals are stacked. */
  readonly depth: number;
}

/** A person with Slack's client in front of them. Anything that client would not allow throws NotPossible. */
export interface Person {
  readonly id: string;
  readonly user: User;
  /** Types a slash command, e.g. `/image`; in the default channel unless another is named. Not possible in threads. */
  command(command: string, text?: string, where?: { readonly in?: Channel }): Delivery;
  /** Writes a message; `@name` and `#name` become mentions; files are shared with it. */
  say(
    text: string,
    where?: { readonly in?: Channel; readonly thread?: string; readonly files?: readonly PickedFile[] },
  ): Message;
  /** Changes the words of a message of their own. */
  edit(message: Message, text: string): void;
  /** Presses a button by its label or action id, in a message or in the modal that is open. */
  press(button: string, message?: MessageView): Delivery;
  /** Chooses in a select, by value or label. */
  choose(actionId: string, option: string, message?: MessageView): Delivery;
  /** A shortcut of the app, by callback id: global, or on a message. */
  shortcut(callbackId: string, message?: Pick<MessageView, "channelId" | "ts">): Delivery;
  /** The modal on top, or null. */
  readonly modal: ModalView | null;
  /** Enters values (by label, block id or action id) into the modal on top and submits it, as its client allows. */
  submit(values?: EnteredValues): Submission;
  /** Closes the modal on top; the app is notified if it asked to be. */
  dismiss(): Delivery | null;
  /** Everything they see in a channel (the default one if omitted), oldest first, including threads. */
  visibleMessages(channel?: Channel): MessageView[];
  /** Their conversation with the app. */
  readonly direct: Channel;
  readonly notifications: readonly Notification[];
}

export interface PersonParts extends Parts {
  readonly interactions: Interactions;
  readonly defaultChannel: () => Channel;
}

export function createPerson(parts: PersonParts, user: User): Person {
  const { world, app, interactions, messages, files, views } = parts;

  function place(channel: Channel): Channel {
    if (!isMember(channel, user.id)) {
      throw new NotPossible(`${user.name} is not in #${channel.name}`);
    }
    if (channel.archived) {
      throw new NotPossible(`#${channel.name} is archived`);
    }
    return channel;
  }

  function upload({ filename, bytes }: PickedFile, stub: boolean): StoredFile {
    const file = files.reserve({ name: filename, userId: user.id, length: bytes.byteLength, altText: "", stub });
    file.bytes = Buffer.from(bytes);
    files.process(file, () => {});
    return file;
  }

  const sees = (message: Message) => message.ephemeralFor === null || message.ephemeralFor === user.id;

  function openModal(): OpenView {
    const view = views.top(user.id);
    if (view === null) {
      throw new NotPossible("no modal is open");
    }
    return view;
  }

  /** The element a person uses, with the objects around it. */
  function element(found: (element: JsonObject) => boolean, what: string, view: MessageView | undefined) {
    const message = view === undefined ? null : messages.find(view.channelId, view.ts);
    if (view !== undefined && (message === null || !sees(message))) {
      throw new NotPossible(`${user.name} does not see this message`);
    }
    const source: { view: OpenView } | { message: Message; channel: Channel } =
      message === null ? { view: openModal() } : { message, channel: world.channels.get(message.channelId)! };
    const blocks = "view" in source ? (source.view.given.blocks as JsonObject[]) : source.message.blocks;
    for (const block of blocks) {
      const used = everyObject(block).find((object) => typeof object.action_id === "string" && found(object));
      if (used !== undefined) {
        return { used, blockId: block.block_id, source };
      }
    }
    throw new NotPossible(`there is nothing to use under ${what}`);
  }

  const shortcutNamed = (callbackId: string, type: "global" | "message") => {
    const known = (app.manifest.features?.shortcuts ?? []).some(
      (shortcut) => shortcut.callback_id === callbackId && shortcut.type === type,
    );
    if (!known || !app.scopes.has("commands") || app.state !== "installed") {
      throw new NotPossible(`there is no shortcut ${callbackId}`);
    }
  };

  const enter = (view: OpenView, values: EnteredValues) => {
    const inputs = inputsOf(view.given);
    for (const input of inputs) {
      const state = view.values.get(input.blockId) ?? new Map<string, JsonObject>();
      view.values.set(input.blockId, state);
      if (!state.has(input.actionId)) {
        state.set(input.actionId, initialState(input));
      }
    }
    for (const [name, value] of Object.entries(values)) {
      const input = inputs.find(({ label, blockId, actionId }) => [label, blockId, actionId].includes(name));
      if (input === undefined) {
        throw new NotPossible(`the modal has no input ${name}`);
      }
      const give = (picked: PickedFile) => {
        const file = upload(picked, false);
        files.grant(file);
        return file;
      };
      view.values.get(input.blockId)!.set(input.actionId, enteredState(input, value, give, files.payload));
    }
    return inputs;
  };

  function mentioned(text: string): string {
    const named = (names: Iterable<{ id: string; name: string }>, name: string) =>
      [...names].find((item) => item.name === name)?.id;
    return escapeText(text)
      .replace(/@([\w.-]+)/g, (whole, name: string) => {
        const id = named(world.users.values(), name);
        return id === undefined ? whole : `<@${id}>`;
      })
      .replace(/#([\w-]+)/g, (whole, name: string) => {
        const id = named(world.channels.values(), name);
        return id === undefined ? whole : `<#${id}|${name}>`;
      });
  }

  return {
    id: user.id,
    user,
    command(command, text = "", where = {}) {
      const channel = place(where.in ?? parts.defaultChannel());
      const known = (app.manifest.features?.slash_commands ?? []).some((entry) => entry.command === command);
      if (!known || !app.scopes.has("commands") || app.state !== "installed") {
        throw new NotPossible(`${command} is not a valid command`);
      }
      return interactions.command(user, channel, command, text);
    },
    say(text, { in: given, thread, files: picked = [] } = {}) {
      const channel = place(given ?? parts.defaultChannel());
      const shared = picked.map((file) => upload(file, channel.shared && user.kind === "stranger"));
      const message = messages.post({
        channel,
        userId: user.id,
        text: mentioned(text),
        threadTs: thread ?? null,
        subtype: shared.length > 0 ? "file_share" : null,
        fileIds: shared.map(({ id }) => id),
      });
      for (const file of shared) {
        file.shares.push({ channelId: channel.id, ts: message.ts, threadTs: message.threadTs });
      }
      return message;
    },
    edit(message, text) {
      if (message.userId !== user.id) {
        throw new NotPossible("somebody else wrote that message");
      }
      messages.edit(message, { text: mentioned(text) });
    },
    press(button, message) {
      const { used, blockId, source } = element(
        ({ type, text, action_id: actionId }) =>
          (type === "button" || type === "icon_button") &&
          (actionId === button || (isObject(text) && text.text === button)),
        button,
        message,
      );
      const { action_id, type, text, value, url, style } = used;
      return interactions.action(user, { action_id, block_id: blockId, type, text, value, url, style }, source);
    },
    choose(actionId, option, message) {
      const { used, blockId, source } = element((object) => object.action_id === actionId, actionId, message);
      const chosen = chosenOption(used, option);
      const several = used.type === "checkboxes" || String(used.type).startsWith("multi_");
      const selected = several ? { selected_options: [chosen] } : { selected_option: chosen };
      return interactions.action(
        user,
        { action_id: actionId, block_id: blockId, type: used.type, ...selected },
        source,
      );
    },
    shortcut(callbackId, message) {
      shortcutNamed(callbackId, message === undefined ? "global" : "message");
      if (message === undefined) {
        return interactions.shortcut(user, callbackId);
      }
      const found = messages.find(message.channelId, message.ts);
      if (found === null || found.ephemeralFor !== null || !isMember(world.channels.get(found.channelId)!, user.id)) {
        throw new NotPossible("the message has no menu");
      }
      return interactions.messageShortcut(user, callbackId, found);
    },
    get modal() {
      const view = views.top(user.id);
      if (view === null) {
        return null;
      }
      const inputs = enter(view, {});
      return {
        id: view.id,
        title: String((view.given.title as JsonObject).text),
        callbackId: String(view.given.callback_id ?? ""),
        privateMetadata: String(view.given.private_metadata ?? ""),
        inputs: inputs.map(({ label, blockId, actionId, optional, element: own }) => ({
          ...{ label, blockId, actionId, optional, type: String(own.type), element: own },
          value: view.values.get(blockId)!.get(actionId)!,
        })),
        blocks: view.given.blocks as JsonObject[],
        depth: views.stack(user.id).length,
      };
    },
    submit(values = {}) {
      const view = openModal();
      for (const input of enter(view, values)) {
        if (!input.optional && isEmpty(view.values.get(input.blockId)!.get(input.actionId)!)) {
          throw new NotPossible(`${input.label} must be filled in`);
        }
      }
      return interactions.submit(user, view);
    },
    dismiss() {
      const view = openModal();
      const everything = view.given.clear_on_close === true;
      views.close(user.id, everything);
      return interactions.closed(user, view, everything);
    },
    visibleMessages: (channel = parts.defaultChannel()) =>
      isMember(channel, user.id)
        ? messages
            .in(channel.id)
            .filter(sees)
            .map((message) => viewMessage(parts, files, message))
        : [],
    get direct() {
      return directChannel(parts, user.id);
    },
    get notifications() {
      return world.notifications.filter(({ userId }) => userId === user.id);
    },
  };
}
