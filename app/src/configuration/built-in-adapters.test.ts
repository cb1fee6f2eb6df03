import { execFile } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { filesBelow, read, repository } from "../../../test/repository.ts";
import { builtInAdapters } from "./built-in-adapters.ts";

// @verifies built.definitions-light, built.platforms-listed-once

interface Loaded {
  variables: string[];
  packages: string[];
}

/** What a process loads that reads the definitions of the built-in adapters and nothing else. */
async function loadDefinitions(): Promise<Loaded> {
  const definitions = pathToFileURL(join(repository, "app/src/configuration/built-in-adapters.ts")).href;
  const script = `
    import { registerHooks } from "node:module";
    const packages = new Set();
    registerHooks({
      load(url, context, next) {
        packages.add(/.*node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1]);
        return next(url, context);
      },
    });
    const { builtInAdapters } = await import(${JSON.stringify(definitions)});
    const variables = builtInAdapters.flatMap(({ settings }) => settings.map(({ variable }) => variable));
    console.log(JSON.stringify({ variables, packages: [...packages] }));
  `;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--conditions=toolcast-source", "--input-type=module", "--eval", script],
    { cwd: repository },
  );
  return JSON.parse(stdout) as Loaded;
}

function dependenciesOf(folder: string): string[] {
  return Object.keys((JSON.parse(read(`${folder}/package.json`)) as { dependencies: object }).dependencies);
}

test("reading the adapters' settings loads no platform's library, and not the picture library", async () => {
  const core = dependenciesOf("core");
  const platforms = builtInAdapters
    .flatMap(({ id }) => dependenciesOf(`adapters/${id}`))
    .filter((name) => !name.startsWith("@toolcast/") && !core.includes(name));
  expect(platforms).toContain("discord.js");
  const { variables, packages } = await loadDefinitions();
  expect(variables).toEqual(expect.arrayContaining(["DISCORD_TOKEN", "SLACK_BOT_TOKEN", "TELEGRAM_BOT_TOKEN"]));
  expect(packages).toContain("zod");
  expect(packages.filter((name) => name === "sharp" || platforms.includes(name))).toEqual([]);
});

test("in the app, only the list of built-in adapters names a platform", () => {
  const names = builtInAdapters.flatMap(({ id, title, settings }) => [
    id,
    ...Object.values(title),
    ...settings.map(({ variable }) => variable),
  ]);
  const platform = new RegExp(`\\b(${[...new Set(names)].join("|")})\\b`, "i");
  const naming = filesBelow("app", (path) => /^app\/(src|bin)\/.*(?<!\.test)\.[jt]s$/.test(path)).filter((path) =>
    platform.test(read(path)),
  );
  expect(naming).toEqual(["app/src/configuration/built-in-adapters.ts"]);
});
