import type { Json } from "../ground/json.ts";
import type { Caller, Place } from "../people/caller.ts";
import type { Message } from "../surface/message.ts";
import type { SurfaceLimits } from "../surface/surface.ts";
import type { Tool } from "../tools/tool.ts";
import type { Answer, GivenInput, PendingPress, ReplyHandle, ShowOptions } from "./answer.ts";
import type { Budget } from "./budgets.ts";

/** How the opening of a first answer ended. */
export type Opened =
  /** There it is. `message` is null when the platform did not tell. */
  | { shown: true; message: string | null }
  /** It is not there and will not be, so that nothing is begun. `unclear`: nobody knows whether it is there. */
  | { shown: false; unclear: boolean };

/** A file as the platform describes it, and a way to load it. */
export interface OfferedFile {
  name: string;
  /** In bytes, where the platform says. */
  size?: number;
  /** MIME type, where the platform says. */
  type?: string;
  /** Loads its bytes into the file `path`. Rejects when it cannot. */
  download(path: string, maxBytes: number): Promise<void>;
}

/**
 * What the kit needs of a platform: translation and nothing else. Every request of these goes through the kit's outbox
 * and rejects with what the platform's library throws.
 *
 * | | Discord | Slack | Telegram |
 * |---|---|---|---|
 * | `ways.acknowledge` | – | the transport's 200 or envelope | 200 of a webhook, else – |
 * | `open` | "thinking", which acknowledges too | `chat.postMessage`, else `response_url` | `sendMessage` |
 * | `look` | `@original`, else the channel | `conversations.replies` | – |
 * | handle | the token, 15 minutes | `response_url`, 30 minutes or 5 uses | – |
 * | `ways.openForm` | a modal, first answer only | `views.open` within 3 s | a question for one input |
 */
export interface ChatPort {
  limits(place: Place): SurfaceLimits;
  /** The place of a request whose first answer is this message: what delivery needs half an hour and a restart later. */
  placeOf(answer: Answer): Place;
  /** The first answer that such a place names; null for a place that is not ours. */
  answerOf(place: Place): Pick<Answer, "id" | "message"> | null;
  /** Shows a placeholder. Never repeated while it may be there, unless the platform has no `look`. */
  open(answer: Answer): Promise<Opened>;
  /**
   * The placeholder's message; null when it is not there, undefined where an answer that was opened needs none yet. Absent
   * where the platform lets nobody look.
   */
  look?(answer: Answer): Promise<string | null | undefined>;
  /**
   * Who asks, with what the event itself does not tell: roles, language, whether they are an outsider. Asked before anything
   * is begun, when the event is acknowledged already. Default: as the event said.
   */
  identify?(answer: Answer): Promise<Caller>;
  /** Puts the message in the first answer's place; gives its message, or null when there is no way left to it. */
  edit(answer: Answer, message: Message, options: ShowOptions, purpose: "result" | "progress"): Promise<string | null>;
  /** The budgets that such an edit draws on. */
  editBudgets(answer: Answer): readonly Budget[];
  /** Whether nothing but its handle reaches the answer: only its reader sees it, or the bot is not there. */
  needsHandle(answer: Answer): boolean;
  /** Tells the asker alone, beside everything else. After a press. */
  tell(answer: Answer, message: Message, options: ShowOptions): Promise<void>;
  /** Puts a job in the message that was pressed. */
  showPressed(answer: Answer, message: Message, options: ShowOptions): Promise<void>;
  /** A link to a message of ours; undefined where there is none. Default: there is none. */
  linkTo?(place: Place, message: string): string | undefined;
  /** A file that came with an event. */
  file(file: Json): OfferedFile;
  /** A request with the events that joined it. Required where `gatherMs` is used. */
  join?(
    given: Pick<GivenInput, "input" | "files">,
    parts: readonly Json[],
    tool: Tool,
  ): Pick<GivenInput, "input" | "files">;
  /**
   * Forms are dialogues: `ways.openForm` asks for the next input (`nextField`), and null means that none is missing. Words
   * of a person who is being asked (`forms.asked`) are a `field` event. Default: forms are opened whole.
   */
  asksOneByOne?: boolean;
  /**
   * Changes of messages as the bot's own, after the handle's end, count against limits that others share: the least time
   * between two of progress, in milliseconds. Default 20,000.
   */
  slowProgressMs?: number;
  /** A request without a handle that is older is not begun any more, in milliseconds. Default: a day. */
  beginWithinMs?: number;
}

/** A form to be opened. */
export interface FormToOpen {
  /** What the filled form names. */
  id: string;
  tool: Tool;
  given: GivenInput;
}

/** The ways to answer an event at once. */
export interface EventWays {
  /**
   * Tells the platform's transport that the event is stored, or needs not be. Called at least once for every event, also
   * for one that was taken before; only the first call counts. A request acknowledged so is answered even if its placeholder
   * was lost. Default: the transport asks for nothing, or the placeholder acknowledges.
   */
  acknowledge?(): Promise<void>;
  /**
   * The event was not taken, as it could not be stored or we are closing: the platform is to tell of it again. Called at
   * most once, and for what follows the acknowledgement, too, where it is to be left unheeded. Default: nobody hears of it.
   */
  notTaken?(error: unknown): void;
  /** Opens the form, or asks for its next input. Null when the tool has nothing to fill; decided at once. */
  openForm(form: FormToOpen): Promise<void> | null;
  /** An answer to its sender alone; nothing was done. `field`: the input at fault, where there is one. */
  refuse(message: Message, options: ShowOptions, field?: string): Promise<void>;
}

interface EventBase {
  /** The platform's id of the event. */
  id: string;
  caller: Caller;
  ways: EventWays;
  handle?: ReplyHandle;
  /** What else of the event the adapter needs later. Holds no secret. */
  facts?: Json;
}

/** What a platform tells us, parsed. Suggestions are none: they are asked of `suggest` and written nowhere. */
export type ChatEvent =
  | (EventBase & {
      event: "command";
      /** The tool; undefined for one that we do not have any more. */
      tool: Tool | undefined;
      given: GivenInput;
      /** Further events may belong to it; carried out so much later, in milliseconds. Default 0. */
      gatherMs?: number;
    })
  /** A form as a whole. `filled` names the inputs it showed; one that it showed and that has no value is emptied. */
  | (EventBase & { event: "form"; form: string; filled: string[] } & Pick<GivenInput, "input" | "files">)
  /** The answer to the question for one input. */
  | (EventBase & { event: "field"; form: string; value: { text: string } | { file: Json } })
  /** `message`: the message pressed, which shows the job afterwards. */
  | (EventBase & { event: "press"; press: PendingPress; message?: string; taken(): Promise<Pick<Opened, "shown">> })
  /** A button or form of ours that says nothing to us any more. */
  | (EventBase & { event: "gone" });
