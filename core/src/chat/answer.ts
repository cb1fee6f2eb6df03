import type { Json } from "../ground/json.ts";
import type { Locale } from "../ground/locale.ts";
import type { Caller } from "../people/caller.ts";
import type { Message } from "../surface/message.ts";
import type { Delivery } from "../surface/surface.ts";

/** What reaches a first answer for a limited time only: an interaction token, a response URL. */
export interface ReplyHandle {
  /** A secret, in the form the adapter needs. */
  value: Json;
  /** When the platform stops accepting it, less the time a send takes; epoch milliseconds. */
  expiresAt: number;
  /** How many more sends the platform accepts with it. Default: any number. */
  usesLeft?: number;
}

/** What somebody entered with a command or form. `file` is what the adapter needs to load it. */
export interface GivenInput {
  /** Values by input, as they were entered. */
  input: Record<string, Json>;
  files: { field: string; file: Json }[];
  /** Whether only the asker sees the answer. */
  private: boolean;
}

/** A request that has not been carried out yet: a new process continues from here. */
export interface PendingRequest extends Pick<GivenInput, "input" | "files"> {
  /** The tool's command. */
  command: string;
  /** Until when further events may join, epoch milliseconds. Left out: none can. */
  gatherUntil?: number;
}

/** The press of a button that has not been handled yet. */
export interface PendingPress {
  action: string;
  subject: string;
  /** The delivery whose message was pressed. */
  marker?: string;
}

/**
 * The first answer to an event, and how far it has got. Kept for two days in the runtime's inbox, its handle separately.
 */
export interface Answer {
  /** The platform's id of the event. */
  id: string;
  /** When it came, epoch milliseconds. */
  at: number;
  /** Who asked, and where. Parsed once, when the event came. */
  caller: Caller;
  /** What else of the event the adapter needs to show something. Contains no secrets. */
  facts?: Json;
  /** Present while only a placeholder is shown. */
  pending?: PendingRequest;
  press?: PendingPress;
  /**
   * The event was acknowledged separately from the placeholder: its sender waits for an answer even if no placeholder
   * is shown.
   */
  owed?: boolean;
  /** What was wrong, if only its asker should read it and has perhaps not: the answer has been or is being removed. */
  wrong?: Wrong;
  /** The answer's message, as the adapter names it; absent until the platform has named it. */
  message?: string;
  /** The delivery it shows, and whether it shows media. */
  shown?: { delivery: string; media: boolean };
  job?: string;
  /** The id of the answer whose message this one changes, too: both use that answer's lane. Default: its own id. */
  lane?: string;
  /** Only its handle reaches it, so something must be shown before the handle expires. */
  watched?: boolean;
  /** Its message is known by a press, and still only a handle can edit it. */
  byHandle?: boolean;
  /** It offers a button that brings a new handle. */
  offers?: boolean;
  /** When its handle expires, epoch milliseconds; absent on platforms without handles. */
  handleUntil?: number;
  /** Absent if there is none or it no longer works. */
  handle?: ReplyHandle;
}

/** What is said about a refused request. */
export interface Wrong {
  message: Message;
  buttons: NonNullable<ShowOptions["buttons"]>;
}

/** Whether the answer shows media of another delivery, which nothing else may replace. */
export function showsOther({ shown }: Answer, delivery: Pick<Delivery, "id">): boolean {
  return shown?.media === true && shown.delivery !== delivery.id;
}

/** How a message is shown, apart from its content. */
export interface ShowOptions {
  /** The language of what the surface adds. */
  locale: Locale;
  /** The delivery's marker, by which the message can be found again. Left out for a message that is no delivery. */
  marker?: string;
  /** Buttons that open an address. Default none. */
  links?: readonly { label: string; url: string }[];
  /** The kit's own buttons; a press returns their action and subject. Default none. */
  buttons?: readonly { label: string; action: string; subject: string }[];
  /** Shown below everything else. Default none. */
  note?: string;
  /** It only says where the result is, so it is not worth a message elsewhere than in the answer. Default false. */
  pointsElsewhere?: boolean;
}

/** What delivery stores about a first answer. */
export interface Receipt {
  /** The answer's id. */
  answer: string;
  /** Its message, as the adapter names it. */
  message?: string;
}

export function receiptFor({ id, message }: Pick<Answer, "id" | "message">): Receipt & Json {
  return { answer: id, ...(message === undefined ? {} : { message }) };
}

/** Null if there is none. Jobs stored by earlier versions call the answer an interaction. */
export function receiptOf(value: Delivery["acknowledgement"]): Receipt | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return null;
  }
  const { answer = value.interaction, message } = value;
  return typeof answer === "string" ? { answer, ...(typeof message === "string" ? { message } : {}) } : null;
}

/** The outbox lane for everything that changes this first answer, whichever handle is used. */
export function answerLane({ id, lane = id }: Pick<Answer, "id" | "lane">): string {
  return `answer:${lane}`;
}
