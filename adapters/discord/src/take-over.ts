import type { Json, State } from "@toolcast/core";
import type { Answer, Answers, PendingRequest } from "@toolcast/core/chat";
import { tokenUseMs } from "./limits.ts";
import { type Address, surfaceId } from "./place.ts";

/** A first answer as versions without the inbox stored it, in small state. */
interface InteractionRecord {
  id: string;
  application: string;
  token: string;
  at: number;
  channel: string;
  message?: string;
  ephemeral: boolean;
  reachable: boolean;
  caller: string;
  pending?: PendingRequest & { caller: Json };
  shown?: { delivery: string; media: boolean };
  job?: string;
  offers?: boolean;
}

/**
 * Moves what an earlier version left into the inbox, once. A record that was moved but not yet deleted is recognised
 * there by its id.
 */
export async function takeOverRecords(state: State, answers: Answers): Promise<void> {
  const keyv = state.keyv(`${surfaceId}-interactions`);
  for await (const [key, record] of keyv.iterator?.(undefined) ?? []) {
    const answer = answerOf(record as InteractionRecord);
    if (await answers.add(answer)) {
      // Marks answers whose job has ended as done.
      await answers.change(answer.id, {});
    }
    await keyv.delete(key as string);
  }
}

function answerOf(record: InteractionRecord): Answer {
  const { id, at, channel, message, ephemeral, reachable, application, token, shown, job, offers, pending } = record;
  const address: Address = {
    ...{ channel, interaction: id, reachable, ephemeral, locale: "en", fileBytes: 1 },
    original: message,
  };
  const someone = {
    ...{ id: record.caller, name: "", locale: "en" },
    place: { surface: surfaceId, conversation: channel, address },
  };
  const { caller = someone, ...request } = pending ?? {};
  const handleUntil = at + tokenUseMs;
  return {
    ...{ id, at, message, shown, job, offers, handleUntil },
    caller: { ...(caller as unknown as Answer["caller"]), ...(ephemeral ? { private: true } : {}) },
    ...(pending === undefined ? {} : { pending: request as PendingRequest }),
    ...((ephemeral || !reachable) && offers !== true && (job !== undefined || pending) ? { watched: true } : {}),
    handle: { value: { application, token }, expiresAt: handleUntil },
  };
}
