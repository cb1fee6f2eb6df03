import { type Locale, type Message, type Tool, ToolcastError } from "@toolcast/core";
import {
  type Chat,
  type ChatEvent,
  digest,
  type GivenInput,
  givenByMessage,
  type PointedMessage,
  readButtonId,
  type ShowOptions,
} from "@toolcast/core/chat";
import { say, wellFormed } from "@toolcast/core/surface";
import type { z } from "zod";
import { toolNamed, wordOf } from "./command-names.ts";
import type { SlackContext } from "./context.ts";
import { linkPrefix } from "./layout.ts";
import { handleUseMs, slackLimits } from "./limits.ts";
import { beginAction, chooseAction, chooser, formCallback, readForm } from "./modal.ts";
import {
  commandSchema,
  eventSchema,
  type InboundFile,
  type Interaction,
  interactionSchema,
  removalSchema,
  type Said,
  saidSchema,
} from "./payload.ts";
import { type Asked, messageName } from "./place.ts";
import { sentences } from "./sentences.ts";
import { openShortcut, toolOfShortcut } from "./shortcuts.ts";
import { readFailure } from "./slack-failure.ts";
import { helpInGeneral, helpOn, isHelp, plainText, readInput } from "./typed-commands.ts";
import {
  knownCaller,
  type NotTaken,
  openView,
  type Receipt,
  receiptBy,
  type Source,
  type Transport,
  waysOf,
} from "./ways.ts";

/** Events for the adapter itself, apart from requests. */
export interface Notices {
  /** The workspace has removed the app or revoked its token. */
  removed(): void;
}

type Slack = { context: SlackContext; chat: Chat; notices: Notices };

/**
 * Takes what Slack sends, whichever the transport. Never throws; `acknowledge` may carry an answer. One of the two is
 * called for every payload.
 */
export function takePayload(slack: Slack, received: unknown, acknowledge: Transport, notTaken: NotTaken): void {
  const receipt = receiptBy(acknowledge, notTaken);
  const payload = wellFormed(received);
  const { type, command } = (payload ?? {}) as { type?: unknown; command?: unknown };
  if (typeof command === "string") {
    read(slack, commandSchema, payload, receipt, (parsed) => takeCommand(slack, parsed, receipt));
  } else if (type === "event_callback") {
    read(slack, eventSchema, payload, receipt, (parsed) => takeEvent(slack, parsed, receipt));
  } else {
    read(slack, interactionSchema, payload, receipt, (parsed) => takeInteraction(slack, parsed, receipt));
  }
}

function read<Payload>(
  { chat }: Slack,
  schema: z.ZodType<Payload>,
  payload: unknown,
  { ack, notTaken }: Receipt,
  take: (parsed: Payload) => void,
): void {
  const parsed = schema.safeParse(payload);
  if (parsed.success) {
    take(parsed.data);
    return;
  }
  const { event_id, trigger_id } = (payload ?? {}) as { event_id?: unknown; trigger_id?: unknown };
  const known = event_id ?? trigger_id ?? JSON.stringify(payload) ?? "";
  const { type } = (payload ?? {}) as { type?: unknown };
  const facts = { type: nameOfType(type), problems: parsed.error.issues.length };
  chat.takeUnreadable(idOf(String(known)), facts, { acknowledge: async () => void (await ack()), notTaken });
}

/** Slack's names of types are words; anything else is not shown, because it may be somebody's text. */
function nameOfType(type: unknown): string | undefined {
  return typeof type === "string" && /^[a-z_]{1,60}$/.test(type) ? type : undefined;
}

/** Hashed, because a trigger id can open a form for some seconds and must not be stored. */
function idOf(given: string): string {
  return digest(given).slice(0, 22);
}

/**
 * The same for the same form with the same entries: while Slack has no acknowledgement, the form stays open with an error,
 * and whoever sends it again must not start the work again.
 */
