import { UsageError } from "../errors/errors.ts";
import { sleep } from "../ground/clock.ts";
import { inEveryLanguage, type Sentence, say } from "../messages/sentence.ts";
import type { Caller } from "../people/caller.ts";
import type { Reply } from "../runtime/runtime.ts";
import type { Message } from "../surface/message.ts";
import { parseInput } from "../tools/input.ts";
import { answersPrivately } from "../tools/quote.ts";
import type { Tool } from "../tools/tool.ts";
import { type Answer, type GivenInput, type PendingRequest, receiptFor, type ShowOptions } from "./answer.ts";
import { formKey } from "./button-id.ts";
import { type ChatContext, fitted, toolOf } from "./chat-kit.ts";
import type { ChatEvent } from "./chat-port.ts";
import { fillAnswer, openAnswer } from "./first-answer.ts";
import { fileLimits, fileProblem } from "./given-input.ts";
import { receiveFile } from "./receive-file.ts";
import type { Renewal } from "./renewal.ts";
import type { StoredForm } from "./stored-forms.ts";
import { tellWrong } from "./tell-wrong.ts";

/** The action of a button that opens the form behind a refusal, with everything that was entered. */
export const correctAction = "correct";

/**
 * Takes a complete request. An obvious mistake is answered immediately, to its sender alone; otherwise the request is
 * stored, acknowledged and carried out. Resolves when its first answer shows the outcome or the job.
 */
export async function takeRequest(
  context: ChatContext & { renewal: Renewal },
  event: ChatEvent,
  tool: Tool,
  given: GivenInput,
  gatherMs = 0,
): Promise<void> {
  const { answers, port, clock, turnstile, renewal } = context;
  const problem = gatherMs > 0 ? null : firstProblem(context, tool, given);
  if (problem !== null) {
    const form = { ...given, command: tool.command, owner: event.caller.id };
    await refuse(context, event, problem.sentence, {
      form,
      field: problem.field,
    });
    return;
  }
  const at = clock.now();
  const asked: Answer = {
    id: event.id,
    at,
    // Also for an adapter that does not ask, and for what a form asked for.
    caller: { ...event.caller, private: given.private || answersPrivately(tool, given.input) },
    facts: event.facts,
    pending: {
      command: tool.command,
      input: given.input,
      files: given.files,
      ...(gatherMs > 0 ? { gatherUntil: at + gatherMs } : {}),
    },
    ...(event.ways.acknowledge === undefined ? {} : { owed: true }),
    handle: event.handle,
    handleUntil: event.handle?.expiresAt,
  };
  const placed = { ...asked, caller: { ...asked.caller, place: port.placeOf(asked) } };
  const answer = port.needsHandle(placed) ? { ...placed, watched: true } : placed;
  await answers.hold(answer.id, async () => {
    // Stored before anything is shown: a process that dies in between must not leave a placeholder that no
    // record names.
    const taken = await answers.add(answer).catch((error: unknown) => {
      if (error instanceof RangeError) {
        return null;
      }
      throw error;
    });
    if (taken === null) {
      await refuse(context, event, { key: "answer.too-large" });
      return;
    }
    await event.ways.acknowledge?.();
    if (!taken) {
      return;
    }
    renewal.watch(answer);
    const opened = await openAnswer(context, answer);
    if (opened !== null) {
      await turnstile.work(() => carryOut(context, opened));
    }
  });
}

/** Carries out a request that shows a placeholder. Safe to repeat: the event's id is the job's idempotency key. */
export async function carryOut(context: ChatContext, answer: Answer): Promise<void> {
  const { answers, port, clock } = context;
  const { pending } = answer;
  if (pending === undefined) {
    return;
  }
  const placed: Caller = { ...answer.caller, place: port.placeOf(answer) };
  let caller = placed;
  let unstored: Pick<Answer, "caller"> | undefined;
  // Nothing but this answer shows what an immediate one says: its asker is stored with it, and after a crash asked for again.
  const isImmediate = toolOf(context, pending.command)?.effect !== "spends";
  try {
    caller = await identified(context, { ...answer, caller: placed });
    unstored = caller === placed ? undefined : { caller };
    if (unstored !== undefined && !isImmediate) {
      await answers.change(answer.id, unstored);
      unstored = undefined;
    }
    const until = pending.gatherUntil ?? 0;
    // A wait longer than the whole one means that the clock was set back since.
    const waitMs = Math.min(until - clock.now(), until - answer.at);
    if (waitMs > 0) {
      await sleep(clock, waitMs);
    }
    const whole = pending.gatherUntil === undefined ? pending : await withParts(context, answer.id, pending);
    const reply = await callTool(context, answer.id, whole, caller);
    if (unstored !== undefined && reply.type === "refused") {
      await answers.change(answer.id, unstored);
    }
    await answerRequest(context, { ...answer, caller, pending: whole }, reply, unstored);
  } catch (error) {
    const isPrivate = caller.private ?? false;
    const message: Message = {
      tone: "error",
      title: say({ key: "answer.internal" }, caller.locale),
      private: isPrivate,
    };
    await fillAnswer(context, answer.id, { message, asked: unstored, options: { locale: caller.locale } });
    throw error;
  }
}

