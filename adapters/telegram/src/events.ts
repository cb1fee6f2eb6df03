import { type Caller, type Json, type Tool, UsageError } from "@toolcast/core";
import { freeMediaFields, type GivenInput, type IntakeOptions, textMadeBy } from "@toolcast/core/chat";
import { say, wellFormed } from "@toolcast/core/surface";
import { showAccess } from "./access-list.ts";
import { adminsOf } from "./admins.ts";
import { albumMs } from "./albums.ts";
import { asAlone } from "./alone.ts";
import { isOfTelegram } from "./bot-api.ts";
import type { TelegramChat, TelegramContext, TelegramIntake } from "./context.ts";
import { retireQuestion } from "./dialogue.ts";
import { answerGuest, answerInline } from "./inline.ts";
import { noteOrigin, refusedStart } from "./may-start.ts";
import { type Address, callerOf, inPrivate, userOf } from "./place.ts";
import { takePress } from "./press-events.ts";
import { accessCommand, answersAlone, readCommand, readInput, type TypedCommand, toolNamed } from "./request-input.ts";
import { buttonIdsOf } from "./retire-buttons.ts";
import { sentences } from "./sentences.ts";
import { sendMessage } from "./show.ts";
import { answer, type Taking, takingOf, warn, waysOf } from "./taking.ts";
import type { EventFacts } from "./telegram-port.ts";
import { takeText, tooLarge } from "./text-events.ts";
import {
  fileOf,
  type InboundMessage,
  type InboundStop,
  type InboundUpdate,
  isAnonymous,
  isIgnored,
  type StoredUpdate,
  saysSomething,
  updateSchema,
} from "./update.ts";
import { welcome } from "./welcome.ts";

/** An update's id as an event id, distinct for each bot. */
function eventId({ bot }: Pick<TelegramContext, "bot">, update: number | "unnumbered"): string {
  return `${bot.id}-${update}`;
}

/**
 * Takes an update. True when it is stored, or nothing more needs to be done about it: Telegram may forget it. False when
 * it must be delivered again. Never rejects.
 */
export function takeUpdate({ context, chat, intake }: TelegramIntake, received: unknown): Promise<boolean> {
  const payload = wellFormed(received);
  const parsed = updateSchema.safeParse(payload);
  const { update_id: number } = (payload ?? {}) as { update_id?: unknown };
  const id = eventId(context, Number.isSafeInteger(number) ? Number(number) : "unnumbered");
  if (!parsed.success) {
    return intake.take({ id, content: null, unreadable: { problems: parsed.error.issues.length } });
  }
  const { inline_query: inline, guest_message: guest } = parsed.data;
  if (inline || guest) {
    // Not stored: whoever gets no answer asks again.
    chat.follow(id, answerElsewhere(context, id, parsed.data));
    return Promise.resolve(true);
  }
  const stored: StoredUpdate = { update: parsed.data, since: context.backlog.since };
  return intake.take({ id, content: isIgnored(parsed.data) ? null : (stored as unknown as Json) });
}

/**
 * Deals with a stored update. Resolves when the next one of its chat may be dealt with; a failure to answer it is no
 * reason to try again.
 */
export async function handleUpdate(
  { context, chat }: TelegramChat,
  { id, content, isRepeated }: Parameters<IntakeOptions["handle"]>[0],
): Promise<{ rest: Promise<unknown> }> {
  const { update, since } = content as unknown as StoredUpdate;
  const { message, callback_query: press, stopped_message_generation: stop } = update;
  const rest: Promise<void>[] = [];
  const taking = takingOf({ context, chat, id, since, rest });
  // What the kit has stored it carries out itself.
  const isTaken = isRepeated && (await context.runtime.inbox.read(context.answers.entryId(id))) !== null;
  try {
    await (isTaken
      ? undefined
      : message
        ? takeMessage(taking, message)
        : press
          ? takePress(taking, press)
          : stop && takeStop(taking, stop));
  } catch (error) {
    if (!isOfTelegram(error)) {
      throw error;
    }
  }
  return { rest: Promise.allSettled(rest) };
}

/** What is asked in chats that the bot is not in. */
async function answerElsewhere(
  context: TelegramContext,
  id: string,
  { inline_query: inline, guest_message: guest }: InboundUpdate,
): Promise<void> {
  const from = inline?.from ?? guest?.from;
  if (!from || from.is_bot) {
    return;
  }
  const caller = callerOf(id, from, { chat: { id: from.id, type: "private" }, message_id: 0 });
  await (inline ? answerInline(context, caller, inline) : guest ? answerGuest(context, caller, guest) : undefined);
}

