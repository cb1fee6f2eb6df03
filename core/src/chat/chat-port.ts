import type { Json } from "../ground/json.ts";
import type { Caller, Place } from "../people/caller.ts";
import type { Message } from "../surface/message.ts";
import type { SurfaceLimits } from "../surface/surface.ts";
import type { Tool } from "../tools/tool.ts";
import type { Answer, GivenInput, PendingPress, ReplyHandle, ShowOptions } from "./answer.ts";
import type { Budget } from "./budgets.ts";
import type { StoredForm } from "./stored-forms.ts";

/** How the opening of a first answer ended. */
export type Opened =
  /**
   * It is shown. `message` is null if the platform did not name it. `caller`: its asker, in the place where it had to be
   * shown instead; what follows goes there. Default: where they asked.
   */
  | { shown: true; message: string | null; caller?: Caller }
  /** It is not shown, so nothing is started. `unclear`: it may be shown. */
  | { shown: false; unclear: boolean };

/** A file as the platform describes it, and a way to load it. */
export interface OfferedFile {
  /** The name that its sender gave it, not yet made safe. */
  name: string;
  /** In bytes. Left out if the platform does not state it. */
  size?: number;
  /** MIME type. Left out if the platform does not state it. */
  type?: string;
  /** Downloads it into the file `path`. Rejects if that fails. */
  download(path: string, maxBytes: number): Promise<void>;
}

/**
 * What the kit needs from a platform: translation and nothing else. Every request made here goes through the kit's
 * outbox and rejects with what the platform's library throws.
 *
 * | | Discord | Slack | Telegram |
 * |---|---|---|---|
 * | `ways.acknowledge` | – | the transport's 200 or envelope | 200 of a webhook, else – |
 * | `open` | "thinking", which acknowledges too | `chat.postMessage`, else `response_url` | `sendMessage` |
 * | `look` | `@original`, else the channel | `conversations.replies` | – |
 * | handle | the token, 15 minutes | `response_url`, 30 minutes or 5 uses | – |
 * | `withdraw` | deletes "thinking" | nothing is there yet | – |
 * | `ways.openForm` | a modal, first answer only | `views.open` within 3 s | a question for one input |
 */
export interface ChatPort {
  /** What a message at this place may contain. */
  limits(place: Place): SurfaceLimits;
  /** The place of a request whose first answer this is: all that delivery needs half an hour and a restart later. */
  placeOf(answer: Answer): Place;
  /** The first answer that such a place names; null for a place that is not ours. */
  answerOf(place: Place): Pick<Answer, "id" | "message"> | null;
  /** Shows a placeholder. Never repeated while one may be shown already, unless the platform has no `look`. */
  open(answer: Answer): Promise<Opened>;
  /**
   * The placeholder's message; null if it is not there, undefined if an opened answer needs none yet. Left out on
   * platforms that do not let the bot look: `open` may then show a second placeholder after a crash.
   */
  look?(answer: Answer): Promise<string | null | undefined>;
  /**
   * Who asks, with what the event itself does not say: roles, language, whether they are an outsider. Called before
   * anything is started, once the event is acknowledged. Gives the answer's own caller if there is nothing to add, which
   * is not stored again. Default: the caller from the event.
   */
  identify?(answer: Answer): Promise<Caller>;
  /**
   * Replaces the first answer with the message; returns the platform's message, or null when nothing reaches it any
   * more.
   */
  edit(answer: Answer, message: Message, options: ShowOptions, purpose: "result" | "progress"): Promise<string | null>;
  /** The budgets that such an edit uses. */
  editBudgets(answer: Answer): readonly Budget[];
  /** Whether only its handle reaches the answer: only its reader sees it, or the bot is not in the conversation. */
  needsHandle(answer: Answer): boolean;
  /**
   * Removes a first answer that others see, because only its asker should read what is wrong. False if it cannot be
   * removed and must be filled instead. Default: it cannot.
   */
  withdraw?(answer: Answer): Promise<boolean>;
  /** Shows a separate message to the asker alone, after a press and after `withdraw`. */
  tell(answer: Answer, message: Message, options: ShowOptions): Promise<void>;
  /** Replaces the message that was pressed with a job. */
  showPressed(answer: Answer, message: Message, options: ShowOptions): Promise<void>;
  /** A link to a message of ours; undefined if there is none. Default: none. */
  linkTo?(place: Place, message: string): string | undefined;
  /** A file that came with an event. */
  file(file: Json): OfferedFile;
  /** Combines a request with the events that joined it. Left out by platforms whose events never set `gatherMs`. */
  join?(
    given: Pick<GivenInput, "input" | "files">,
    parts: readonly Json[],
    tool: Tool,
  ): Pick<GivenInput, "input" | "files">;
  /**
   * Forms are dialogues: `ways.openForm` asks for the next input (`nextField`), and null means that none is missing.
   * What a person writes while being asked (`forms.asked`) is a `field` event. Default: forms are opened as a whole.
   */
  asksOneByOne?: boolean;
  /**
   * The shortest time between two progress updates once the handle has expired, in milliseconds: those edits are made
   * as the bot, within limits shared by all conversations. Default 20,000.
   */
  slowProgressMs?: number;
  /** An older request without a handle is no longer started, in milliseconds. Default: a day. */
  beginWithinMs?: number;
}

