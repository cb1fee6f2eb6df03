import type { Clock } from "../ground/clock.ts";
import { type State, stateOver } from "./open-state.ts";
import { openToRead } from "./open-to-read.ts";
import { StateConnection } from "./sqlite-keyv.ts";

/**
 * Reads into memory what can be read of small state. Leaves its file as it is; what is written here ends with the
 * process.
 */
export async function salvageState(file: string, clock: Clock): Promise<State> {
  const connection = new StateConnection({ file: ":memory:", clock });
  const writes: Promise<void>[] = [];
  const database = openToRead(file);
  try {
    for (const row of database?.prepare("SELECT key, value FROM small_state").iterate() ?? []) {
      writes.push(connection.write(String(row.key), String(row.value)));
    }
  } catch {
    // The rest is damaged, or the file has no table of ours.
  } finally {
    database?.close();
  }
  await Promise.all(writes);
  return stateOver(connection);
}
