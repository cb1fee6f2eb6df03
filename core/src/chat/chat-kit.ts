import type { Clock } from "../ground/clock.ts";
import { type Logger, silentLogger } from "../ground/logger.ts";
import type { Caller } from "../people/caller.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { State } from "../state/open-state.ts";
import type { Message } from "../surface/message.ts";
import type { Tool } from "../tools/tool.ts";
import { Answers } from "./answers.ts";
import { KeptButtons } from "./button-id.ts";
import type { ChatPort } from "./chat-port.ts";
import { Outbox } from "./outbox.ts";
import { RecentStarts } from "./recent-starts.ts";
import type { ReadFailure, SendFailures } from "./send-failure.ts";
import { SendNotes } from "./send-notes.ts";
import { Forms } from "./stored-forms.ts";
import { Turnstile } from "./turnstile.ts";

export interface ChatKitOptions {
  /** The surface's id, e.g. `discord`. */
  surface: string;
  /** The platform's name for people, e.g. `Discord`. */
  title: string;
  /** Takes the requests. */
  runtime: Runtime;
  /** Where forms and notes about sends are kept; shared with the runtime. */
  state: State;
  /** Measures deadlines, rates and waits. */
  clock: Clock;
  /** Default: logs nothing. */
  logger?: Logger;
  /** What an error of the platform's library means. */
  readFailure: ReadFailure;
  /** What its refusals mean, and whether they close a way of sending. */
  failures: SendFailures;
}

/** What the parts of a chat surface share. */
export interface ChatKit extends Required<Omit<ChatKitOptions, "state">> {
  /** Sends everything, within the budgets. */
  outbox: Outbox;
  /** Limits how many requests are carried out at once. */
  turnstile: Turnstile;
  /** The first answers that are still of use, and the handles that reach them. */
  answers: Answers;
  /** Forms that were opened and not sent yet. */
  forms: Forms;
  /** What buttons do whose ids cannot say so themselves. */
  buttons: KeptButtons;
  /** What was sent, or may have been, for deliveries that are not recorded as ended. */
  notes: SendNotes;
  /** What each person started a moment ago, so that a double click starts it once. */
  starts: RecentStarts;
}

export function createChatKit(options: ChatKitOptions): ChatKit {
  const { surface, state, clock, runtime, readFailure, failures, logger = silentLogger } = options;
  return {
    ...options,
    logger,
    outbox: new Outbox({ clock, readFailure, failures }),
    turnstile: new Turnstile(clock),
    answers: new Answers({ surface, inbox: runtime.inbox, clock }),
    forms: new Forms({ surface, state }),
    buttons: new KeptButtons(state, surface),
    notes: new SendNotes({ surface, state, clock, readFailure }),
    starts: new RecentStarts(clock),
  };
}

/** The shared parts, with the platform's port. */
export interface ChatContext extends ChatKit {
  port: ChatPort;
}

export function toolOf({ runtime }: Pick<ChatKit, "runtime">, name: string): Tool | undefined {
  return runtime.tools.find(({ command, name: agentName }) => command === name || agentName === name);
}

/** A reply from core, fitted to what its place can show. */
export function fitted({ runtime, port }: ChatContext, message: Message, caller: Caller): Promise<Message> {
  return runtime.fit(message, port.limits(caller.place), caller.locale);
}
