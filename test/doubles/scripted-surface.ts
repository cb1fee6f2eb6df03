import type { LocalizedText, Message } from "@toolcast/core";
import type { Delivery, SendEnd, Surface } from "@toolcast/core/surface";

/** A message as somebody reads it in a conversation. */
export interface Posted {
  route: string;
  delivery: Delivery;
  message: Message;
}

/** `throw-before`: nobody can read it. `throw-after`: it has been posted, and only the platform's answer is lost. */
export type ScriptedSend = "sent" | "throw-before" | "throw-after" | Exclude<SendEnd, { end: "sent" }>;

/** A chat platform; it outlives the processes that talk to it. */
export interface ScriptedSurface {
  /** What is attached to a runtime. */
  surface: Surface;
  /** What people can read, oldest first. */
  posted: Posted[];
  /** Every attempt to send, in order. */
  tries: { route: string; id: string }[];
  /** The progress updates it was asked to show, oldest first. */
  updates: Delivery[];
  /** How the next sends end; later ones end as `sent`. */
  nextSend(...ends: ScriptedSend[]): void;
  /** How many of the next look-ups fail; a whole number from 0. */
  failingLooks: number;
  /** Whether progress updates fail. */
  failingUpdates: boolean;
  /** Messages about the outcome that people can read, by delivery id. */
  read(deliveryId: string): Posted[];
}

export interface ScriptedSurfaceOptions {
  /** Default `chat`. */
  id?: string;
  /** Whether messages can be looked up on the platform. Default true. */
  finds?: boolean;
  /** The platform itself drops a second message with the same marker. Default false. */
  drops?: boolean;
  /** Default `edit`, `post`, `direct`. */
  routes?: readonly string[];
  /** Default `edit`, `direct`. */
  privateRoutes?: readonly string[];
  /** Default `edit`. */
  answerRoutes?: readonly string[];
  /** What the routes are called in a job's history. Default none. */
  routeTitles?: Record<string, LocalizedText>;
  /** Limits other than 10 media of 10,000,000 bytes, 2,000 characters and an update every 5,000 ms. Default none. */
  limits?: Partial<Surface["limits"]>;
}

export function createScriptedSurface(options: ScriptedSurfaceOptions = {}): ScriptedSurface {
  const sends: ScriptedSend[] = [];
  const find: Required<Surface>["find"] = async ({ id }) => {
    if (platform.failingLooks > 0) {
      platform.failingLooks -= 1;
      throw new Error("the history could not be read");
    }
    return platform.read(id).length === 0 ? null : { receipt: { message: id } };
  };
  const platform: ScriptedSurface = {
    posted: [],
    tries: [],
    updates: [],
    nextSend: (...ends) => void sends.push(...ends),
    failingLooks: 0,
    failingUpdates: false,
    read: (id) => platform.posted.filter(({ delivery }) => delivery.id === id),
    surface: {
      id: options.id ?? "chat",
      limits: {
        mediaPerMessage: 10,
        mediaBytes: 10_000_000,
        textCharacters: 2_000,
        updateIntervalMs: 5_000,
        ...options.limits,
      },
      routes: options.routes ?? ["edit", "post", "direct"],
      privateRoutes: options.privateRoutes ?? ["edit", "direct"],
      answerRoutes: options.answerRoutes ?? ["edit"],
      routeTitles: options.routeTitles,
      async deliver(route, delivery) {
        platform.tries.push({ route, id: delivery.id });
        const end = sends.shift() ?? "sent";
        if (end === "throw-before") {
          throw new Error("the connection was refused");
        }
        if (typeof end === "object") {
          return end;
        }
        if (!(options.drops && platform.read(delivery.id).length > 0)) {
          platform.posted.push({ route, delivery, message: delivery.message });
        }
        if (end === "throw-after") {
          throw new Error("the connection was reset");
        }
        return { end: "sent", receipt: { message: delivery.id } };
      },
      ...((options.finds ?? true) ? { find } : {}),
      async update(delivery) {
        platform.updates.push(delivery);
        if (platform.failingUpdates) {
          throw new Error("too many edits");
        }
      },
    },
  };
  return platform;
}