function submissionOf(view: string, { input, files }: Pick<GivenInput, "input" | "files">): string {
  const fileIds = files.map(({ field, file }) => [field, (file as InboundFile).id]);
  return idOf(JSON.stringify([view, input, fileIds]));
}

function takeCommand(slack: Slack, command: z.infer<typeof commandSchema>, receipt: Receipt): void {
  const {
    text,
    user_id: user,
    user_name: name,
    team_id: team,
    enterprise_id: enterprise,
    channel_id: channel,
    trigger_id,
    response_url,
  } = command;
  const source: Source = {
    id: idOf(trigger_id),
    asked: { user, name, team, enterprise, channel },
    ...receipt,
    trigger: { id: trigger_id, mode: "open" },
    url: response_url,
    answersBy: "acknowledgement",
  };
  const words = `${command.command} ${text}`;
  takeWords(slack, source, { tool: toolNamed(slack.context.runtime.tools, words), words });
}

/** A command as somebody wrote it: a request, or a wish for help. */
function takeWords(
  slack: Slack,
  source: Source,
  { tool, words, files }: { tool: Tool | undefined; words: string; files?: PointedMessage["files"] },
): void {
  if (tool !== undefined && isHelp(words)) {
    tell(slack, source, (locale) => helpOn(tool, wordOf(words), locale));
    return;
  }
  request(slack, source, tool, (known) => givenByMessage(known, { files }, readInput(known, words)));
}

const noInput: GivenInput = { input: {}, files: [], private: false };

function takeInteraction(slack: Slack, interaction: Interaction, receipt: Receipt): void {
  if (interaction.type === "view_closed") {
    slack.chat.follow("view_closed", receipt.ack());
    return;
  }
  const { context } = slack;
  const { clock, runtime } = context;
  const { user, team, trigger_id } = interaction;
  const base = {
    id: idOf(trigger_id),
    ...receipt,
    trigger: { id: trigger_id, mode: "open" as const },
  };
  const enterprise = interaction.enterprise?.id;
  const who = { user: user.id, name: user.name ?? user.username, team: team?.id ?? enterprise ?? "", enterprise };
  /** Used when no channel is named: the conversation between the bot and the person. */
  const direct: Asked = { ...who, channel: user.id };
  switch (interaction.type) {
    case "shortcut":
      if (interaction.callback_id === openShortcut) {
        openChooser(slack, { ...base, asked: direct, answersBy: "message" });
      } else {
        take(slack, { ...base, asked: direct, answersBy: "message" }, { event: "gone" });
      }
      return;
    case "message_action": {
      const { channel, message, response_url, callback_id } = interaction;
      const thread = message.thread_ts ?? message.ts;
      const opensThread = message.thread_ts === undefined;
      const source: Source = {
        ...base,
        asked: { ...who, channel: channel.id, thread, opensThread },
        url: response_url,
        answersBy: "address",
      };
      const tool = toolOfShortcut(runtime.tools, callback_id);
      request(slack, source, tool, (known) =>
        givenByMessage(known, {
          ...{ text: plainText(message.text ?? ""), files: filesOf(message) },
          isOurs: message.user === context.bot(),
        }),
      );
      return;
    }
    case "view_submission": {
      const form = interaction.view.callback_id === formCallback ? readForm(interaction.view) : null;
      if (form === null) {
        take(slack, { ...base, asked: direct, answersBy: "form", fields: [] }, { event: "gone" });
        return;
      }
      const { metadata, ...filled } = form;
      const { url, until = 0 } = metadata;
      const { team: theirs } = who;
      const asked: Asked = { ...who, ...metadata, team: interaction.view.app_installed_team_id ?? theirs };
      const id = submissionOf(interaction.view.id, filled);
      const source: Source = {
        ...{ ...base, id, asked, answersBy: "form", fields: filled.filled },
        ...(url === undefined || until <= clock.now() ? {} : { url, until }),
      };
      take(slack, source, { event: "form", form: metadata.form, ...filled });
      return;
    }
    case "block_actions": {
      const { channel, container, actions, response_url: url } = interaction;
      const [{ action_id, block_id = "" } = { action_id: "" }] = actions;
      if (action_id.startsWith(linkPrefix)) {
        slack.chat.follow(base.id, receipt.ack());
        return;
      }
      const press = readButtonId(action_id);
      if (channel === undefined || container.message_ts === undefined) {
        const tool =
          press?.action === beginAction ? runtime.tools.find(({ command }) => command === press.subject) : undefined;
        const source: Source = { ...base, asked: direct, answersBy: "message" };
        request(slack, { ...source, trigger: { ...base.trigger, mode: "push" } }, tool, (known) => ({
          ...noInput,
          private: known.private ?? false,
        }));
        return;
      }
      const isEphemeral = container.is_ephemeral === true;
      const asked = { ...who, channel: channel.id, thread: container.thread_ts, ephemeral: isEphemeral };
      const source: Source = { ...base, asked, answersBy: "address", url };
      if (press?.action === chooseAction) {
        openChooser(slack, source);
        return;
      }
      if (press === null) {
        take(slack, source, { event: "gone" });
        return;
      }
      const marker = readButtonId(block_id)?.marker;
      take(slack, source, {
        event: "press",
        press: { ...press, marker },
        ...(isEphemeral ? {} : { message: messageName({ channel: channel.id, ts: container.message_ts }) }),
        facts: { replaces: isEphemeral },
        // Sent with the transport's acknowledgement.
        taken: async () => ({ shown: true }),
      });
      return;
    }
    default:
      interaction satisfies never;
  }
}

