import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../free-port.ts";
import { openPseudoTerminal } from "../pseudo-terminal.ts";
import { repository } from "../repository.ts";
import { openTerminal, paidAt, startSandboxProcess, type Terminal, until } from "../toolcast-process.ts";
import { verifies } from "../verifies.ts";

let terminal: Terminal;

beforeAll(() => {
  terminal = openTerminal();
});

afterAll(() => terminal.close());

test("npm start shows the address and nothing of npm or turbo", async () => {
  verifies("tried.no-setup");
  const url = `http://127.0.0.1:${await freePort()}`;
  const started = openPseudoTerminal("npm start", {
    directory: repository,
    environment: {
      HOME: terminal.directory,
      LANG: "en_US.UTF-8",
      LOG_LEVEL: "silent",
      PORT: new URL(url).port,
      TOOLCAST_DATA_DIR: join(terminal.directory, "npm-start"),
    },
  });
  try {
    await until(() => started.written().includes("Toolcast is ready"), "the address", 90_000);
    expect(started.screen()).toEqual([`Toolcast is ready: ${url}`]);
    started.type("\u0003");
    await started.ended;
    expect(started.screen().join("\n")).not.toMatch(/npm|turbo/);
  } finally {
    started.kill();
  }
});

test("a toolcast.config.ts in a CommonJS package is read as the module it is, and so is what it imports", async () => {
  verifies("tried.configuration");
  const directory = join(terminal.directory, "commonjs");
  mkdirSync(directory);
  const write = (name: string, text: string) => writeFileSync(join(directory, name), text);
  write("package.json", JSON.stringify({ type: "commonjs" }));
  write("words.js", `module.exports = { title: "Greet" };\n`);
  write(
    "greet.ts",
    `import { defineTool } from "@toolcast/core";
     import words from "./words.js";
     const both = (text: string) => ({ en: text, "zh-CN": text });
     export const greet = defineTool({
       name: "greet_person", command: "greet", title: both(words.title), summary: both("Says hello"), input: {}, effect: "reads",
       answer: async () => ({ message: { tone: "info", title: "Hello" }, data: null }),
     });\n`,
  );
  write(
    "toolcast.config.ts",
    `import { defineConfiguration } from "toolcast";
     import { greet } from "./greet.ts";
     export default defineConfiguration({ tools: [greet] });\n`,
  );
  const environment = { TOOLCAST_DATA_DIR: join(directory, "data") };
  const { code, out, error } = await terminal.begin(["tools"], environment, directory).ended;
  expect(error).toBe("");
  expect([code, out]).toEqual([0, expect.stringContaining("Says hello")]);
});

test("Ctrl-C frees the prompt at once, while the paid start in flight finishes and is stored", async () => {
  verifies("paid-once.interrupted", "survives.kill-anywhere");
  const sandbox = await startSandboxProcess(terminal);
  try {
    const environment = { ...sandbox.environment, TOOLCAST_DATA_DIR: join(terminal.directory, "interrupted") };
    // A picture is one call that lasts as long as the vendor makes it: at this speed about ten seconds.
    const command = `${process.execPath} ${join(repository, "app", "bin", "toolcast.js")}`;
    const run = openPseudoTerminal(`${command} run image "interrupted lake [[slow 200s]]"`, {
      directory: terminal.directory,
      environment: { HOME: terminal.directory, LANG: "en_US.UTF-8", ...environment },
    });
    await until(async () => (await paidAt(sandbox.url, "interrupted lake")).length === 1, "the paid start");
    run.type("\u0003");
    expect(await run.ended).toBe(130);
    const jobs = async () => JSON.parse((await terminal.begin(["jobs", "--json"], environment).ended).out).jobs;
    expect(await jobs()).toMatchObject([{ state: "starting" }]);
    expect(run.screen().at(-1)).toMatch(/continues .*toolcast job job_\S+ --wait/);
    await until(async () => (await jobs())[0].state !== "starting", "the start to be stored", 60_000);
    const [job] = await jobs();
    const rest = await terminal.begin(["job", job.id, "--wait", "--out", "lake.png", "--json"], environment).ended;
    expect(JSON.parse(rest.out).job).toMatchObject({ state: "succeeded" });
    expect(await paidAt(sandbox.url, "interrupted lake")).toHaveLength(1);
  } finally {
    await sandbox.stop();
  }
});
