import { describe, expect, test } from "vitest";
import { filesBelow, read } from "../repository.ts";
import { verifies } from "../verifies.ts";

/** Interfaces that callers fill in, recognised by the end of their name. */
const option = /(Options|Limits|Tools|Settings|Request|Filter|Bounds|Ways|Descriptor|Platform|VendorEndpoint)$/;

const isCode = (path: string) => path.endsWith(".ts") && !path.endsWith(".test.ts") && !path.includes("/testing/");
const packages = ["core", "adapters/discord", "adapters/langchain", "adapters/mcp", "adapters/web", "test/testing"];

/** The folders with a package's code; the code of `@toolcast/testing` is in the test folders. */
const sourceOf = (part: string) =>
  part === "test/testing"
    ? filesBelow("test", (path) => /^test\/((contracts|doubles)\/)?[\w-]+\.ts$/.test(path))
    : filesBelow(`${part}/src`, isCode);

/** The option interfaces that a package's doors export. */
function shownOptions(part: string): Set<string> {
  const doors = filesBelow(`${part}/src`).filter((path) => /\/src\/[a-z]+\.ts$/.test(path));
  const names = doors
    .flatMap((path) => [...read(path).matchAll(/export (?:type )?\{([^}]*)\}/g)])
    .flatMap(([, list = ""]) => list.split(","))
    .map((name) => name.trim().replace(/^type /, ""));
  return new Set(names.filter((name) => option.test(name)));
}

/** Fields of those interfaces that have no docstring, as `path Interface.field`. */
function undocumented(part: string): { fields: number; missing: string[] } {
  const shown = shownOptions(part);
  let fields = 0;
  const missing: string[] = [];
  for (const path of sourceOf(part)) {
    let current: string | null = null;
    read(path)
      .split("\n")
      .forEach((line, index, lines) => {
        const name = /^export interface (\w+)/.exec(line)?.[1];
        current = name !== undefined && shown.has(name) ? name : line === "}" ? null : current;
        const field = /^ {2}(?:readonly )?(\w+)\??[(:<]/.exec(line)?.[1];
        if (current !== null && field !== undefined) {
          fields += 1;
          if (!lines[index - 1]?.trim().endsWith("*/")) {
            missing.push(`${path} ${current}.${field}`);
          }
        }
      });
  }
  return { fields, missing };
}

describe("public options", () => {
  test.each(packages)("every option field of %s has a docstring", (part) => {
    verifies("built.option-docs");
    expect(undocumented(part).missing).toEqual([]);
  });

  test("are found by this test", () => {
    expect(packages.reduce((sum, part) => sum + undocumented(part).fields, 0)).toBeGreaterThan(150);
  });
});
