import { createReadStream } from "node:fs";
import type { Asset, Runtime } from "@toolcast/core";

/** Files of this machine, kept as the person's own media when they are first asked for. */
export interface Samples {
  all(): Promise<Map<string, Asset>>;
}

export function createSamples(
  runtime: Runtime,
  files: Readonly<Record<string, string | URL>>,
  options: { owner: string; maxBytes: number },
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
  { owner, maxBytes }: { owner: string; maxBytes: number },
): Promise<Map<string, Asset>> {
  const assets = new Map<string, Asset>();
  for (const [name, file] of Object.entries(files)) {
    const fileName = String(file).split(/[\\/]/).at(-1) ?? name;
    assets.set(name, await runtime.media.keep(createReadStream(file), { owner, name: fileName, maxBytes }));
  }
  return assets;
}
