import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installPacked, type PackedHome } from "../packed-home.ts";
import { read, repository } from "../repository.ts";
import { verifies } from "../verifies.ts";

const bin = join("node_modules", "toolcast", "bin", "toolcast.js");
let home: PackedHome;

beforeAll(async () => {
  home = await installPacked();
});

afterAll(() => home.remove());

test("every workspace but the tests is packed, in one version, with a licence, its README and no source or test", () => {
  verifies("built.packages");
  const workspaces = [
    "app",
    "core",
    "sandbox",
    "test/testing",
    ...readdirSync(join(repository, "adapters")).map((name) => `adapters/${name}`),
  ];
  const description = (workspace: string) =>
    JSON.parse(read(`${workspace}/package.json`)) as { name: string; version: string };
  expect(home.packages.map(({ name }) => name).sort()).toEqual(
    workspaces.map((workspace) => description(workspace).name).sort(),
  );
  expect(JSON.parse(read("test/package.json"))).toMatchObject({ name: "@toolcast/test", private: true });
  expect(new Set(home.packages.map(({ version }) => version)).size).toBe(1);
  for (const { name, files } of home.packages) {
    const paths = files.map(({ path }) => path);
    expect(paths, name).toContain("LICENSE");
    expect(paths, name).toContain("README.md");
    const odd = paths.filter(
      (path) =>
        /(^|\/)src\/|\.test\.|\.tsbuildinfo$|(^|\/)node_modules\//.test(path) &&
        !/^dist\/(test\/testing\/src|templates)\//.test(path),
    );
    expect(odd, name).toEqual([]);
  }
});

test("each door of a package leads to a file that is packed, with its types", () => {
  verifies("built.packages");
  for (const { name, files } of home.packages) {
    const paths = new Set(files.map(({ path }) => `./${path}`));
    const description = JSON.parse(
      readFileSync(join(home.directory, "node_modules", name, "package.json"), "utf8"),
    ) as {
      exports?: Record<string, Record<string, string>>;
      bin?: Record<string, string>;
    };
    const doors = Object.values(description.exports ?? {}).flatMap(({ types, default: file }) => [types!, file!]);
    const led = [...doors, ...Object.values(description.bin ?? {})];
    expect(
      led.filter((path) => !paths.has(path)),
      name,
    ).toEqual([]);
  }
});

test("the packed command line says its version, explains a code and makes a picture in the sandbox", async () => {
  verifies("built.packages");
  const { version } = JSON.parse(read("app/package.json")) as { version: string };
  expect(await home.run(bin, ["--version"])).toEqual({ code: 0, text: `${version}\n` });
  expect((await home.run(bin, ["explain", "11200"])).text).toContain("not authorised");
  const made = await home.run(bin, ["run", "image", "--prompt", "a fox", "--out", "fox.png", "--json"]);
  expect(made, made.text).toMatchObject({ code: 0 });
  expect(readFileSync(join(home.directory, "fox.png")).subarray(1, 4).toString()).toBe("PNG");
});

test("the packed command line begins a plugin of each kind", async () => {
  verifies("built.packages", "built.scaffold");
  for (const kind of ["tool", "provider", "surface"]) {
    const made = await home.run(bin, ["new", kind, `new${kind}`, "--json"]);
    expect(made, made.text).toMatchObject({ code: 0 });
    expect(JSON.parse(made.text).files).toContain("index.js");
  }
});

test("every door of the packed packages can be imported by a program beside them", async () => {
  verifies("built.packages");
  const doors = home.packages
    .filter(({ name }) => name !== "@toolcast/testing")
    .flatMap(({ name }) => {
      const { exports } = JSON.parse(
        readFileSync(join(home.directory, "node_modules", name, "package.json"), "utf8"),
      ) as {
        exports: Record<string, unknown>;
      };
      return Object.keys(exports).map((door) => name + door.slice(1));
    });
  const lines = doors.map(
    (door) => `if (Object.keys(await import("${door}")).length === 0) throw new Error("${door}");`,
  );
  writeFileSync(join(home.directory, "doors.mjs"), `${lines.join("\n")}\nconsole.log("all");\n`);
  expect(await home.run("doors.mjs")).toEqual({ code: 0, text: "all\n" });
});
