import type { ModalView } from "@slack/types";
import type { Caller, Locale, Message } from "@toolcast/core";
import {
  type Chat,
  correctAction,
  type EventWays,
  type FormToOpen,
  type Priority,
  type ShowOptions,
  truncate,
} from "@toolcast/core/chat";
import { say } from "@toolcast/core/surface";
import { compose, prepare } from "./compose.ts";
import type { SlackContext } from "./context.ts";
import { handleUseMs, slackLimits } from "./limits.ts";
import { type FormMetadata, formFor } from "./modal.ts";
import { type Asked, callerOf, userOf } from "./place.ts";
import { sentences } from "./sentences.ts";
import { methodBudget, readFailure } from "./slack-failure.ts";
import { whisper } from "./slack-port.ts";

/** Tells the transport that an event has been taken; `answer` is sent with that. */
export type Transport = (answer?: object) => Promise<void>;

/** Tells the transport that an event was not taken and should be sent again. */
export type NotTaken = (error: unknown) => void;

/** What the transport learns about an event. */
export interface Receipt {
  /** As {@link Transport}, but only the first call counts; gives whether this was the first. */
  ack(answer?: object): Promise<boolean>;
  /** It could not be stored, or we are closing. */
  notTaken: NotTaken;
}

type Slack = { context: SlackContext; chat: Chat };

/** How long a refusal waits for Slack to say in which language. */
const languageWithinMs = 2_000;

export function receiptBy(acknowledge: Transport, notTaken: NotTaken): Receipt {
  let done: Promise<void> | undefined;
  return {
    async ack(answer) {
      const isFirst = done === undefined;
      done ??= acknowledge(answer);
      await done;
      return isFirst;
    },
    notTaken,
  };
}

/** Where an event came from, and how it can be answered. */
export interface Source extends Receipt {
  /** Its id in the inbox. */
  id: string;
  asked: Asked;
  /** The trigger that can open a form for three seconds; `push` opens it above the one that is open. */
  trigger?: { id: string; mode: "open" | "push" };
  /** The address that came with it; a secret. */
  url?: string;
  /** When that expires, epoch milliseconds. Default: half an hour after it came. */
  until?: number;
  /**
   * How to show something only to the sender: in the acknowledgement, next to an input of the form, by the address, or
   * in the bot's own message.
   */
  answersBy: "acknowledgement" | "form" | "address" | "message";
  /** The inputs that the form shows. */
  fields?: readonly string[];
}

/** Who sent it, without asking Slack. */
export function knownCaller({ people }: Pick<SlackContext, "people">, { asked, id }: Source): Caller {
  return callerOf(asked, id, people.known(asked.user));
}

export function waysOf(slack: Slack, source: Source, caller: Caller): EventWays & Required<Pick<EventWays, "asker">> {
  const { context } = slack;
  const { asked, id, trigger } = source;
  const ways = {
    acknowledge: () => acknowledge(source),
    notTaken: source.notTaken,
    async asker() {
      if (context.people.known(asked.user) !== undefined || isBesideInput(source)) {
        return caller;
      }
      await acknowledge(source);
      return callerOf(asked, id, await context.people.soon(asked.user, languageWithinMs));
    },
    openForm(form: FormToOpen) {
      const viewIn = (locale: Locale) => formFor(form, metadataOf(context, source, form), locale);
      if (viewIn(caller.locale) === null) {
        return null;
      }
      const offered = async () => offer(context, source, await ways.asker(), form);
      const shown =
        trigger === undefined
          ? offered()
          : openView(slack, source, viewIn).catch((error: unknown) => {
              context.logger.info({ reason: readFailure(error).detail }, "a form could not be opened at once");
              return offered();
            });
      // Acknowledged before anything else: opening a form spends nothing, so Slack need not send the event again.
      return Promise.all([shown, acknowledge(source)]).then(() => {});
    },
    refuse: (message: Message, options: ShowOptions, field?: string) =>
      refuse(context, source, caller, { message, options, field }),
  };
  return ways;
}

async function acknowledge({ answersBy, ack }: Source): Promise<void> {
  await (answersBy === "form" ? ack({ response_action: "clear" }) : ack());
}

/** Whether a refusal is shown next to an input of the form, in the acknowledgement itself. */
function isBesideInput({ answersBy, fields = [] }: Source): boolean {
  return answersBy === "form" && fields.length > 0;
}

/** Opens it right away, in the language known so far, and translates it once Slack has said who opened it. */
export async function openView(
  { context, chat }: Slack,
  { asked, id, trigger = { id: "", mode: "open" } }: Source,
  viewIn: (locale: Locale) => ModalView | null,
): Promise<void> {
  const { api, outbox, people } = context;
  const show = async (locale: Locale, send: (view: ModalView) => Promise<unknown>, priority: Priority) => {
    const view = viewIn(locale);
    return view === null ? null : outbox.send({ budgets: methodBudget("view"), priority }, () => send(view));
  };
  const known = people.known(asked.user);
  const { locale } = callerOf(asked, id, known);
  const shown = await show(locale, (view) => api.openView(trigger.id, view, trigger.mode), "answer");
  if (known === undefined && typeof shown === "string") {
    const translate = async () => {
      const { locale: theirs } = callerOf(asked, id, await people.of(asked.user));
      if (theirs !== locale) {
        await show(theirs, (view) => api.updateView(shown, view), "result");
      }
    };
    chat.follow(`${id}/language`, translate());
  }
}

function metadataOf(
  { clock }: SlackContext,
  { asked, url, until }: Source,
  { id }: Pick<FormToOpen, "id">,
): FormMetadata {
  const { channel, thread, opensThread, direct } = asked;
  return {
    ...{ form: id, channel },
    ...{ thread, opensThread, direct },
    ...(url === undefined ? {} : { url, until: until ?? clock.now() + handleUseMs }),
  };
}

/** A button that opens the form when it could not be opened at once; the given input is kept. */
async function offer(context: SlackContext, source: Source, caller: Caller, { id }: FormToOpen): Promise<void> {
  const { locale } = caller;
  const message: Message = {
    tone: "question",
    title: say(sentences.fillIn, locale),
    lines: [say(sentences.keepDetails, locale)],
    private: true,
  };
  const buttons = [{ label: say(sentences.openForm, locale), action: correctAction, subject: id }];
  await refuse(context, source, caller, { message, options: { locale, buttons } });
}

async function refuse(
  context: SlackContext,
  source: Source,
  caller: Caller,
  { message, options, field }: { message: Message; options: ShowOptions; field?: string },
): Promise<void> {
  const { answersBy, fields = [], ack } = source;
  const [first] = fields;
  if (isBesideInput(source) && first !== undefined) {
    const at = field !== undefined && fields.includes(field) ? field : first;
    await ack({
      response_action: "errors",
      errors: { [at]: truncate(message.title, slackLimits.fieldErrorCharacters) },
    });
    return;
  }
  const content = await compose(context, await prepare(context, message, options), options);
  if (answersBy === "acknowledgement" && (await ack({ response_type: "ephemeral", ...content }))) {
    return;
  }
  await acknowledge(source);
  const { url, asked } = source;
  if (url !== undefined) {
    await context.outbox.send({}, () => context.api.respond(url, content, { visible: false }));
    return;
  }
  await whisper(context, userOf(caller.id), asked, content);
}