function takeEvent(
  slack: Slack,
  { event, event_id, team_id, authorizations }: z.infer<typeof eventSchema>,
  receipt: Receipt,
): void {
  const { ack, notTaken } = receipt;
  const { notices, context, chat } = slack;
  const [installation] = authorizations ?? [];
  if (removalSchema.safeParse(event).success) {
    if (isOther(context.team(), team_id)) {
      chat.follow(event_id, ack());
      return;
    }
    notices.removed();
    chat.follow(
      event_id,
      context.answers.revokeHandles().then(() => ack()),
      notTaken,
    );
    return;
  }
  const said = event.type === "message" || event.type === "app_mention" ? saidSchema.safeParse(event).data : undefined;
  // Not every message of the bot's own names it as a bot.
  const isOwn = said?.user === installation?.user_id;
  if (said?.user === undefined || said.bot_id !== undefined || isOwn || !isForBot(said)) {
    chat.follow(event_id, ack());
    return;
  }
  const enterprise = installation?.enterprise_id ?? undefined;
  const where = { team: installation?.team_id ?? team_id ?? enterprise ?? "", enterprise };
  takeText(slack, { ...said, user: said.user }, { id: idOf(event_id), where, ...receipt });
}

/**
 * Whether somebody has just said it to the bot: in their conversation with it, or by a mention elsewhere. When a mention
 * is edited, Slack tells of it again as another event; that must not start the work again.
 */
function isForBot({ type, subtype, edited, channel, channel_type }: Said): boolean {
  const isPlain = subtype === undefined || subtype === "file_share" || subtype === "thread_broadcast";
  const isDirect = channel_type === "im" || channel.startsWith("D");
  return isPlain && edited === undefined && isDirect === (type === "message");
}

/** Whether both are workspaces, and not the same: an app may be installed in several. Organisations are not compared. */
function isOther(own: string, theirs: string | null | undefined): boolean {
  return own.startsWith("T") && (theirs?.startsWith("T") ?? false) && own !== theirs;
}

/**
 * In the bot's own conversation a text may be a command; elsewhere it mentions the bot. Any other text gets an answer
 * that says how to use the bot.
 */
