import { join } from "node:path";

/** The file in which a running server that carries out the jobs of this installation directory registers itself. */
export function serverRecordFile(directory: string): string {
  return join(directory, "server.json");
}
