import { type Clock, sleep } from "../ground/clock.ts";
import type { Logger } from "../ground/logger.ts";
import type { MediaKind } from "../media/formats.ts";
import { dateTimeFormat } from "../messages/formats.ts";
import type { Caller } from "../people/caller.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { describeTool } from "../tools/describe.ts";
import type { Suggestion, Tool } from "../tools/tool.ts";
import { shorten } from "./shorten.ts";

/** Which input somebody is filling in, and what they have typed so far. */
export interface SuggestQuery {
  tool: Tool;
  field: string;
  partial: string;
  caller: Caller;
}

/** A platform's limits for suggestions. */
export interface SuggestLimits {
  /** The most suggestions. */
  limit: number;
  /** The longest value in UTF-16 units; longer ones are left out, because they could not be chosen. */
  valueCharacters: number;
  /** The longest label in UTF-16 units; longer ones are cut. */
  labelCharacters: number;
  /** How long the platform waits, in milliseconds; after that there are no suggestions. */
  withinMs: number;
}

/** How many of a person's media are searched. */
const galleryCount = 100;

/**
 * Values for an input that somebody is filling in: the matching ones of a choice, media that the person sent or had
 * made before, and for texts what the tool suggests. Never rejects and is never late; returns an empty list instead.
 */
export async function suggest(
  { runtime, clock, logger }: { runtime: Pick<Runtime, "complete" | "gallery">; clock: Clock; logger: Logger },
  query: SuggestQuery,
  { limit, valueCharacters, labelCharacters, withinMs }: SuggestLimits,
): Promise<Suggestion[]> {
  const inTime = new AbortController();
  const none = (): Suggestion[] => [];
  try {
    const suggestions = await Promise.race([
      suggestionsFor(runtime, query),
      sleep(clock, withinMs, inTime.signal).then(none, none),
    ]);
    return suggestions
      .filter(({ value }) => value !== "" && value.length <= valueCharacters)
      .slice(0, limit)
      .map(({ value, label }) => ({ value, label: shorten(label, labelCharacters) }));
  } catch (error) {
    logger.warn({ error: error instanceof Error ? error.message : "unknown" }, "suggestions could not be made");
    return [];
  } finally {
    inTime.abort();
  }
}

async function suggestionsFor(
  runtime: Pick<Runtime, "complete" | "gallery">,
  { tool, field, partial, caller }: SuggestQuery,
): Promise<Suggestion[]> {
  const shape = describeTool(tool, caller.locale).fields.find(({ name }) => name === field);
  switch (shape?.kind) {
    case "media":
      return shape.limits === undefined ? [] : ownMedia(runtime, shape.limits.kind, partial, caller);
    case "choice":
      return (shape.choices ?? [])
        .filter(({ title, value }) => matches(`${title} ${value}`, partial))
        .map(({ title, value }) => ({ value, label: title }));
    case "text":
      return shape.completes ? runtime.complete(tool.command, field, partial, caller) : [];
    default:
      return [];
  }
}

/** What the person sent or had made before, newest first. */
async function ownMedia(
  runtime: Pick<Runtime, "gallery">,
  wanted: MediaKind,
  partial: string,
  caller: Caller,
): Promise<Suggestion[]> {
  const time = dateTimeFormat(caller.locale, { dateStyle: "short", timeStyle: "short", timeZone: "UTC" });
  return (await runtime.gallery(caller, galleryCount))
    .filter(({ kind, name, id }) => kind === wanted && matches(`${name} ${id}`, partial))
    .map(({ id, name, createdAt }) => ({ value: id, label: `${name} · ${time.format(createdAt)}` }));
}

function matches(text: string, partial: string): boolean {
  return text.toLowerCase().includes(partial.trim().toLowerCase());
}