/** Telegram's own Stop button, below a draft in a private chat. */
async function takeStop(taking: Taking, { chat, draft_id, message_thread_id }: InboundStop): Promise<void> {
  const { context, id, take } = taking;
  const stopped = await context.workSigns.stopped(chat.id, draft_id);
  if (stopped === null) {
    return;
  }
  const { job, message, locale } = stopped;
  const isTopic = message_thread_id !== undefined;
  const where = { chat, message_id: 0, message_thread_id, is_topic_message: isTopic };
  const caller = callerOf(id, { id: chat.id, first_name: "", language_code: locale }, where);
  await take({ event: "stop", id, caller, ways: waysOf(taking, caller), job, message });
}

async function takeMessage(taking: Taking, message: InboundMessage): Promise<void> {
  const { context, id } = taking;
  const { from, chat } = message;
  if (message.migrate_to_chat_id) {
    await context.chats.moved(chat.id, message.migrate_to_chat_id);
  }
  if (!from) {
    return;
  }
  const isNameless = isAnonymous(message);
  const sender = isNameless ? { id: chat.id, first_name: chat.title ?? "" } : from;
  const roles = isNameless ? [adminsOf(chat.id)] : await context.admins.rolesOf(chat.id, from.id);
  const caller = { ...callerOf(id, sender, message), roles };
  if (await context.access.noteOperator(caller)) {
    taking.follow(context.commands.offerTo(userOf(caller.id)));
  }
  if (!saysSomething(message)) {
    return;
  }
  const command = readCommand(message.text ?? message.caption ?? "", context.bot.username);
  if (message.ephemeral_message_id !== undefined) {
    taking.alone = asAlone(caller, message);
  }
  await (command === null ? takeText(taking, caller, message) : takeCommand(taking, caller, message, command));
}

async function takeCommand(
  taking: Taking,
  caller: Caller,
  message: InboundMessage,
  command: TypedCommand,
): Promise<void> {
  const { context, take, tell, id } = taking;
  const { locale } = caller;
  const tool = toolNamed(context.runtime.tools, command.name);
  const address = caller.place.address as Address;
  if (tool === undefined) {
    switch (command.name) {
      case "start":
        return (await continueRequest(taking, caller, message, command.rest.trim()))
          ? undefined
          : tell(() => welcome(context, caller));
      case "help":
        return tell(() => welcome(context, caller));
      case "stop": {
        const asked = await endDialogue(context, caller);
        const title = sentences[asked === null ? "nothingToStop" : "stopped"][locale];
        return tell(() => answer(taking, caller, { tone: "info", title, private: false }));
      }
      case accessCommand: {
        const isOperator = context.access.isOperator(caller);
        if (!isOperator && !address.isPrivate && !command.isAddressed) {
          return;
        }
        return isOperator && address.isPrivate
          ? tell(() => showAccess(context, caller, command.rest))
          : warn(taking, caller, sentences[isOperator ? "accessInPrivate" : "operatorsOnly"][locale]);
      }
      default:
        // In a group an unknown command may be meant for another bot.
        return address.isPrivate || command.isAddressed ? warn(taking, caller, sentences.unknown[locale]) : undefined;
    }
  }
  if (isAnonymous(message) && (tool.effect !== "reads" || tool.private)) {
    return warn(taking, caller, `${sentences.anonymous.en}\n${sentences.anonymous["zh-CN"]}`);
  }
  await endDialogue(context, caller);
  if (!address.isPrivate) {
    await context.groups.note(message.chat.id, message.chat.title ?? String(message.chat.id));
    if (context.access.isOperator(caller) && (await context.access.operators()).includes(userOf(caller.id))) {
      taking.follow(context.commands.offerIn(message.chat.id, userOf(caller.id)));
    }
  }
  if (tool.effect === "spends" && (await refusedStart(taking, caller, { message })) !== null) {
    return;
  }
  const given = await readGiven(taking, caller, tool, message, command);
  if (given === null) {
    return;
  }
  const { media_group_id: album } = message;
  const gathers = Boolean(album) && freeMediaFields(tool, given).length > 0;
  if (album) {
    await context.albums.decide(album, gathers ? { to: "request", id } : { to: "nobody", notified: false });
  }
  const { chat: asked, thread, request } = address;
  const movesAway = given.private && !address.isPrivate;
  const mayShow =
    movesAway && answersAlone(tool) && (taking.alone !== undefined || (await administers(context, asked)));
  if (movesAway) {
    await noteOrigin(taking, caller, id);
  }
  const facts: EventFacts = {
    ...(movesAway ? { asked: { chat: asked, message: request, thread, alone: taking.alone } } : {}),
    ...(mayShow ? { alone: asAlone(caller, message) } : {}),
  };
  await take({
    ...{ event: "command", id, tool, given, facts: facts as Record<string, never> },
    caller: given.private ? inPrivate(caller) : caller,
    ways: waysOf(taking, given.private ? inPrivate(caller) : caller, undefined, facts.asked),
    ...(gathers ? { gatherMs: albumMs } : {}),
  });
}

