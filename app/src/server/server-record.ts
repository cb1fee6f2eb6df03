import { join } from "node:path";

/** Where a running server of this data directory announces itself. */
export function serverRecordFile(dataDirectory: string): string {
  return join(dataDirectory, "server.json");
}
