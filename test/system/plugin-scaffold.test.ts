import { afterAll, beforeAll, expect, test } from "vitest";
import { createPluginHome, installCore, installTesting, type PluginHome, runTests } from "../plugin-home.ts";
import { verifies } from "../verifies.ts";

let home: PluginHome;

beforeAll(async () => {
  home = createPluginHome();
  await installCore(home);
  await installTesting(home);
});

afterAll(() => home.remove());

/** The chat contract's slowest tests run in the repository only. */
const quick = ["-t", "acknowledged in time while|comes again"];

test.each([
  ["tool", "acme", []],
  ["provider", "acmeworks", []],
  ["surface", "acmeboard", quick],
])("a new %s passes its tests outside the repository and is used by Toolcast", async (kind, name, only) => {
  verifies("built.scaffold");
  const made = await home.run(["new", kind, name, "--json"]);
  expect(made, made.error).toMatchObject({ code: 0 });
  const { configuration } = JSON.parse(made.out);

  const tested = await runTests(home, `toolcast-${name}`, only);
  expect(tested, tested.out + tested.error).toMatchObject({ code: 0 });
  expect(tested.out).toMatch(/Tests +\d+ passed/);

  home.write("toolcast.config.ts", configuration);
  const shown = await home.run(kind === "tool" ? ["tools"] : ["settings"]);
  expect(shown, shown.error).toMatchObject({ code: 0 });
  expect(shown.out).toContain(kind === "tool" ? name : `(${name})`);
  // The next kind begins without it.
  home.write(
    "toolcast.config.ts",
    'import { defineConfiguration } from "toolcast";\nexport default defineConfiguration({});\n',
  );
});
