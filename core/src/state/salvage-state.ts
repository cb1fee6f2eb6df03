import type { Clock } from "../ground/clock.ts";
import { type State, stateOver } from "./open-state.ts";
import { openToRead } from "./open-to-read.ts";
import { openStateTable } from "./state-table.ts";

/**
 * Reads into memory what can be read of the small state in `files`, of which a later one adds what is missing in those
 * before. Leaves the files as they are; what is written here ends with the process.
 */
export async function salvageState(files: readonly string[], clock: Clock): Promise<State> {
  const found = new Map<string, string>();
  for (const file of files) {
    const database = openToRead(file);
    try {
      for (const row of database?.prepare("SELECT key, value FROM small_state").iterate() ?? []) {
        const key = String(row.key);
        if (!found.has(key)) {
          found.set(key, String(row.value));
        }
      }
    } catch {
      // The rest is damaged, or the file has no table of ours.
    } finally {
      database?.close();
    }
  }
  const table = openStateTable({ file: ":memory:", clock });
  await Promise.all([...found].map(([key, value]) => table.write(key, value)));
  return stateOver(table);
}