function takeText(
  slack: Slack,
  { user, channel, channel_type, text, ts, thread_ts, files, type }: Said & { user: string },
  { where, ...identified }: Pick<Source, "id"> & Receipt & { where: Pick<Asked, "team" | "enterprise"> },
): void {
  const { tools } = slack.context.runtime;
  const isDirect = channel_type === "im";
  const thread = thread_ts ?? (isDirect ? undefined : ts);
  const opensThread = thread !== undefined && thread_ts === undefined;
  const asked: Asked = { ...where, user, channel, thread, opensThread, direct: isDirect };
  const source: Source = { ...identified, asked, answersBy: "message" };
  const words = plainText(text.replaceAll(/<@[A-Z0-9]+(\|[^>]*)?>/g, " ")).trim();
  const tool = isDirect || type === "app_mention" ? toolNamed(tools, words) : undefined;
  if (tool === undefined) {
    tell(slack, source, (locale) => helpInGeneral(tools, locale));
    return;
  }
  takeWords(slack, source, { tool, words, files: filesOf({ files }) });
}

function filesOf({ files = [] }: Pick<Said, "files">): NonNullable<PointedMessage["files"]> {
  return files.map((file) => ({ type: file.mimetype, file }));
}

/** A request for a tool; reports input that cannot be read to its sender. */
function request(slack: Slack, source: Source, tool: Tool | undefined, read: (tool: Tool) => GivenInput): void {
  try {
    take(slack, source, { event: "command", tool, given: tool === undefined ? noInput : read(tool) });
  } catch (error) {
    if (!ToolcastError.isInstance(error)) {
      throw error;
    }
    const { sentence } = error.failure;
    tell(slack, source, (locale) => ({ tone: "warning", title: say(sentence, locale), private: true }));
  }
}

type Rest<Event = ChatEvent> = Event extends ChatEvent ? Omit<Event, "id" | "caller" | "ways" | "handle"> : never;

/** Asks Slack nothing first: who somebody is and what they may spend is found out once the event is acknowledged. */
function take(slack: Slack, source: Source, rest: Rest): void {
  const { context, chat } = slack;
  const { id, url, until = context.clock.now() + handleUseMs } = source;
  const caller = knownCaller(context, source);
  const { uses: usesLeft } = slackLimits.responseUrl;
  chat.take({
    ...{ ...rest, id, caller, ways: waysOf(slack, source, caller) },
    ...(url === undefined ? {} : { handle: { value: url, expiresAt: until, usesLeft } }),
  });
}

/** Sends one of the adapter's own sentences to the sender, once. */
function tell(
  slack: Slack,
  source: Source,
  words: (locale: Locale) => Message,
  buttons: (locale: Locale) => ShowOptions["buttons"] = () => [],
): void {
  const { context, chat } = slack;
  chat.follow(
    source.id,
    (async () => {
      if (await context.answers.refuse(source.id)) {
        const ways = waysOf(slack, source, knownCaller(context, source));
        const { locale } = await ways.asker();
        await ways.refuse(words(locale), { locale, buttons: buttons(locale) });
      }
      await source.ack();
    })(),
    source.notTaken,
  );
}

/** The global shortcut: a button for each tool; a button that opens the list if it could not be opened at once. */
function openChooser(slack: Slack, source: Source): void {
  const { context, chat } = slack;
  const tools = context.runtime.tools.filter(({ operatorsOnly }) => !operatorsOnly);
  const opened = openView(slack, source, (locale) => chooser(tools, locale)).catch((error) => {
    context.logger.info({ reason: readFailure(error).detail }, "the list of tools could not be opened at once");
    tell(
      slack,
      source,
      (locale) => ({ tone: "question", title: say(sentences.choose, locale), private: true }),
      (locale) => [{ label: say(sentences.openList, locale), action: chooseAction, subject: "" }],
    );
  });
  chat.follow(source.id, Promise.all([opened, source.ack()]), source.notTaken);
}
