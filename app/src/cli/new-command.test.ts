import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runCommandLine } from "./command-line.ts";

// @verifies built.scaffold

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "toolcast-new-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function run(...args: string[]) {
  const streams = { out: "", error: "" };
  const code = await runCommandLine(["new", ...args], {
    stdin: { isTTY: false } as NodeJS.ReadStream,
    stdout: { write: (text) => (streams.out += text) },
    stderr: { write: (text) => (streams.error += text) },
    ...{ environment: {}, workingDirectory: directory, platform: "linux" },
  });
  return { code, ...streams };
}

test.each(["tool", "provider", "surface"])(
  "a new %s is a package of its own name, and its next steps are said",
  async (kind) => {
    const { code, out, error } = await run(kind, "acme");
    expect([code, error]).toEqual([0, ""]);
    expect(out).toContain("npm test");
    expect(out).toContain('from "./toolcast-acme/index.js"');
    const folder = join(directory, "toolcast-acme");
    const description = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    expect(description).toMatchObject({
      name: "toolcast-acme",
      peerDependencies: { "@toolcast/core": expect.stringMatching(/^\^\d/) },
      devDependencies: { "@toolcast/testing": expect.stringMatching(/^\^\d/) },
    });
    expect(description.license).toBeUndefined();
    const { files } = JSON.parse((await run(kind, "other", "--json")).out);
    expect(files).toEqual(expect.arrayContaining(["README.md", "index.d.ts", "index.js", "package.json"]));
    for (const file of files) {
      expect(readFileSync(join(folder, file), "utf8"), file).not.toMatch(
        /inkpress|pinboard|postcard|make_poster|明信片|墨印/i,
      );
    }
  },
);

test("nothing is overwritten", async () => {
  writeFileSync(join(directory, "toolcast-acme"), "mine");
  const { code, error } = await run("tool", "acme");
  expect(code).toBe(2);
  expect(error).toContain("exists already");
  expect(readFileSync(join(directory, "toolcast-acme"), "utf8")).toBe("mine");
});

test.each([
  ["tool", "../up", "cannot be the name"],
  ["tool", "Acme", "cannot be the name"],
  ["tool", "class", "cannot be the name"],
  ["tool", "image", "is taken"],
  ["provider", "spark", "is taken"],
  ["surface", "web", "is taken"],
  ["provider", "failures", "is taken"],
  ["plugin", "acme", "Use one of tool, provider, surface"],
])("toolcast new %s %s is refused in both languages, and nothing is written", async (kind, name, why) => {
  const { code, out, error } = await run(kind, name);
  expect([code, out]).toEqual([2, ""]);
  expect(error).toContain(why);
  expect((await run(kind, name, "--locale", "zh-CN")).error).toMatch(/\p{Script=Han}/u);
  expect(existsSync(join(directory, `toolcast-${name}`))).toBe(false);
});
