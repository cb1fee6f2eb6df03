import type { Json } from "../ground/json.ts";
import type { Locale } from "../ground/locale.ts";
import type { Caller } from "../people/caller.ts";
import type { Delivery } from "../surface/surface.ts";

/** What reaches a first answer for some time only: an interaction's token, a response address. */
export interface ReplyHandle {
  /** A secret; as the adapter needs it. */
  value: Json;
  /** The platform takes it no longer, less the time of a send under way: epoch milliseconds. */
  expiresAt: number;
  /** How many more sends the platform takes by it. Default: any number. */
  usesLeft?: number;
}

/** What somebody gave with a command or form. `file` is what the adapter needs to load it. */
export interface GivenInput {
  /** Values by input, as they were given. */
  input: Record<string, Json>;
  files: { field: string; file: Json }[];
  /** Only the asker sees the answer. */
  private: boolean;
}

/** A request that is not carried out yet: a new process takes it up from here. */
export interface PendingRequest extends Pick<GivenInput, "input" | "files"> {
  /** The tool's command. */
  command: string;
  /** Further events may join until then, epoch milliseconds. */
  gatherUntil?: number;
}

/** The press of a button that is not carried out yet. */
export interface PendingPress {
  action: string;
  subject: string;
  /** The delivery whose message was pressed. */
  marker?: string;
}

/**
 * The first answer to an event, and how far it has come. Kept for a day in the runtime's inbox, its handle apart from
 * everything else.
 */
export interface Answer {
  /** The platform's id of the event. */
  id: string;
  /** When it came, epoch milliseconds. */
  at: number;
  /** Who asked, and where. Parsed once, when the event came. */
  caller: Caller;
  /** What else of the event the adapter needs to show something. Holds no secret. */
  facts?: Json;
  /** Present while nothing but a placeholder is shown. */
  pending?: PendingRequest;
  press?: PendingPress;
  /** Its event was acknowledged apart from the placeholder: its sender waits for an answer, with or without one. */
  owed?: boolean;
  /** The answer's message, as the adapter names it; absent while the platform has not told. */
  message?: string;
  /** The delivery that it shows, and whether with media. */
  shown?: { delivery: string; media: boolean };
  job?: string;
  /** The answer whose message this is about as well: both change in its lane. Default: its own. */
  lane?: string;
  /** Only its handle reaches it, and somebody has to act before that ends. */
  watched?: boolean;
  /** It offers a button that brings a new handle. */
  offers?: boolean;
  /** Until when its handle works, epoch milliseconds; absent on platforms that have none. */
  handleUntil?: number;
  /** Absent when there is none, or it works no longer. */
  handle?: ReplyHandle;
}

/** How a message is shown, besides what it says. */
export interface ShowOptions {
  /** The language of what the surface adds. */
  locale: Locale;
  /** Of the delivery, so that the message can be found again. */
  marker?: string;
  /** Buttons that lead somewhere. */
  links?: readonly { label: string; url: string }[];
  /** Buttons of the kit; a press comes back as their action and subject. */
  buttons?: readonly { label: string; action: string; subject: string }[];
  /** Shown below everything else. */
  note?: string;
}

/** What delivery keeps of a first answer. */
export interface Receipt {
  /** The answer's id. */
  answer: string;
  /** Its message, as the adapter names it. */
  message?: string;
}

export function receiptFor({ id, message }: Pick<Answer, "id" | "message">): Receipt & Json {
  return { answer: id, ...(message === undefined ? {} : { message }) };
}

/** Null where there is none. Jobs of earlier versions name the answer an interaction. */
export function receiptOf(value: Delivery["acknowledgement"]): Receipt | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return null;
  }
  const { answer = value.interaction, message } = value;
  return typeof answer === "string" ? { answer, ...(typeof message === "string" ? { message } : {}) } : null;
}

/** Everything that changes one first answer goes through this lane of the outbox, by whichever handle. */
export function answerLane({ id, lane = id }: Pick<Answer, "id" | "lane">): string {
  return `answer:${lane}`;
}
