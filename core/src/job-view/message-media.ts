import type { Asset } from "../media/media.ts";
import type { MediaStore } from "../media/store.ts";
import type { Sentence } from "../messages/sentence.ts";
import type { MessageMedia } from "../surface/message.ts";
import type { JobMessageOptions } from "./job-message-options.ts";

/** Stored media as a message shows them; media that are gone are left out. */
export async function messageMedia(
  ids: string[],
  alternative: string,
  store: Pick<MediaStore, "read">,
): Promise<MessageMedia[]> {
  const assets = await Promise.all(ids.map((id) => store.read(id)));
  return assets.flatMap((asset) => (asset === null ? [] : [mediumOf(asset, alternative)]));
}

/** The sentences about media that are gone: how many their owner deleted, are past retention, or should be there. */
export async function goneMedia(
  ids: readonly string[],
  { job, media, deletions, retentionMs, now }: JobMessageOptions,
): Promise<Sentence[]> {
  const records = await Promise.all(ids.map((id) => media.read(id)));
  const gone = ids.filter((_, place) => records[place] === null);
  const notes = await Promise.all(gone.map((id) => deletions.of(id)));
  const deleted = notes.filter((note) => note !== null).length;
  // Its media are younger than the job.
  const isPastRetention = now - job.createdAt >= retentionMs;
  const counts = [
    ["job.media-deleted", deleted],
    [isPastRetention ? "job.media-gone" : "job.media-lost", gone.length - deleted],
  ] as const;
  return counts.flatMap(([key, count]) => (count === 0 ? [] : [{ key, values: { count } }]));
}

/** A stored medium as a message shows it. */
export function mediumOf(asset: Asset, alternative: string): MessageMedia {
  const { id: assetId, kind, type, bytes, name, width, height, durationMs } = asset;
  return { assetId, kind, type, bytes, name, alternative, width, height, durationMs };
}
