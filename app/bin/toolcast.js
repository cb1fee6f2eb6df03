#!/usr/bin/env node
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
// Imported as a namespace: a name missing from an old Node must not cause a syntax error before the message below.
import * as nodeModule from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import v8 from "node:v8";

/**
 * A server's start makes the space for new objects grow to 64 MB, of which it would keep 50 for ever; the server lets it
 * grow again once it has started (`app/src/server/young-generation.ts`), by what its work needs.
 */
const youngGenerationStays = "--semi-space-growth-factor=1";
/** Of so small a space, several threads take longer to tell each other what they collect than one to collect it. */
const oneThreadCollectsIt = "--no-parallel-scavenge";

const needed = [22, 19];
const [major, minor] = process.versions.node.split(".").map(Number);

if (major > needed[0] || (major === needed[0] && minor >= needed[1])) {
  await run();
} else {
  const own = process.env.TOOLCAST_NODE_CHOSEN === undefined ? installedNode() : null;
  if (own === null) {
    refuse();
  } else {
    hand(own);
  }
}

async function run() {
  // Node 22 warns on every start that SQLite and type stripping are experimental; the parts we use are stable.
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    if (warning.name !== "ExperimentalWarning") {
      process.stderr.write(`${warning.name}: ${warning.message}\n`);
    }
  });
  const [only, ...rest] = process.argv.slice(2);
  if ((only === "--version" || only === "-V") && rest.length === 0) {
    process.stdout.write(`${JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version}\n`);
    return;
  }
  keepCompiled();
  if (only === "start") {
    v8.setFlagsFromString(youngGenerationStays);
    v8.setFlagsFromString(oneThreadCollectsIt);
  }
  const source = new URL("../src/main.ts", import.meta.url);
  const fromSource = existsSync(source);
  if (fromSource) {
    // A published package has only dist, and resolves its own packages without help.
    const { resolveOwnPackages } = await import("../src/own-packages.ts");
    resolveOwnPackages();
  }
  await import(fromSource ? source.href : new URL("../dist/main.js", import.meta.url).href);
}

/**
 * Compiled code, and what remains of TypeScript without its types, is kept for the next start: in the person's own cache
 * folder, because whoever can write to it can run code here. Where that cannot be written, nothing is kept.
 */
function keepCompiled() {
  const { env, platform } = process;
  if (env.NODE_COMPILE_CACHE !== undefined) {
    return;
  }
  const caches = {
    darwin: () => join(homedir(), "Library", "Caches"),
    win32: () => env.LOCALAPPDATA ?? join(homedir(), "AppData", "Local"),
  }[platform];
  try {
    const folder = caches?.() ?? (env.XDG_CACHE_HOME || join(homedir(), ".cache"));
    nodeModule.enableCompileCache(join(folder, "toolcast", "compiled"));
  } catch {
    // A person without a home folder.
  }
}

function refuse() {
  process.stderr.write(
    `Toolcast needs Node.js ${needed.join(".")} or newer; this is ${process.versions.node}. Install it from https://nodejs.org and try again.\n` +
      `Toolcast 需要 Node.js ${needed.join(".")} 或更高版本，当前为 ${process.versions.node}。请从 https://nodejs.org 安装后重试。\n`,
  );
  process.exitCode = 2;
}

/** The Node.js that came with the installation (the optional package `node`), if any. */
function installedNode() {
  try {
    const file = nodeModule.createRequire(import.meta.url).resolve("node/bin/node");
    return existsSync(file) ? file : null;
  } catch {
    return null;
  }
}

/** Runs the same command with another Node and exits as it does. */
function hand(executable) {
  const child = spawn(executable, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: "inherit",
    env: { ...process.env, TOOLCAST_NODE_CHOSEN: "1" },
  });
  // A terminal's Ctrl-C reaches the child directly; this process only has to outlive it.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("error", refuse);
  child.on("exit", (code) => {
    process.exitCode = code ?? 1;
  });
}
