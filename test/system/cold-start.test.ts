import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../free-port.ts";
import { repository } from "../repository.ts";
import { verifies } from "../verifies.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "toolcast-cold-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Loaded {
  /** Ours and those of libraries. */
  modules: number;
  /** The libraries, and the workspaces of ours. */
  packages: string[];
  /** How many of our own files Node looked for, although their path says where they are. */
  lookedFor: number;
}

/** Writes what was loaded before the first output, or else before the end, to standard error. */
const preload = `
  import { registerHooks } from "node:module";
  const urls = [];
  let lookedFor = 0;
  registerHooks({
    resolve(specifier, context, next) {
      // The launcher names one file before our resolution begins.
      lookedFor += /\\.ts$/.test(context.parentURL) && /^\\..*\\.ts$/.test(specifier) ? 1 : 0;
      return next(specifier, context);
    },
    load(url, context, next) {
      urls.push(url);
      return next(url, context);
    },
  });
  const { write } = process.stdout;
  let isReported = false;
  const report = () => {
    if (isReported) {
      return;
    }
    isReported = true;
    const files = urls.filter((url) => url.startsWith("file:"));
    const packages = files.map((url) => {
      const library = /.*node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1];
      return library ?? url.slice(${JSON.stringify(`file://${repository}/`)}.length).split("/src/")[0];
    });
    process.stderr.write("\\nLOADED" + JSON.stringify({ modules: files.length, packages: [...new Set(packages)].sort(), lookedFor }) + "\\n");
  };
  process.stdout.write = function (...text) {
    if (text[0] !== "") {
      report();
    }
    return write.apply(this, text);
  };
  process.on("exit", report);
`;

/** What a client of `mcp` says first; other commands do not read it. */
const handshake = {
  ...{ jsonrpc: "2.0", id: 1, method: "initialize" },
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "cold", version: "1.0.0" } },
};

function load(args: readonly string[], variables: Record<string, string> = {}): Promise<Loaded> {
  const hook = `data:text/javascript,${encodeURIComponent(preload)}`;
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      ["--import", hook, join(repository, "app/bin/toolcast.js"), ...args],
      // A cache from an earlier run must not hide a module.
      {
        cwd: directory,
        env: { TOOLCAST_DATA_DIR: join(directory, "data"), NODE_DISABLE_COMPILE_CACHE: "1", ...variables },
      },
      (error, _out, said) => {
        const [, loaded] = /^LOADED(.*)$/m.exec(said) ?? [];
        return loaded === undefined ? reject(error ?? new Error(said)) : resolve(JSON.parse(loaded) as Loaded);
      },
    );
    child.stdin?.on("error", () => {}).end(`${JSON.stringify(handshake)}\n`);
  });
}

/** What takes long to load: libraries, and the workspaces that bring them. */
const heavy = [
  "@hono/node-server",
  "@mediabunny/mp3-encoder",
  "@modelcontextprotocol/server",
  "@slack/bolt",
  "adapters/langchain",
  "adapters/mcp",
  "adapters/web",
  "discord.js",
  "file-type",
  "hono",
  "https-proxy-agent",
  "mediabunny",
  "pino",
  "sandbox",
  "sharp",
  "string-width",
  "telegraf",
  "undici",
  "ws",
];
const agents = ["@modelcontextprotocol/server", "adapters/mcp"];
const keys = { DASHSCOPE_API_KEY: "sk-0123456789abcdef" };

test("the version is printed by the launcher alone", async () => {
  verifies("built.commands-light");
  expect(await load(["--version"])).toEqual({ modules: 1, packages: ["app/bin/toolcast.js"], lookedFor: 0 });
});

test.each<[string, readonly string[], readonly string[], number, Record<string, string>?]>([
  ["an explanation", ["explain", "10013"], [], 255],
  ["the help", ["--help"], [], 340],
  ["the list of tools", ["tools"], ["string-width"], 470],
  ["the list of jobs", ["jobs"], [], 510],
  ["a server for an agent", ["mcp"], agents, 565, keys],
  ["the same with simulated vendors", ["mcp"], [...agents, "@hono/node-server", "hono", "sandbox", "ws"], 700],
])("%s loads only what it uses", async (_what, args, uses, atMost, variables) => {
  verifies("built.commands-light");
  const { modules, packages, lookedFor } = await load(args, variables);
  expect(packages.filter((name) => heavy.includes(name))).toEqual([...uses].sort());
  expect(modules).toBeLessThanOrEqual(atMost);
  expect(lookedFor).toBe(0);
});

/** Writes how large V8's space for new objects is when the server says that it is ready, and after that ends. */
const atReady = `
  import v8 from "node:v8";
  const { write } = process.stdout;
  process.stdout.write = function (...text) {
    if (String(text[0]).includes("is ready")) {
      const space = v8.getHeapSpaceStatistics().find(({ space_name: name }) => name === "new_space");
      process.stderr.write("\\nNEW" + space.space_size + "\\n", () => process.exit());
    }
    return write.apply(this, text);
  };
`;

test("a server that has started keeps no space for new objects that only its start needed", async () => {
  verifies("built.commands-light");
  const PORT = String(await freePort());
  const bytes = await new Promise<number>((resolve, reject) => {
    execFile(
      process.execPath,
      [
        ...["--import", `data:text/javascript,${encodeURIComponent(atReady)}`],
        ...[join(repository, "app/bin/toolcast.js"), "start", "--no-supervisor"],
      ],
      {
        cwd: directory,
        env: { TOOLCAST_DATA_DIR: join(directory, "served"), HOME: directory, PORT, LANG: "en_US.UTF-8" },
      },
      (error, _out, said) => {
        const [, size] = /^NEW(\d+)$/m.exec(said) ?? [];
        return size === undefined ? reject(error ?? new Error(said)) : resolve(Number(size));
      },
    );
  });
  expect(bytes).toBeLessThanOrEqual(4 * 1024 ** 2);
});
