import { type Caller, type Json, type Locale, type Message, type Reply, ToolcastError } from "@toolcast/core";
import { randomId } from "@toolcast/core/engine";
import { type Failure, failureOf } from "@toolcast/core/errors";
import { parseCommandLine, refusalMessage } from "@toolcast/core/surface";
import type { Console } from "./console-context.ts";
import type { EntryContent, LogEntry } from "./conversation-log.ts";
import { sentences } from "./sentences.ts";
import { refusalResponse, WebFailure } from "./web-failure.ts";
import type { EntryView, OutcomeView } from "./wire.ts";

/** What a person sends: a line as typed, or a filled form. */
export type Ask = { text: string } | { command: string; input: Record<string, Json> };

/**
 * Carries out what a person sent and records it. A typed line is recorded first, so that it shows at once and survives
 * a crash; a form only once it is accepted, because the form itself shows what is wrong. The same key is the same
 * request.
 */
export async function ask(web: Console, ask: Ask, key: string | undefined, caller: Caller): Promise<Response> {
  const { conversation } = caller.place;
  const name = `${conversation}:${key ?? randomId(web.options.random, "key")}`;
  const requestId = `request:${name}`;
  const content: EntryContent =
    "text" in ask
      ? { kind: "request", text: ask.text }
      : { kind: "request", form: { command: ask.command, input: ask.input } };
  const known = await web.log.read(requestId);
  if (known !== null && JSON.stringify(known.content) !== JSON.stringify(content)) {
    throw new WebFailure(409, "keyReused");
  }
  const writeRequest = async () =>
    (await web.append({ id: requestId, conversation, at: web.options.clock.now(), content })).entry;
  const replyId = `reply:${name}`;
  const answered = await web.log.read(replyId);
  if (known !== null && answered?.content.kind === "reply") {
    return success(web, caller, [known, answered], { message: answered.content.message, repeated: true });
  }
  const written = known ?? ("text" in ask ? await writeRequest() : null);
  const reply = await carryOut(web, ask, `web:${name}`, caller);
  if (reply.type === "refused" && !("text" in ask)) {
    return refusalResponse(reply.failure, reply.message);
  }
  const entries = [written ?? (await writeRequest()), await writeReply(web, replyId, reply, caller, requestId)];
  await acknowledge(web, reply, replyId);
  return reply.type === "refused"
    ? refusalResponse(reply.failure, reply.message, await views(web, entries, caller))
    : success(web, caller, entries, reply);
}

/**
 * Presses a button. A job that is new to the conversation gets its own reply there, unless an operator decided about it
 * for somebody else, whose conversation is elsewhere.
 */
export async function press(
  web: Console,
  { action, subject }: { action: string; subject: string },
  caller: Caller,
): Promise<Response> {
  const reply = await web.options.runtime.press({ action, subject, caller });
  if (reply.type === "refused") {
    return refusalResponse(reply.failure, reply.message);
  }
  if (reply.type === "answer" || reply.job.caller.id !== caller.id || (await web.log.ofJob(reply.job.id)).length > 0) {
    return success(web, caller, [], reply);
  }
  const replyId = `reply:job:${reply.job.id}`;
  const entry = await writeReply(web, replyId, reply, caller);
  await acknowledge(web, reply, replyId);
  return success(web, caller, [entry], reply);
}

/** `translations`: the message in every language. Left out: it is about a job, or an answer of its tool. */
type Answered = Reply & { translations?: Record<Locale, Message> };

async function carryOut(web: Console, ask: Ask, key: string, caller: Caller): Promise<Answered> {
  const { runtime } = web.options;
  try {
    const parsed = "text" in ask ? parseCommandLine(ask.text, runtime.tools) : ask;
    if (parsed === null) {
      const translations = inEveryLocale((locale) => offer(web, "text" in ask ? ask.text : "", locale));
      return { type: "answer", message: translations[caller.locale], data: null, translations };
    }
    const reply = await runtime.call({ tool: parsed.command, input: parsed.input, caller, key });
    if (reply.type !== "refused") {
      return reply;
    }
    const canOpen = reply.failure.field !== undefined && "text" in ask;
    return refusal(reply.failure, (locale) => {
      const message = { ...reply.message, ...refusalMessage(reply.failure, { ...caller, locale }) };
      return canOpen ? withForm(message, parsed, locale) : message;
    });
  } catch (error) {
    if (!ToolcastError.isInstance(error)) {
      throw error;
    }
    const failure: Failure = failureOf(error);
    return refusal(failure, (locale) => refusalMessage(failure, { locale }));
  }

  function refusal(failure: Failure, messageIn: (locale: Locale) => Message): Answered {
    const translations = inEveryLocale(messageIn);
    return { type: "refused", failure, message: translations[caller.locale], translations };
  }
}

function inEveryLocale(messageIn: (locale: Locale) => Message): Record<Locale, Message> {
  return { en: messageIn("en"), "zh-CN": messageIn("zh-CN") };
}

/**
 * Names the invalid input without explaining the syntax, because the form shows all inputs, filled with what was typed.
 */
function withForm(message: Message, { command, input }: Extract<Ask, { command: string }>, locale: Locale): Message {
  const label = sentences.openForm[locale];
  return {
    ...message,
    actions: [{ action: "form", subject: command, label, style: "plain", form: { command, input } }],
  };
}

/** For text without a command: offers the tools that could take it, as forms filled with it. */
function offer(web: Console, text: string, locale: Locale): Message {
  const takers = web.options.runtime.tools.filter(
    ({ effect, primary }) => effect === "spends" && primary !== undefined,
  );
  return {
    tone: "question",
    title: sentences.noCommand[locale],
    private: false,
    actions: takers.map((tool) => ({
      action: "form",
      subject: tool.command,
      label: tool.title[locale],
      style: "plain",
      form: { command: tool.command, input: { [tool.primary as string]: text } },
    })),
  };
}

async function writeReply(
  web: Console,
  id: string,
  reply: Answered,
  caller: Caller,
  replyTo?: string,
): Promise<LogEntry> {
  const { entry } = await web.append({
    id,
    conversation: caller.place.conversation,
    at: web.options.clock.now(),
    content: { kind: "reply", message: reply.message, translations: reply.translations },
    replyTo,
    ...(reply.type === "job" ? { jobId: reply.job.id } : {}),
  });
  return entry;
}

async function acknowledge(web: Console, reply: Reply, entryId: string): Promise<void> {
  if (reply.type === "job" && !reply.repeated) {
    await web.options.runtime.acknowledged(reply.job.id, { entry: entryId });
  }
}

function views(web: Console, entries: LogEntry[], caller: Caller): Promise<EntryView[]> {
  return Promise.all(entries.map((entry) => web.view.entry(entry, caller)));
}

async function success(
  web: Console,
  caller: Caller,
  entries: LogEntry[],
  reply: Exclude<Reply, { type: "refused" }> | { message: Message; repeated: true },
): Promise<Response> {
  // An answer about an existing job starts no new one.
  const isJob = "type" in reply && reply.type === "job";
  const jobId = isJob ? reply.job.id : entries.find((entry) => entry.jobId !== undefined)?.jobId;
  const body: OutcomeView = {
    outcome: jobId === undefined ? "answer" : "job",
    repeated: "repeated" in reply && reply.repeated,
    message: reply.message,
    entries: await views(web, entries, caller),
    jobId,
    ...("data" in reply ? { data: reply.data } : {}),
  };
  return Response.json(body, { status: jobId === undefined ? 200 : 202 });
}
