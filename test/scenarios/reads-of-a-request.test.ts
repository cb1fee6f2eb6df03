import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StatementSync } from "node:sqlite";
import { createRuntime, openSqliteEngine, systemRandom } from "@toolcast/core";
import { expect, onTestFinished, test, vi } from "vitest";
import { createFixtureHttp } from "../doubles/fixture-media.ts";
import { createScriptedProvider } from "../doubles/scripted-provider.ts";
import { createManualClock } from "../manual-clock.ts";

/** A runtime with so many providers that can make pictures, and what its next request reads: the tables. */
async function openCounted(providers: number) {
  const directory = mkdtempSync(join(tmpdir(), "toolcast-reads-"));
  const clock = createManualClock();
  const engine = openSqliteEngine({ file: join(directory, "jobs.sqlite"), clock, random: systemRandom });
  onTestFinished(async () => {
    vi.restoreAllMocks();
    await engine.close();
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  });
  const runtime = await createRuntime({
    providers: Array.from({ length: providers }, (_, index) => {
      const { definition } = createScriptedProvider();
      return { definition: { ...definition, id: `${definition.id}${index === 0 ? "" : index}` }, values: {} };
    }),
    engine,
    state: engine.state,
    dataDirectory: directory,
    http: createFixtureHttp(new Set()),
    clock,
    random: systemRandom,
    policy: { operators: [] },
    secretKey: new Uint8Array(32).fill(3),
  });
  const reads: string[] = [];
  const { get } = StatementSync.prototype;
  vi.spyOn(StatementSync.prototype, "get").mockImplementation(function (this: StatementSync, ...values: unknown[]) {
    reads.push([...this.sourceSQL.matchAll(/\bFROM (\w+)/g)].map(([, table]) => table).join(" "));
    return Reflect.apply(get, this, values) as ReturnType<typeof get>;
  });
  const ask = async (key: string) => {
    const place = { surface: "chat", conversation: "main" };
    const caller = { id: "chat:ada", name: "Ada", locale: "en" as const, place };
    return (await runtime.call({ tool: "generate_image", input: { prompt: "a fox" }, caller, key })).type;
  };
  return { ask, reads };
}

test("a request reads whether it came before, alone and where it is stored, and nothing else", async () => {
  const { ask, reads } = await openCounted(1);
  expect(await ask("event 1")).toBe("job");
  expect(reads).toEqual(["jobs tombstones", "jobs tombstones"]);
});

test("where several providers can do it, it also reads whether the first may be asked now", async () => {
  const { ask, reads } = await openCounted(2);
  expect(await ask("event 1")).toBe("job");
  expect(reads).toEqual(["jobs tombstones", "small_state", "jobs tombstones"]);
});
