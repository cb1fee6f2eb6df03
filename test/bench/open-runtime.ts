import { join } from "node:path";
import {
  type Caller,
  createRuntime,
  openSqliteEngine,
  openState,
  type Runtime,
  silentLogger,
  systemClock,
  systemRandom,
} from "@toolcast/core";
import { createFixtureHttp } from "../doubles/fixture-media.ts";
import { createScriptedProvider } from "../doubles/scripted-provider.ts";
import { jobsFile } from "./job-rows.ts";

export const caller: Caller = {
  id: "chat:ada",
  name: "Ada",
  locale: "en",
  place: { surface: "chat", conversation: "main" },
};

/** A runtime that takes requests in and advances nothing. */
export async function openRuntime(
  directory: string,
): Promise<{ engine: ReturnType<typeof openSqliteEngine>; runtime: Runtime; close(): Promise<void> }> {
  const engine = openSqliteEngine({
    file: jobsFile(directory),
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
  });
  const state = openState({ file: join(directory, "state.sqlite"), clock: systemClock });
  const runtime = await createRuntime({
    providers: [{ definition: createScriptedProvider().definition, values: {} }],
    engine,
    state,
    dataDirectory: directory,
    http: createFixtureHttp(new Set()),
    clock: systemClock,
    random: systemRandom,
    policy: { operators: [] },
    secretKey: new Uint8Array(32).fill(3),
  });
  return {
    engine,
    runtime,
    async close() {
      await engine.close();
      state.close();
    },
  };
}
