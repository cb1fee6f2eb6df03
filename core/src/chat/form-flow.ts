import type { Sentence } from "../messages/sentence.ts";
import type { Caller } from "../people/caller.ts";
import type { Tool } from "../tools/tool.ts";
import type { GivenInput } from "./answer.ts";
import { formKey } from "./button-id.ts";
import { type ChatContext, toolOf } from "./chat-kit.ts";
import type { ChatEvent } from "./chat-port.ts";
import { wantsForm } from "./given-input.ts";
import { refuse, takeRequest } from "./requests.ts";
import { answerField, fillForm, fitsForm, nextField, type StoredForm } from "./stored-forms.ts";

type Context = Parameters<typeof takeRequest>[0];

/**
 * Opens a form and stores what is known under the event's id. A tool with nothing to fill in is carried out instead.
 * More than one request can hold is refused; what was stored before stays, and the question to it stays open.
 */
export async function openForm(
  context: Context,
  event: ChatEvent,
  tool: Tool,
  given: GivenInput & Pick<StoredForm, "reviewed" | "among">,
): Promise<void> {
  const { turnstile, forms, port } = context;
  if (!fitsForm(given)) {
    await refuse(context, event, { key: "answer.too-large" });
    return;
  }
  const opened = event.ways.openForm({ id: event.id, tool, given });
  if (opened === null) {
    await takeRequest(context, event, tool, given);
    return;
  }
  const shown = turnstile.answer(() => opened);
  const next = nextField(tool, given);
  await Promise.all([
    shown,
    ...(port.asksOneByOne ? [forms.ask(event.caller, event.id)] : []),
    forms.write(event.id, {
      ...{ command: tool.command, input: given.input, files: given.files, private: given.private },
      owner: event.caller.id,
      ...(next === null ? {} : { next }),
      ...(given.reviewed ? { reviewed: true } : {}),
      among: given.among,
    }),
  ]);
}

/** Takes a filled form as a request, on top of what was known when it was opened. */
export async function takeForm(context: Context, event: Extract<ChatEvent, { event: "form" }>): Promise<void> {
  const form = await context.forms.read(event.form);
  const tool = form === null ? undefined : toolOf(context, form.command);
  if (form === null || tool === undefined || form.owner !== event.caller.id) {
    await refuse(context, event, { key: "answer.form-gone" });
    return;
  }
  await takeRequest(context, event, tool, fillForm(tool, form, event));
}

/** Takes the answer to one question: asks the next one, or takes the complete request. */
export async function takeField(context: Context, event: Extract<ChatEvent, { event: "field" }>): Promise<void> {
  const form = await context.forms.read(event.form);
  const tool = form === null ? undefined : toolOf(context, form.command);
  if (form === null || tool === undefined || form.owner !== event.caller.id) {
    await refuse(context, event, { key: "answer.form-gone" });
    return;
  }
  const answered = answerField(tool, form, event.value);
  if ("problem" in answered) {
    await refuse(context, event, answered.problem);
    await openForm(context, event, tool, form);
    return;
  }
  if (nextField(tool, answered.form) === null && !answered.form.reviewed) {
    await context.forms.ask(event.caller, null);
    await takeRequest(context, event, tool, answered.form);
    return;
  }
  await openForm(context, event, tool, answered.form);
}

/** Opens the form behind a button. */
export async function openButtonForm(context: Context, event: ChatEvent, form: StoredForm | null): Promise<void> {
  const tool = form === null ? undefined : toolOf(context, form.command);
  if (form === null || tool === undefined) {
    const sentence = event.event === "press" ? await whyNot(context, event) : null;
    if (sentence === null) {
      event.ways.buttonGone?.();
    }
    await refuse(context, event, sentence ?? { key: "answer.button-gone" });
    return;
  }
  if (form.owner !== event.caller.id) {
    await refuse(context, event, { key: "action.not-yours" });
    return;
  }
  await openForm(context, event, tool, { ...form, reviewed: true });
}

/**
 * Starts a tool with the values of the form behind a button, rebuilt from its job. A form that has become incomplete is
 * opened instead.
 */
export async function startButtonForm(
  context: Context,
  event: Extract<ChatEvent, { event: "press" }>,
  named: string,
): Promise<void> {
  const { caller, id, requestFacts } = event;
  const form = await formBehind(context, caller, named);
  const tool = form === null ? undefined : toolOf(context, form.command);
  if (form === null || tool === undefined || form.owner !== caller.id || wantsForm(tool, form)) {
    await openButtonForm(context, event, form);
  } else if (context.starts.begin(`${caller.id}/${named}`, id)) {
    await takeRequest(context, { ...event, facts: requestFacts }, tool, form);
  } else {
    await refuse(context, event, { key: "answer.again-just-now" });
  }
}

/** Core's refusal of a press on a job that is not the presser's; null if there is none. */
async function whyNot(
  { runtime }: ChatContext,
  { press: { subject }, caller }: Extract<ChatEvent, { event: "press" }>,
): Promise<Sentence | null> {
  const reply = await runtime.press({ action: "details", subject: subject.slice(0, subject.lastIndexOf(".")), caller });
  return reply.type === "refused" && reply.failure.kind === "policy" ? reply.failure.sentence : null;
}

/**
 * The form that a message's button names as `<subject>.<key>`, rebuilt from its job if it has one, otherwise as it was
 * stored; null if it no longer exists.
 */
export async function formBehind(
  { runtime, forms }: ChatContext,
  caller: Caller,
  named: string,
): Promise<StoredForm | null> {
  const dot = named.lastIndexOf(".");
  const [subject, key] = [named.slice(0, dot), named.slice(dot + 1)];
  const job = await runtime.job(subject, caller);
  if (job === null) {
    return forms.read(`${caller.id}/${named}`);
  }
  // Also as its asker saw it: somebody who may no longer use a tool is refused by name, and not told that a button is gone.
  for (const reader of [caller, job.caller]) {
    const { actions = [] } = await runtime.jobMessage(job, reader);
    const form = actions.find((action) => action.form !== undefined && formKey(action.form) === key)?.form;
    if (form !== undefined) {
      return { ...form, files: [], private: caller.private ?? false, owner: caller.id };
    }
  }
  return null;
}
