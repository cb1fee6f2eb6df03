import type { JobEngine } from "../job/engine.ts";
import { currentDefaults, type DefaultsEdition } from "../providers/provider.ts";
import type { State } from "../state/open-state.ts";

interface Installation {
  engine: JobEngine;
  state: State;
}

const recordKey = "defaults";

/**
 * The edition of the defaults that this installation began with. Without a record it is a new one, unless it has run
 * before: then it began before editions were recorded.
 */
export async function beganWith({ engine, state }: Installation): Promise<DefaultsEdition> {
  const settings = state.keyv("installation");
  // What shows that it has run is read first, because a process that begins it writes the record first.
  const hasRun = (await settings.get("identity")) !== undefined || (await engine.list({ limit: 1 })).length > 0;
  return (await settings.get<DefaultsEdition>(recordKey)) ?? (hasRun ? 0 : currentDefaults);
}

/** Records it, once; to be called before anything else shows that the installation has run. */
export async function recordBeginning(began: DefaultsEdition, { state }: Pick<Installation, "state">): Promise<void> {
  const settings = state.keyv("installation");
  if ((await settings.get(recordKey)) === undefined) {
    await settings.set(recordKey, began);
  }
}
