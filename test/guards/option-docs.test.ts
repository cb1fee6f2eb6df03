import { describe, expect, test } from "vitest";
import { filesBelow, read } from "../repository.ts";
import { verifies } from "../verifies.ts";

/** Interfaces that callers, plugins and adapters fill in, recognised by the end of their name, or by the name. */
const option =
  /(Options|Limits|Tools|Settings?|Request|Filter|Bounds|Ways|Descriptor|Platform|VendorEndpoint|Definition|Port|Surface|Field|Tool|Step|Operation|Instance|Kit)$|^(Admission|Balance|Caller|CatalogRow|Charge|Delivery|Failure|Message|MessageAction|MessageMedia|Output|Place|ToolAnswer|OfferedFile|FileClaim|VendorRecord|VoiceAddress)$/;

/** How a docstring says what happens if a member is left out. */
const saysDefault = /\b([Dd]efault|Left out|Without (it|one)|[Uu]nless set)\b/;

/** How a docstring, or a name, says the unit or range of a number. */
const saysRange =
  /\b(from|at least|most|up to|longest|lowest|largest|milliseconds|seconds|bytes|characters|pixels|hertz|days|epoch|whole number|how many)\b/i;
const namesUnit = /(Ms|Bytes|Pixels|Hz|Days)$/;

const isCode = (path: string) => path.endsWith(".ts") && !path.endsWith(".test.ts") && !path.includes("/testing/");
const packages = [
  "app",
  "core",
  "adapters/discord",
  "adapters/langchain",
  "adapters/mcp",
  "adapters/slack",
  "adapters/telegram",
  "adapters/web",
  "test/testing",
];

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

interface Member {
  /** `path Interface.member`. */
  where: string;
  name: string;
  isOptional: boolean;
  isNumber: boolean;
  docstring: string;
}

/** The members of those interfaces. */
function members(part: string): Member[] {
  const shown = shownOptions(part);
  return sourceOf(part).flatMap((path) => {
    const lines = read(path).split("\n");
    let current: string | null = null;
    return lines.flatMap((line, index): Member[] => {
      const interfaceName = /^(?:export )?interface (\w+)/.exec(line)?.[1];
      if (interfaceName !== undefined) {
        current = shown.has(interfaceName) ? interfaceName : null;
      } else if (line === "}") {
        current = null;
      }
      const [, name, mark, after = ""] = /^ {2}(?:readonly )?(\w+)(\??)([(:<].*)/.exec(line) ?? [];
      return current === null || name === undefined
        ? []
        : [
            {
              where: `${path} ${current}.${name}`,
              name,
              isOptional: mark === "?",
              isNumber: after.startsWith(":") && /\bnumber\b/.test(after) && !after.includes("=>"),
              docstring: docstringAbove(lines, index),
            },
          ];
    });
  });
}

/** The docstring that ends just above a line; empty if there is none. */
function docstringAbove(lines: readonly string[], index: number): string {
  const above = lines.slice(0, index);
  return above.at(-1)?.trim().endsWith("*/")
    ? above
        .slice(above.findLastIndex((line) => /\/\*\*/.test(line)))
        .join(" ")
        .replaceAll(/\s*\*\s/g, " ")
    : "";
}

const named = (found: readonly Member[]) => found.map(({ where }) => where);

describe("public options", () => {
  test.each(packages)("every option field of %s has a docstring", (part) => {
    verifies("built.option-docs");
    expect(named(members(part).filter(({ docstring }) => docstring === ""))).toEqual([]);
  });

  test.each(packages)("every optional one of %s says its default, or what leaving it out means", (part) => {
    verifies("built.option-docs");
    const optional = members(part).filter(({ isOptional }) => isOptional);
    expect(named(optional.filter(({ docstring }) => !saysDefault.test(docstring)))).toEqual([]);
  });

  test.each(packages)("every number of %s says its unit or range", (part) => {
    verifies("built.option-docs");
    const numbers = members(part).filter(({ isNumber }) => isNumber);
    expect(named(numbers.filter(({ name, docstring }) => !namesUnit.test(name) && !saysRange.test(docstring)))).toEqual(
      [],
    );
  });

  test("are found by this test", () => {
    const all = packages.flatMap(members);
    expect(all.length).toBeGreaterThan(350);
    expect(all.filter(({ isOptional }) => isOptional).length).toBeGreaterThan(180);
    expect(all.filter(({ isNumber }) => isNumber).length).toBeGreaterThan(40);
  });
});
