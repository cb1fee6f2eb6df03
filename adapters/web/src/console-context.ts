import type { Caller, Locale } from "@toolcast/core";
import { readBody, wellFormed } from "@toolcast/core/surface";
import type { Context, Hono } from "hono";
import type { z } from "zod";
import type { ConversationLog, LogEntry, NewEntry } from "./conversation-log.ts";
import type { ConversationShelf } from "./conversation-shelf.ts";
import type { EntrySearch } from "./entry-search.ts";
import type { EventHub } from "./event-hub.ts";
import type { LiveView } from "./live-view.ts";
import type { WebSurfaceOptions } from "./options.ts";
import type { Samples } from "./samples.ts";
import type { UploadLinks } from "./upload-links.ts";
import { WebFailure } from "./web-failure.ts";

/** What a route may know about the request. */
export interface WebEnvironment {
  Bindings: { remoteAddress: string | undefined };
  Variables: { locale: Locale };
}

export type WebApp = Hono<WebEnvironment>;
export type WebContext = Context<WebEnvironment>;

/** What the routes share. */
export interface Console {
  options: WebSurfaceOptions;
  maxUploadBytes: number;
  instance: string;
  log: ConversationLog;
  search: EntrySearch;
  shelf: ConversationShelf;
  view: LiveView;
  hub: EventHub;
  samples: Samples;
  uploadLinks: UploadLinks;
  /** Appends, and notifies open pages. */
  append(entry: NewEntry): Promise<{ added: boolean; entry: LogEntry }>;
  /** Wipes what was removed long enough ago; a failure is reported, and made up for by the next time. */
  wipe(): void;
  callerOf(context: WebContext, conversation?: string): Caller;
}

/** The console has one user: whoever is at this machine or has the token. */
export const consoleCaller = "web:local";
export const surfaceId = "web";
/** The conversation for a request that names none. */
export const defaultConversation = "main";

const maxJsonBytes = 1024 ** 2;

export function conversationName(value: string | undefined): string {
  if (value === undefined || !/^[\w-]{1,64}$/.test(value)) {
    throw new WebFailure(404, "conversationWrong");
  }
  return value;
}

/** The request's JSON, at most 1 MB of it, validated by `schema`. */
export async function readJson<Schema extends z.ZodType>(request: Request, schema: Schema): Promise<z.infer<Schema>> {
  const tooLarge = new WebFailure(413, "bodyTooLarge", { limitBytes: maxJsonBytes });
  if (Number(request.headers.get("content-length") ?? 0) > maxJsonBytes) {
    throw tooLarge;
  }
  const body = await readBody(request, maxJsonBytes);
  if (body === null) {
    throw tooLarge;
  }
  let value: unknown;
  try {
    value = wellFormed(JSON.parse(body.toString("utf8")));
  } catch {
    throw new WebFailure(400, "notJson");
  }
  const result = schema.safeParse(value);
  if (!result.success) {
    throw new WebFailure(400, "notJson");
  }
  return result.data;
}

/** A whole number from the query, within bounds. */
export function numberFrom(
  value: string | undefined,
  bounds: { minimum: number; maximum: number; fallback: number },
): number {
  const number = value !== undefined && /^\d+$/.test(value) ? Number(value) : bounds.fallback;
  return Math.min(bounds.maximum, Math.max(bounds.minimum, number));
}
