import type { ChatKit } from "./chat-kit.ts";

/** How many pages of a conversation are searched; platforms return about a hundred messages on each. */
const mostPages = 10;
/** The most our clock and a platform's may differ. */
const skewMs = 2 * 60_000;

/** How a platform returns the messages of a conversation. */
export interface OwnMessages<Found, Cursor> {
  /** A page, oldest first: the one after the cursor, or the first since that time (epoch milliseconds). */
  read(since: number, cursor: Cursor | undefined): Promise<{ messages: readonly Found[]; next: Cursor | undefined }>;
  isOurs(message: Found): boolean;
}

/**
 * Looks for a message of ours in a conversation, from a little before it may have been sent (epoch milliseconds). Null
 * if there is none, or the platform refuses to show any; rejects if it could not be asked this time.
 */
export async function searchOwn<Found, Cursor>(
  { readFailure }: Pick<ChatKit, "readFailure">,
  at: number,
  { read, isOurs }: OwnMessages<Found, Cursor>,
): Promise<Found | null> {
  try {
    let cursor: Cursor | undefined;
    for (let page = 0; page < mostPages; page += 1) {
      const { messages, next } = await read(Math.max(0, at - skewMs), cursor);
      const found = messages.find(isOurs);
      if (found !== undefined || next === undefined) {
        return found ?? null;
      }
      cursor = next;
    }
    return null;
  } catch (error) {
    if (readFailure(error).kind === "refused") {
      return null;
    }
    throw error;
  }
}
