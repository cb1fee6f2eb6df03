import { join } from "node:path";

/** The file in which a running server on this installation directory registers itself. */
export function serverRecordFile(directory: string): string {
  return join(directory, "server.json");
}
