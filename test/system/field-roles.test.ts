import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { samples } from "@toolcast/sandbox";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repository } from "../repository.ts";
import {
  type Ended,
  ledgerAt,
  openTerminal,
  type SandboxProcess,
  startSandboxProcess,
  type Terminal,
} from "../toolcast-process.ts";
import { verifies } from "../verifies.ts";

let terminal: Terminal;
let sandbox: SandboxProcess;

beforeAll(async () => {
  terminal = openTerminal();
  sandbox = await startSandboxProcess(terminal);
  const tool = pathToFileURL(join(repository, "test", "doubles", "dubbing-tool.ts")).href;
  writeFileSync(
    join(terminal.directory, "toolcast.config.ts"),
    `import { dubbing } from ${JSON.stringify(tool)};\nexport default { tools: [dubbing] };\n`,
  );
});

afterAll(async () => {
  expect(await sandbox.stop()).toBe(0);
  terminal.close();
});

function run(...args: string[]): Promise<Ended> {
  const data = { TOOLCAST_DATA_DIR: join(terminal.directory, "data") };
  return terminal.begin(["run", ...args], { ...sandbox.environment, ...data }).ended;
}

test("a plugin's consent is asked for under its own flag, and its voice is found, whatever they are called", async () => {
  verifies("built.field-roles", "spending.consent");
  expect((await run("clone", "--audio", samples.voice, "--name", "Mia", "--consent")).code).toBe(0);
  const dub = ["dub", "Hello", "--speaker", "mia", "--out", "dubbed.wav", "--json"];
  const before = (await ledgerAt(sandbox.url)).length;
  const refused = await run(...dub);
  expect(refused.code).toBe(2);
  const { error } = JSON.parse(refused.out);
  expect(error).toMatchObject({ kind: "usage", field: "permission" });
  expect(JSON.stringify(error)).toContain("--permission");
  expect(await ledgerAt(sandbox.url)).toHaveLength(before);
  const made = await run(...dub, "--permission");
  expect(made).toMatchObject({ code: 0 });
  expect(JSON.parse(made.out).job).toMatchObject({ state: "succeeded", provider: "xjc" });
});