/** A form to be opened. */
export interface FormToOpen {
  /** The id that the filled form refers to. */
  id: string;
  tool: Tool;
  given: GivenInput & Pick<StoredForm, "among">;
}

/** The ways to answer an event immediately. */
export interface EventWays {
  /**
   * Tells the platform's transport that the event is stored, or need not be. Called at least once for every event, even
   * for one that was taken before; only the first call counts. A request acknowledged this way is answered even if its
   * placeholder was lost. Default: the transport needs nothing, or the placeholder acknowledges.
   */
  acknowledge?(): Promise<void>;
  /**
   * The event was not taken, because it could not be stored or we are closing: the platform should send it again.
   * Called at most once, and possibly after the acknowledgement, where it should be ignored. Default: the failure is
   * not reported.
   */
  notTaken?(error: unknown): void;
  /** Opens the form, or asks for its next input. Returns null, without waiting, if the tool has nothing to fill in. */
  openForm(form: FormToOpen): Promise<void> | null;
  /**
   * Its sender as far as they can be known, for the language of a refusal. May ask the platform, so whatever has a
   * deadline is acknowledged first. Default: the event's caller.
   */
  asker?(): Promise<Caller>;
  /** Answers its sender alone that nothing was done. `field`: the input at fault, if there is one. */
  refuse(message: Message, options: ShowOptions, field?: string): Promise<void>;
  /** The button pressed can no longer act, so it need not be offered any more. Default: it stays as it is. */
  buttonGone?(): void;
}

interface EventBase {
  /** The platform's id of the event. */
  id: string;
  caller: Caller;
  ways: EventWays;
  handle?: ReplyHandle;
  /** What else of the event the adapter needs later. Contains no secrets. */
  facts?: Json;
}

/**
 * What a platform sent us, parsed. Requests for suggestions are not events: `suggest` answers them, and nothing is
 * stored.
 */
export type ChatEvent =
  | (EventBase & {
      event: "command";
      /** The tool; undefined for one that we no longer have. */
      tool: Tool | undefined;
      given: GivenInput;
      /** How long to wait for further events that may belong to it, in milliseconds. Default 0. */
      gatherMs?: number;
    })
  /** A form as a whole. `filled` names the inputs it showed; one without a value was emptied. */
  | (EventBase & { event: "form"; form: string; filled: string[] } & Pick<GivenInput, "input" | "files">)
  /** The answer to the question for one input. */
  | (EventBase & { event: "field"; form: string; value: { text: string } | { file: Json } })
  /**
   * `message`: the message pressed, which shows the job afterwards. `requestFacts` replaces `facts` if the press starts
   * a new request; default none.
   */
  | (EventBase & {
      event: "press";
      press: PendingPress;
      message?: string;
      requestFacts?: Json;
      taken(): Promise<Pick<Opened, "shown">>;
    })
  /** The platform's own stop button: cancels a job. `message`: its first answer, which shows the job afterwards. */
  | (EventBase & { event: "stop"; job: string; message?: string })
  /** A button or form of ours that we can no longer read. */
  | (EventBase & { event: "gone" });
