import { type SpawnOptionsWithoutStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { filesBelow, repository } from "./repository.ts";

export interface Ended {
  code: number | null;
  out: string;
  error: string;
}

/** A folder outside the repository, as it looks for somebody who uses Toolcast with packages of their own. */
export interface PluginHome {
  directory: string;
  /** Writes a file in the folder. */
  write(path: string, text: string): void;
  /** Runs the command line there, with nothing but the given environment; `interrupted` acts like Ctrl-C. */
  run(args: readonly string[], environment?: Record<string, string>, interrupt?: AbortSignal): Promise<Ended>;
  /** Starts the server there; `url` is the one it prints. */
  serve(environment: Record<string, string>): Promise<{ url: string; stop(): Promise<void> }>;
  remove(): void;
}

export function createPluginHome(): PluginHome {
  const directory = mkdtempSync(join(tmpdir(), "toolcast-plugins-"));
  const toolcast = (args: readonly string[], environment: Record<string, string>) =>
    spawn(process.execPath, [join(repository, "app", "bin", "toolcast.js"), ...args], {
      cwd: directory,
      env: { PATH: process.env.PATH, HOME: directory, LANG: "en_US.UTF-8", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
  return {
    directory,
    write(path, text) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    },
    async run(args, environment = {}, interrupt) {
      const child = toolcast(args, environment);
      interrupt?.addEventListener("abort", () => child.kill("SIGINT"));
      let out = "";
      let error = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (error += text));
      const [code] = (await once(child, "close")) as [number | null];
      return { code, out, error };
    },
    async serve(environment) {
      const child = toolcast(["start", "--no-supervisor"], environment);
      const ended = once(child, "close");
      let error = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => (error += text));
      const ready = new Promise<string>((resolve) => {
        child.stdout.setEncoding("utf8").on("data", (text: string) => {
          const url = /http:\S+/.exec(text)?.[0];
          if (url !== undefined) resolve(url);
        });
      });
      const failed = ended.then(() => {
        throw new Error(`toolcast start did not come up:\n${error}`);
      });
      return {
        url: await Promise.race([ready, failed]),
        async stop() {
          child.kill("SIGTERM");
          await ended;
        },
      };
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** An example package of the documentation, copied as `npm install` would. */
export function installExample({ directory }: PluginHome, name = "toolcast-inkpress"): void {
  const target = join(directory, "node_modules", name);
  cpSync(join(repository, "docs", "examples", name), target, { recursive: true });
  link(directory, "zod");
}

/** Installs core beside the plugin as it is published: compiled, without source, in a copy of its own. */
export async function installCore({ directory }: PluginHome): Promise<void> {
  const target = join(directory, "node_modules", "@toolcast", "core");
  await compile(join(repository, "core", "tsconfig.build.json"), join(target, "dist"));
  installDependencies(directory, target, "core");
}

/**
 * Installs the contracts and doubles beside core as they are published. They are compiled in the folder, against the
 * core installed there, so nothing of the repository is within their reach.
 */
export async function installTesting({ directory }: PluginHome): Promise<void> {
  const target = join(directory, "node_modules", "@toolcast", "testing");
  const source = join(directory, "source");
  for (const path of ["tsconfig.base.json", ...filesBelow("test", (path) => isShipped.test(path))]) {
    cpSync(join(repository, path), join(source, path));
  }
  installDependencies(directory, target, "test/testing");
  link(directory, "@types/node");
  link(directory, "vitest");
  await compile(join(source, "test", "testing", "tsconfig.build.json"), join(target, "dist"));
  rmSync(source, { recursive: true });
  cpSync(join(repository, "core", "fixtures"), join(target, "dist", "core", "fixtures"), { recursive: true });
}

/** The files that `@toolcast/testing` may contain; the compiler includes those that it reaches. */
const isShipped = /^test\/((contracts|doubles)\/)?[\w-]+\.ts$|^test\/(package\.json$|testing\/)/;

/** A package's own description, and its dependencies. */
function installDependencies(directory: string, target: string, workspace: string): void {
  mkdirSync(target, { recursive: true });
  cpSync(join(repository, workspace, "package.json"), join(target, "package.json"));
  const { dependencies } = JSON.parse(readFileSync(join(target, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  for (const name of Object.keys(dependencies)) link(directory, name, workspace);
}

async function compile(project: string, outDir: string): Promise<void> {
  const compiler = join(repository, "node_modules", "typescript", "bin", "tsc");
  const { code, out } = await run(compiler, ["-p", project, "--outDir", outDir], { cwd: dirname(project) });
  if (code !== 0) throw new Error(`${project} does not compile:\n${out}`);
}

/** Runs the tests of a folder there, as its author does. */
export function runTests({ directory }: PluginHome, folder: string, args: readonly string[] = []): Promise<Ended> {
  const vitest = join(repository, "node_modules", "vitest", "vitest.mjs");
  const environment = { PATH: process.env.PATH, HOME: directory, NO_COLOR: "1" };
  return run(vitest, ["run", "--reporter=verbose", ...args], { cwd: join(directory, folder), env: environment });
}

async function run(script: string, args: readonly string[], options: SpawnOptionsWithoutStdio): Promise<Ended> {
  const child = spawn(process.execPath, [script, ...args], options);
  let out = "";
  let error = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (error += text));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, out, error };
}

/** A workspace's own version of a dependency is in the workspace, a shared one at the top. */
function link(directory: string, name: string, workspace = "."): void {
  const target = join(directory, "node_modules", name);
  const [source] = [workspace, "."].map((place) => join(repository, place, "node_modules", name)).filter(existsSync);
  if (source === undefined) throw new Error(`${name} is not installed`);
  mkdirSync(dirname(target), { recursive: true });
  rmSync(target, { force: true });
  symlinkSync(source, target);
}