/** Asks this person nothing more in this conversation; returns the form they were asked about, if there was one. */
async function endDialogue(context: TelegramContext, caller: Caller): Promise<string | null> {
  const asked = await context.forms.asked(caller);
  if (asked !== null) {
    await Promise.all([context.forms.ask(caller, null), retireQuestion(context, asked)]);
  }
  return asked;
}

/** Carries out, in their own chat, the request that a deep link continues; false if there is none of theirs. */
async function continueRequest(
  taking: Taking,
  caller: Caller,
  message: InboundMessage,
  payload: string,
): Promise<boolean> {
  const { context, take } = taking;
  const form = payload === "" ? null : await context.forms.read(payload);
  if (form?.owner !== caller.id || !(caller.place.address as Address).isPrivate) {
    return showOwnJob(taking, caller, payload);
  }
  const tool = toolNamed(context.runtime.tools, form.command);
  if (tool?.effect === "spends" && (await refusedStart(taking, caller, { message, form: payload })) !== null) {
    return true;
  }
  // The link may be pressed again: the request that it continues is the same event, so it is carried out once.
  const id = `${payload}-continued`;
  await context.access.carryOrigin(payload, id);
  await take({ event: "command", id, caller, ways: waysOf(taking, caller), tool, given: form });
  await context.forms.remove(payload);
  return true;
}

/** Shows, in its asker's own chat, a job whose files a group did not take; false if there is none of theirs. */
async function showOwnJob({ context, tell, id: noteAs }: Taking, caller: Caller, id: string): Promise<boolean> {
  const { runtime, limits } = context;
  const { locale } = caller;
  const { chat, isPrivate } = caller.place.address as Address;
  const job = id === "" || !isPrivate ? null : await runtime.job(id, caller);
  if (job?.caller.id !== caller.id) {
    return false;
  }
  const message = await runtime.fit(await runtime.jobMessage(job, caller), limits.surface, locale);
  await tell(async () => void (await sendMessage(context, { chat, priority: "answer", noteAs }, message, { locale })));
  return true;
}

/** Whether the bot is an administrator of a group. */
async function administers({ admins, bot }: TelegramContext, chat: number): Promise<boolean> {
  return (await admins.rolesOf(chat, bot.id)).length > 0;
}

/** What to use instead of the text of a message of ours that a paid command replies to; null for any other. */
async function textMade(
  { context }: Taking,
  caller: Caller,
  { effect }: Tool,
  { reply_to_message: replied }: InboundMessage,
): Promise<string | null> {
  return effect === "spends" && replied?.from?.id === context.bot.id
    ? textMadeBy(context.runtime, buttonIdsOf(replied), caller)
    : null;
}

/** The input that a command gives; null when it is unusable and its sender has been answered. */
async function readGiven(
  taking: Taking,
  caller: Caller,
  tool: Tool,
  message: InboundMessage,
  command: TypedCommand,
): Promise<GivenInput | null> {
  try {
    const file = fileOf(message);
    const { media_group_id: album, message_id: at } = message;
    const own = file === null ? [] : album ? await taking.context.albums.filesWith(album, { at, file }) : [file];
    const given = readInput(tool, command, message, own, await textMade(taking, caller, tool, message));
    const files = given.files.map(({ file }) => file as unknown as { name: string; size?: number });
    const heavy = files.find(({ size = 0 }) => size > taking.context.limits.downloadBytes);
    if (heavy === undefined) {
      return given;
    }
    await warn(taking, caller, tooLarge(taking, caller, heavy));
  } catch (error) {
    if (!UsageError.isInstance(error)) {
      throw error;
    }
    await warn(taking, caller, say((error as UsageError).failure.sentence, caller.locale));
  }
  return null;
}
