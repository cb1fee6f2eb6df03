import type { Locale } from "../ground/locale.ts";
import { mediumOf } from "../job-view/message-media.ts";
import type { MediaLinks } from "../media/media-links.ts";
import type { SmallerRecordings } from "../media/smaller-recordings.ts";
import type { MediaStore } from "../media/store.ts";
import { fitMessage } from "../surface/fit-message.ts";
import type { Message } from "../surface/message.ts";
import type { SurfaceLimits } from "../surface/surface.ts";

interface FittingOptions {
  media: MediaStore;
  links: MediaLinks;
  recordings: SmallerRecordings;
}

/** Fits messages to their places, with the media of this installation. */
export function createFitting({ media, links, recordings }: FittingOptions) {
  return (message: Message, limits: SurfaceLimits, locale: Locale): Promise<Message> =>
    fitMessage(message, {
      limits,
      locale,
      async linkTo(id) {
        const asset = await media.read(id);
        return asset === null ? null : links.linkTo(asset);
      },
      async smaller({ assetId, alternative }, maxBytes) {
        const asset = await media.read(assetId);
        const encoded = asset === null ? null : await recordings.of(asset, maxBytes);
        if (asset === null || encoded === null) {
          return null;
        }
        const { name, bytes } = asset;
        return { ...mediumOf(encoded, alternative), encodedFrom: { assetId, name, bytes } };
      },
    });
}
