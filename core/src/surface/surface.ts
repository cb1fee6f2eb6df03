import type { Json } from "../ground/json.ts";
import type { LocalizedText } from "../ground/locale.ts";
import type { MediaKind } from "../media/formats.ts";
import type { Place } from "../people/caller.ts";
import type { Message } from "./message.ts";

/** The unit of text lengths: code points, UTF-16 code units, or bytes of UTF-8. */
export type TextUnit = "characters" | "utf16" | "bytes";

/** A surface's limits, as data: core decides by these numbers and never by the platform. */
export interface SurfaceLimits {
  /** The most media in one message; a whole number from 0. */
  mediaPerMessage: number;
  /** The largest medium in bytes; a larger one is sent as a smaller encode or a link. */
  mediaBytes: number;
  /** The largest medium of a kind in bytes, if kinds differ. Default for every kind: `mediaBytes`. */
  mediaBytesByKind?: Partial<Record<MediaKind, number>>;
  /**
   * The largest medium that is certain to be accepted, in bytes, if `mediaBytes` may be too high: what is asked before
   * spending goes by it. Default: `mediaBytes` is certain.
   */
  certainMediaBytes?: number;
  /** The total size of the media in one message, in bytes. Default: no limit. */
  messageBytes?: number;
  /** The longest text of a message, in `textUnit`. */
  textCharacters: number;
  /** The longest text of a message that has media, in `textUnit`. Default: `textCharacters`. */
  captionCharacters?: number;
  /** The unit of the two. Default `characters`. */
  textUnit?: TextUnit;
  /** The most buttons of a message; a whole number from 0. Default: any number. */
  buttonsPerMessage?: number;
  /** The most buttons in a row; a whole number from 1. Default: as many as fit. */
  buttonsPerRow?: number;
  /** The shortest time between two progress updates of one message, in milliseconds. */
  updateIntervalMs: number;
}

/** A message on its way to a person. */
export interface Delivery {
  /** Equal for equal deliveries. The surface puts it into the message if it can, and `find` looks for it. */
  id: string;
  /** The conversation of the request. */
  place: Place;
  /** Who asked, as `<surface>:<person>`. */
  asker: string;
  /** Already fitted to the limits of its place. */
  message: Message;
  /** The receipt of the first visible answer. Left out if there was none. */
  acknowledgement?: Json;
}

/** How a send ended. Throwing means that the outcome is unknown. */
export type SendEnd =
  | { end: "sent"; receipt?: Json }
  /** This route is permanently closed: use the next one. Without a reason it leads nowhere else than an earlier one. */
  | { end: "closed"; reason?: string }
  /** Not possible now: try again after `afterMs` milliseconds. */
  | { end: "later"; afterMs: number; reason: string };

/**
 * What a surface must offer; deliberately small. One where people fetch their results (a command line) is `pulled`; for
 * a place that says so itself (an agent's tool call) no surface is needed. `Route`: the names of its delivery routes,
 * its ways to reach a person.
 */
export interface Surface<Route extends string = string> {
  /** E.g. `web`; the first part of its callers' ids. */
  id: string;
  /** Whether people fetch their results: outcomes are then kept for them and never sent. Default false. */
  pulled?: boolean;
  /** The limits of a message, unless `limitsAt` says otherwise. */
  limits: SurfaceLimits;
  /** The limits of one place, if places differ. Default `limits`. */
  limitsAt?(place: Place): SurfaceLimits;
  /**
   * Its delivery routes, in order of preference. Their names are stored with jobs: never rename one. Any name except
   * `kept`.
   */
  routes: readonly Route[];
  /** Routes by which only the asker sees the message. */
  privateRoutes: readonly Route[];
  /** Routes that change the first answer: skipped if there is none, and for a late result. Default none. */
  answerRoutes?: readonly Route[];
  /**
   * The names of routes for people, in a job's history. Default for `edit`, `post` and `direct`: core's words;
   * otherwise the name.
   */
  routeTitles?: Partial<Record<Route, LocalizedText>>;
  /** Sends it once by this route; only core repeats sends. */
  deliver(route: Route, delivery: Delivery): Promise<SendEnd>;
  /**
   * Looks whether this delivery is already there. Left out if the platform does not let us look: a send with an unknown
   * outcome may then be repeated.
   */
  find?(delivery: Delivery): Promise<{ receipt?: Json } | null>;
  /**
   * Shows progress in the first answer, at most once per call; failures are ignored. Left out: progress is not shown.
   */
  update?(delivery: Delivery): Promise<void>;
  /**
   * Erases what the surface keeps about a person (a caller id) from before an instant (epoch milliseconds); safe to
   * repeat. Default: it keeps nothing.
   */
  forget?(person: string, before: number): Promise<void>;
  /** Erases what the surface keeps about one job, by its id; safe to repeat. Default: it keeps nothing. */
  forgetJob?(job: string): Promise<void>;
}
