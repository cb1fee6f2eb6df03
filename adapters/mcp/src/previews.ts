import type { Asset, Runtime } from "@toolcast/core";
import type { Preview } from "@toolcast/core/surface";

/** An order of magnitude below every limit that hosts have reported, in bytes before base64, for all pictures together. */
const previewBytes = 140_000;
const previewSidePx = 1_024;
/** A job is looked at several times, by its agent and by the card; encoding takes longer than everything else. */
const mostKept = 50;

/** Small pictures of stored ones, each made once. */
export interface Previews {
  /** Null for what is no picture. `shownTogether`: how many share one result. */
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
      // The one asked for last is the last to go.
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
