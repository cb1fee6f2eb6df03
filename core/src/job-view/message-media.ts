import type { Asset } from "../media/media.ts";
import type { MediaStore } from "../media/store.ts";
import type { MessageMedia } from "../surface/message.ts";

/** Stored media as a message shows them; media that are gone (past retention) are left out. */
export async function messageMedia(ids: string[], alternative: string, store: MediaStore): Promise<MessageMedia[]> {
  const assets = await Promise.all(ids.map((id) => store.read(id)));
  return assets.flatMap((asset) => (asset === null ? [] : [mediumOf(asset, alternative)]));
}

export function mediumOf(asset: Asset, alternative: string): MessageMedia {
  const { id: assetId, kind, type, bytes, name, width, height, durationMs } = asset;
  return { assetId, kind, type, bytes, name, alternative, width, height, durationMs };
}
