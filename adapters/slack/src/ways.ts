import type { ModalView } from "@slack/types";
import type { Caller, Message } from "@toolcast/core";
import { type Chat, correctAction, type EventWays, type FormToOpen, type ShowOptions } from "@toolcast/core/chat";
import { say } from "@toolcast/core/surface";
import { compose, prepare } from "./compose.ts";
import type { SlackContext } from "./context.ts";
import { handleUseMs } from "./limits.ts";
import { type FormMetadata, formFor } from "./modal.ts";
import { type Asked, callerOf, userOf } from "./place.ts";
import { sentences } from "./sentences.ts";
import { methodBudget, readFailure } from "./slack-failure.ts";
import { whisper } from "./slack-port.ts";

/** Tells the transport that an event has been taken; `answer` is sent with that. */
export type Transport = (answer?: object) => Promise<void>;

/** The same, but only the first call counts; gives whether this was the first. */
export type Acknowledge = (answer?: object) => Promise<boolean>;

export function once(acknowledge: Transport): Acknowledge {
  let done: Promise<void> | undefined;
  return async (answer) => {
    const isFirst = done === undefined;
    done ??= acknowledge(answer);
    await done;
    return isFirst;
  };
}

/** Where an event came from, and how it can be answered. */
export interface Source {
  /** Its id in the inbox. */
  id: string;
  asked: Asked;
  ack: Acknowledge;
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

export function waysOf(
  { context, chat }: { context: SlackContext; chat: Chat },
  source: Source,
  caller: Caller,
): EventWays {
  const { ack, trigger } = source;
  return {
    async acknowledge() {
      await (source.answersBy === "form" ? ack({ response_action: "clear" }) : ack());
    },
    openForm(form) {
      const view = formFor(form, metadataOf(context, source, form), caller.locale);
      if (view === null) {
        return null;
      }
      // Acknowledged before anything else: opening a form spends nothing, so Slack need not send the event again.
      const shown = trigger === undefined ? offer(context, source, caller, form) : open(trigger, form, view);
      return Promise.all([shown, trigger === undefined ? null : ack()]).then(() => {});
    },
    refuse: (message, options, field) =>
      refuse(context, source, caller, { message, options, ...(field ? { field } : {}) }),
  };

  async function open({ id, mode }: NonNullable<Source["trigger"]>, form: FormToOpen, view: ModalView): Promise<void> {
    const { api, outbox, people, logger } = context;
    let shown: string;
    try {
      shown = await outbox.send({ budgets: methodBudget("view"), priority: "answer" }, () =>
        api.openView(id, view, mode),
      );
    } catch (error) {
      logger.info({ reason: readFailure(error).detail }, "a form could not be opened at once");
      await offer(context, source, caller, form);
      return;
    }
    if (people.known(source.asked.user) === undefined) {
      // The command does not state its sender's language.
      chat.follow(`${source.id}/language`, translate(context, source, form, shown));
    }
  }
}

async function translate(context: SlackContext, source: Source, form: FormToOpen, shown: string): Promise<void> {
  const { api, outbox, people } = context;
  const person = await people.of(source.asked.user);
  const { locale } = callerOf(source.asked, source.id, person);
  const view = locale === "en" ? null : formFor(form, metadataOf(context, source, form), locale);
  if (view !== null) {
    await outbox.send({ budgets: methodBudget("view") }, () => api.updateView(shown, view));
  }
}

function metadataOf(
  { clock }: SlackContext,
  { asked, url, until }: Source,
  { id }: Pick<FormToOpen, "id">,
): FormMetadata {
  const { channel, thread, direct } = asked;
  return {
    ...{ form: id, channel },
    thread,
    direct,
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
  if (answersBy === "form" && first !== undefined) {
    const at = field !== undefined && fields.includes(field) ? field : first;
    await ack({ response_action: "errors", errors: { [at]: message.title.slice(0, 2_000) } });
    return;
  }
  const content = await compose(context, await prepare(context, message, options), options);
  if (answersBy === "acknowledgement" && (await ack({ response_type: "ephemeral", ...content }))) {
    return;
  }
  const { url, asked } = source;
  if (url !== undefined) {
    await context.outbox.send({}, () => context.api.respond(url, content, { visible: false }));
    return;
  }
  await whisper(context, userOf(caller.id), asked, content);
}
