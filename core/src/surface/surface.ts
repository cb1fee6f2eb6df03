import type { Json } from "../ground/json.ts";
import type { LocalizedText } from "../ground/locale.ts";
import type { MediaKind } from "../media/formats.ts";
import type { Place } from "../people/caller.ts";
import type { Message } from "./message.ts";

/** What text is counted in: code points, UTF-16 code units, or bytes of UTF-8. */
export type TextUnit = "characters" | "utf16" | "bytes";

/** What a surface can carry, as data; core decides with these numbers and never asks which platform it is on. */
export interface SurfaceLimits {
  /** The most media in one message; a whole number from 0. */
  mediaPerMessage: number;
  /** The largest medium in bytes; what is larger is sent as a smaller encode or a link. */
  mediaBytes: number;
  /** The same by kind of medium, where kinds differ. Default for every kind: `mediaBytes`. */
  mediaBytesByKind?: Partial<Record<MediaKind, number>>;
  /** The media of one message together, in bytes. Default: as many as there are. */
  messageBytes?: number;
  /** The longest text of a message, in `textUnit`. */
  textCharacters: number;
  /** The longest text of a message that has media, in `textUnit`. Default: `textCharacters`. */
  captionCharacters?: number;
  /** What the two are counted in. Default `characters`. */
  textUnit?: TextUnit;
  /** The most buttons of a message; a whole number from 0. Default: any number. */
  buttonsPerMessage?: number;
  /** The most buttons side by side; a whole number from 1. Default: as many as fit. */
  buttonsPerRow?: number;
  /** The least time between two progress updates of one message, in milliseconds. */
  updateIntervalMs: number;
}

/** A message on its way to a person. */
export interface Delivery {
  /** Equal for equal deliveries: the surface puts it into the message where it can, so that `find` finds it. */
  id: string;
  /** The conversation that asked. */
  place: Place;
  /** `<surface>:<person>`: who asked. */
  asker: string;
  /** Fitted to the limits of its place already. */
  message: Message;
  /** The first visible answer, when there was one. */
  acknowledgement?: Json;
}

/** How a send ended. A throw means nobody knows. */
export type SendEnd =
  | { end: "sent"; receipt?: Json }
  /** This route is closed for good: take the next one. */
  | { end: "closed"; reason: string }
  /** Not now. */
  | { end: "later"; afterMs: number; reason: string };

/**
 * What a chat surface must offer; small on purpose. One that people come to for their results (a command line) is
 * `pulled`; where a place says so itself (an agent's tool call), none is needed. `Route`: the names of its
 * delivery routes, which are its ways to a person.
 */
export interface Surface<Route extends string = string> {
  /** e.g. `web`; the first part of the ids of its callers. */
  id: string;
  /** People come to it for their results: outcomes are kept for them and never sent. Default false. */
  pulled?: boolean;
  /** What a message may hold, wherever `limitsAt` does not say otherwise. */
  limits: SurfaceLimits;
  /** The limits of one place, where places differ; `limits` otherwise. */
  limitsAt?(place: Place): SurfaceLimits;
  /** Its delivery routes, most wanted first. Their names are stored with jobs: never rename one. Any but `kept`. */
  routes: readonly Route[];
  /** Routes by which nobody but the asker reads it. */
  privateRoutes: readonly Route[];
  /** Routes that change the first answer: passed over where there is none, and for what is not the outcome. Default none. */
  answerRoutes?: readonly Route[];
  /** What people read a route as, in a job's story. Default for `edit`, `post` and `direct`: core's words; else the name. */
  routeTitles?: Partial<Record<Route, LocalizedText>>;
  /** Sends it by this route, once: repeating is core's. */
  deliver(route: Route, delivery: Delivery): Promise<SendEnd>;
  /** Looks whether this delivery is already there; absent where the platform does not let us look. */
  find?(delivery: Delivery): Promise<{ receipt?: Json } | null>;
  /** Shows progress in the first answer, at most once a call; failures are forgotten. */
  update?(delivery: Delivery): Promise<void>;
  /** Erases what the surface keeps of a person (a caller id) from before an instant; safe to repeat. Default: it keeps nothing. */
  forget?(person: string, before: number): Promise<void>;
}
