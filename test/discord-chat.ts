import type { ChatAct, ChatInput, ChatPerson, ChatPlatform, ChatRoom, ShownMessage } from "./contracts/chat-room.ts";
import { type DiscordRoom, openRoom, shownText } from "./discord-room.ts";
import type { Interaction } from "./fakes/discord/interactions.ts";
import { everyComponent, type MessageView } from "./fakes/discord/message-view.ts";
import type { ModalValues } from "./fakes/discord/modal-data.ts";
import type { Person } from "./fakes/discord/person.ts";

/** Fields of a modal whose value is not text. */
const fields = { select: 3, checkbox: 23 };

/** The room of Discord's tests, in the form the chat contract needs. */
export const discordChat: ChatPlatform = {
  name: "Discord",
  acknowledgeWithinMs: 3_000,
  sendsIncomplete: false,
  mayLeavePlaceholder: false,
  openRoom: async () => chatRoom(await openRoom()),
};

function chatRoom(room: DiscordRoom): ChatRoom {
  const { platform, installation, clock } = room;
  return {
    installation,
    async open(options) {
      const process = await room.open(options);
      return {
        ...process,
        surface: process.discord.surface,
        dieWhenAcknowledged: () => process.dieAt("after", "respond"),
      };
    },
    person: (name, { locale = "en" } = {}) =>
      chatPerson(room, platform.person(name, { locale: locale === "en" ? "en-US" : locale, roles: [managers(room)] })),
    redeliver: (act) => room.redeliver(act as Interaction),
    remove: ({ id }) => platform.deleteMessage({ id }),
    flood(ms, retryAfterMs) {
      for (const route of ["create-message", "edit-message", "edit-original", "follow-up"] as const) {
        platform.faults.always(route, { kind: "rate-limit", retryAfterMs });
      }
      clock.setTimer(ms, () => platform.faults.clear());
    },
    sendGarbage() {
      for (const payload of [null, "text", [], {}, { id: "1", type: 2 }, { id: 7, type: 99 }, { data: { name: {} } }]) {
        platform.gateway.dispatch("INTERACTION_CREATE", payload as never);
      }
      // Without a token there is no way to acknowledge.
      return [];
    },
    onChange: platform.onChange,
    calm: room.calm,
    pass: room.pass,
    until: room.until,
    [Symbol.asyncDispose]: () => room[Symbol.asyncDispose](),
  };
}

const roles = new WeakMap<DiscordRoom, ReturnType<DiscordRoom["platform"]["addRole"]>>();

function managers(room: DiscordRoom) {
  const role = roles.get(room) ?? room.platform.addRole("manager", ["MANAGE_GUILD"]);
  roles.set(room, role);
  return role;
}

function chatPerson({ platform }: DiscordRoom, person: Person): ChatPerson {
  const views = () =>
    [...person.visibleMessages(), ...person.visibleMessages(platform.direct(person))].filter(
      ({ authorId }) => authorId === platform.botUserId,
    );
  return {
    id: `discord:${person.id}`,
    ask: (command, input, { private: isPrivate } = {}) =>
      person.runCommand(command, { ...input, ...(isPrivate ? { private: true } : {}) }) satisfies ChatAct,
    press: ({ id }, label) => person.press(views().find((view) => view.id === id)!, label),
    async submit(act, changes) {
      const opened = act as Interaction;
      person.submitModal(opened, modalValues(opened, changes));
    },
    isAsked: (act) => (act as Interaction).modal !== null,
    sees: () => views().map((view) => shown(view, person)),
  };
}

function modalValues({ modal }: Interaction, changes: ChatInput): ModalValues {
  const components = everyComponent(modal?.components ?? []);
  return Object.fromEntries(
    Object.entries(changes).map(([name, value]) => {
      const { type, options = [] } = components.find(({ custom_id: id }) => id === name) ?? {};
      const option = (options as { label: string; value: string }[]).find(({ label }) => label === value);
      const chosen = type === fields.select ? [option?.value ?? String(value)] : String(value);
      return [name, typeof value === "object" ? [value] : type === fields.checkbox ? value === true : chosen];
    }),
  );
}

function shown({ id, text, files, buttons, thinking, pings }: MessageView, person: Person): ShownMessage {
  return {
    id,
    text: shownText(text),
    media: files.length,
    buttons: buttons.filter(({ disabled }) => !disabled).map(({ label }) => label),
    isPlaceholder: thinking,
    pings: pings.everyone || pings.roleIds.length > 0 || pings.userIds.some((user) => user !== person.id),
  };
}
