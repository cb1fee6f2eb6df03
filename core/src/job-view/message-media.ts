import type { MediaStore } from "../media/store.ts";
import type { MessageMedia } from "../surface/message.ts";

/** Stored media as a message shows them; what is gone (past retention) is left out. */
export async function messageMedia(ids: string[], alternative: string, store: MediaStore): Promise<MessageMedia[]> {
  const media: MessageMedia[] = [];
  for (const id of ids) {
    const asset = await store.read(id);
    if (asset !== null) {
      const { kind, type, bytes, name, width, height, durationMs } = asset;
      media.push({
        assetId: id,
        kind,
        type,
        bytes,
        name,
        alternative,
        width,
        height,
        durationMs,
      });
    }
  }
  return media;
}
