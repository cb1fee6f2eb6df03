import { join } from "node:path";

/** Where a running server over this installation directory announces itself. */
export function serverRecordFile(directory: string): string {
  return join(directory, "server.json");
}
