import type { Asset, Runtime } from "@toolcast/core";
import type { Preview } from "@toolcast/core/surface";

/** An order of magnitude below every limit that hosts have reported, in bytes before base64, for all pictures together. */
const previewBytes = 140_000;
const previewSidePx = 1_024;
/** A job is viewed several times, by its agent and by the card, and encoding takes longer than everything else. */
const mostKept = 50;

/** Previews of stored pictures, each made once. */
export interface Previews {
  /** Null for anything but a picture. `shownTogether`: how many share one result. */
  of(asset: Asset, shownTogether: number): Promise<Preview | null>;
}

export function createPreviews(runtime: Pick<Runtime, "preview">): Previews {
  const kept = new Map<string, Promise<Preview | null>>();
  return {
    of(asset, shownTogether) {
      const key = `${asset.hash} ${shownTogether}`;
      const made =
        kept.get(key) ??
        runtime.preview(asset, {
          longestSidePx: Math.round(previewSidePx / Math.sqrt(shownTogether)),
          maxBytes: Math.floor(previewBytes / shownTogether),
        });
      // The most recently used one is dropped last.
      kept.delete(key);
      kept.set(key, made);
      made.catch(() => kept.delete(key));
      const [oldest] = kept.keys();
      if (kept.size > mostKept && oldest !== undefined) {
        kept.delete(oldest);
      }
      return made;
    },
  };
}