/** The request with the events that joined it. */
async function withParts(context: ChatContext, id: string, request: PendingRequest): Promise<PendingRequest> {
  const { answers, port } = context;
  const tool = toolOf(context, request.command);
  const parts = await answers.parts(id);
  return tool === undefined || parts.length === 0
    ? request
    : { ...request, ...port.join?.({ input: request.input, files: request.files }, parts, tool) };
}

/** Who asks, as far as the platform tells. If that is news, it still has to be stored with the answer. */
export async function identified({ port }: ChatContext, answer: Answer): Promise<Caller> {
  return (await port.identify?.(answer)) ?? answer.caller;
}

/** Shows core's reply to a request, and records in core where it is shown. `asked`: see `fillAnswer`. */
async function answerRequest(
  context: ChatContext,
  answer: Answer,
  reply: Reply,
  asked?: Pick<Answer, "caller">,
): Promise<void> {
  const { runtime, forms } = context;
  const { caller, pending } = answer;
  if (reply.type === "job") {
    // Before anything else: an immediate result must be shown in this answer and nowhere else.
    await runtime.acknowledged(reply.job.id, receiptFor(answer));
  }
  const isPrivate = caller.private ?? false;
  let buttons: ShowOptions["buttons"] = [];
  if (pending !== undefined && canBeCorrected(reply)) {
    const { command, input, files } = pending;
    const form = { command, input, files, private: isPrivate, owner: caller.id };
    buttons = (await forms.write(answer.id, form)) ? [correctButton(answer.id, caller)] : [];
  }
  const message = await fitted(context, reply.message, caller);
  if (reply.type === "refused") {
    await tellWrong(context, answer.id, { message, buttons }, caller.locale);
    return;
  }
  await keepForms(context, reply.message, caller, isPrivate);
  await fillAnswer(context, answer.id, {
    ...{ message, asked },
    ...(reply.type === "job" ? { job: reply.job.id } : {}),
    options: { locale: caller.locale, buttons },
  });
}

/** Core's reply to a request; its files are copied first, because their addresses expire. */
async function callTool(context: ChatContext, id: string, pending: PendingRequest, caller: Caller): Promise<Reply> {
  const { runtime, logger, port, answers, title } = context;
  const input = { ...pending.input };
  const tool = toolOf(context, pending.command);
  try {
    for (const { field, file } of pending.files) {
      const { name, download } = port.file(file);
      const maxBytes = tool === undefined ? undefined : fileLimits(tool, field)?.maxBytes;
      const inbound = { name, field, owner: caller.id, platform: title, maxBytes, download };
      input[field] = await receiveFile({ runtime, logger }, inbound);
    }
  } catch (error) {
    if (error instanceof UsageError) {
      return { type: "refused", failure: error.failure, message: refusal(error.failure.sentence, caller) };
    }
    throw error;
  }
  return runtime.call({ tool: pending.command, input, caller, key: id, inbox: answers.entryId(id) });
}

/** Stores the forms behind buttons that belong to no job, because they cannot be rebuilt from one. */
export async function keepForms(
  { forms }: Pick<ChatContext, "forms">,
  message: Message,
  caller: Caller,
  isPrivate: boolean,
): Promise<void> {
  for (const { form, subject } of message.actions ?? []) {
    if (form !== undefined && subject !== message.jobId) {
      await forms.write(`${caller.id}/${subject}.${formKey(form)}`, {
        ...form,
        files: [],
        private: isPrivate,
        owner: caller.id,
      });
    }
  }
}

/** Answers the asker alone that something is wrong and nothing was done, with a way to correct it. */
export async function refuse(
  { forms, turnstile }: ChatContext,
  { id, caller, ways }: ChatEvent,
  sentence: Sentence,
  { form, field }: { form?: StoredForm; field?: string } = {},
): Promise<void> {
  // What is too large to be stored cannot be corrected by a button either.
  const isStored = form !== undefined && (await forms.write(id, form));
  const asker = (await ways.asker?.()) ?? caller;
  const buttons = isStored ? [correctButton(id, asker)] : [];
  await turnstile.answer(() => ways.refuse(refusal(sentence, asker), { locale: asker.locale, buttons }, field));
}

function refusal(sentence: Sentence, { locale }: Caller): Message {
  return { tone: "warning", title: say(sentence, locale), private: true };
}

function correctButton(formId: string, { locale }: Caller): NonNullable<ShowOptions["buttons"]>[number] {
  return { label: say({ key: "answer.correct" }, locale), action: correctAction, subject: formId };
}

/** True for a refusal that the person can correct in the form. */
function canBeCorrected(reply: Reply): boolean {
  return reply.type === "refused" && reply.failure.kind === "usage";
}

/** A mistake that shows without waiting for anything; null if there is none and core should decide. */
function firstProblem(
  { port }: ChatContext,
  tool: Tool,
  given: GivenInput,
): { sentence: Sentence; field?: string | undefined } | null {
  const claims = given.files.map(({ field, file }) => ({ field, ...port.file(file) }));
  const problem = fileProblem(tool, claims);
  if (problem !== null) {
    return problem;
  }
  try {
    const files = Object.fromEntries(given.files.map(({ field }, index) => [field, `file ${index}`]));
    parseInput(tool, { ...given.input, ...files });
    return null;
  } catch (error) {
    if (error instanceof UsageError) {
      return { sentence: inEveryLanguage(error.failure.sentence), field: error.failure.field };
    }
    throw error;
  }
}
