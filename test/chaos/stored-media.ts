import { createRuntime, type Job, type MediaStore, type Runtime, systemRandom } from "@toolcast/core";
import { createFastClock } from "./fast-clock.ts";
import type { World } from "./settings.ts";
import { openStore } from "./store.ts";

/** The media of a finished run, read as an outsider would: by a program that embeds Toolcast and starts nothing. */
export async function openStoredMedia(
  world: World,
): Promise<{ media: MediaStore; runtime: Runtime; close(): Promise<void> }> {
  const clock = createFastClock(world);
  const { engine, state, secretKey, close } = await openStore(world, clock);
  const runtime = await createRuntime({
    ...{ engine, state, secretKey, clock, random: systemRandom, dataDirectory: world.dataDirectory },
    ...{ providers: [], policy: { operators: [] }, http: noWayOut, advances: false },
  });
  return { media: runtime.media, runtime, close };
}

/**
 * The job that made each medium, by the start of its SHA-256 as vendors note it: a step's sound is another's sample.
 */
export async function readMade(world: World, jobs: readonly Job[]): Promise<Map<string, string>> {
  const { media, close } = await openStoredMedia(world);
  const made = new Map<string, string>();
  try {
    for (const { id, steps } of jobs) {
      for (const asset of steps.flatMap(({ assets }) => assets)) {
        const hash = (await media.read(asset))?.hash;
        if (hash !== undefined) made.set(hash.slice(0, 12), id);
      }
    }
  } finally {
    await close();
  }
  return made;
}

const noWayOut = {
  request: () => Promise.reject(new Error("an audit asks nobody")),
  download: () => Promise.reject(new Error("an audit asks nobody")),
  converse: () => Promise.reject(new Error("an audit asks nobody")),
  close: () => Promise.resolve(),
};
