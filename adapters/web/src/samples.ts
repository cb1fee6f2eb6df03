import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { Asset, Caller, Runtime } from "@toolcast/core";

/** How many of the person's media are searched for samples of an earlier run. */
const mostKeptBefore = 500;

/** Files on this machine, stored as the person's own media when first requested. */
export interface Samples {
  all(): Promise<Map<string, Asset>>;
}

export function createSamples(
  runtime: Runtime,
  files: Readonly<Record<string, string | URL>>,
  options: { owner: Caller; maxBytes: number },
): Samples {
  let kept: Promise<Map<string, Asset>> | undefined;
  return {
    async all() {
      kept ??= keepAll(runtime, files, options);
      try {
        return await kept;
      } catch (error) {
        kept = undefined;
        throw error;
      }
    },
  };
}

async function keepAll(
  runtime: Runtime,
  files: Readonly<Record<string, string | URL>>,
  { owner, maxBytes }: { owner: Caller; maxBytes: number },
): Promise<Map<string, Asset>> {
  const assets = new Map<string, Asset>();
  // Samples of an earlier run are reused, otherwise the gallery would fill with them.
  const before = await runtime.gallery(owner, mostKeptBefore);
  for (const [name, file] of Object.entries(files)) {
    const fileName = String(file).split(/[\\/]/).at(-1) ?? name;
    const hash = await hashOf(file);
    const kept = before.find((asset) => asset.hash === hash && asset.name === fileName);
    assets.set(
      name,
      kept ?? (await runtime.media.keep(createReadStream(file), { owner: owner.id, name: fileName, maxBytes })),
    );
  }
  return assets;
}

async function hashOf(file: string | URL): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
