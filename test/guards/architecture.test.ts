import { dirname, join } from "node:path";
import { builtInTools } from "@toolcast/core";
import { describe, expect, test } from "vitest";
import { filesBelow, read } from "../repository.ts";
import { verifies } from "../verifies.ts";

/** What each part's code may import of ours; "public doors only" means by the package's name or one of its doors. */
const arrows: Record<string, readonly string[]> = {
  core: [],
  "adapters/discord": ["@toolcast/core"],
  "adapters/langchain": ["@toolcast/core"],
  "adapters/mcp": ["@toolcast/core"],
  "adapters/telegram": ["@toolcast/core"],
  "adapters/slack": ["@toolcast/core"],
  "adapters/web": ["@toolcast/core"],
  sandbox: [],
  app: [
    "@toolcast/core",
    "@toolcast/discord",
    "@toolcast/mcp",
    "@toolcast/web",
    "@toolcast/sandbox",
    "@toolcast/slack",
    "@toolcast/telegram",
  ],
};

/** Core's additional doors; nothing else below a package's name may be imported. */
const doors = new Set(
  ["provider", "surface", "chat", "engine", "browser", "errors"].map((door) => `@toolcast/core/${door}`),
);

const isDoorOfCore = (target: string) => target === "@toolcast/core" || doors.has(target);

const isCode = (path: string) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path);

function importsOf(path: string): string[] {
  return [...read(path).matchAll(/(?:from|import\()\s*["']([^"']+)["']/g)].map(([, target]) => target as string);
}

describe("arrows", () => {
  for (const [part, allowed] of Object.entries(arrows)) {
    test(`${part} imports of ours only ${allowed.join(", ") || "itself"}`, () => {
      verifies("built.arrows");
      const wrong = filesBelow(part, isCode).flatMap((path) =>
        importsOf(path)
          .filter((target) =>
            target.startsWith(".")
              ? !join(dirname(path), target).replaceAll("\\", "/").startsWith(`${part}/`)
              : /^(@toolcast\/|toolcast$)/.test(target) &&
                !allowed.some((name) => target === name || (doors.has(target) && target.startsWith(`${name}/`))),
          )
          .map((target) => `${path} -> ${target}`),
      );
      expect(wrong).toEqual([]);
    });
  }

  test("a provider imports no other provider, and neither tools, jobs, voices nor delivery", () => {
    verifies("built.arrows");
    const wrong = filesBelow("core/src/providers", isCode).flatMap((path) => {
      const own = path.split("/")[3] ?? "";
      const inside = path.split("/").length > 4;
      return importsOf(path)
        .filter((target) => target.startsWith("."))
        .map((target) => join(dirname(path), target).replaceAll("\\", "/"))
        .filter((target) => {
          const [, , area, vendor] = target.split("/");
          const foreign = area === "providers" && /^(spark|xjc|dashscope|openai)$/.test(vendor ?? "") && vendor !== own;
          return (
            inside &&
            (foreign ||
              /^core\/src\/(tools|job|job-view|work|schedule|engine-sqlite|engine-postgres|runtime|chat|surface|voices|delivery)\//.test(
                target,
              ))
          );
        })
        .map((target) => `${path} -> ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  test("a page's code loads nothing of core but the browser's door, which loads no package", () => {
    verifies("built.arrows");
    const loaded = (path: string) =>
      [...read(path).matchAll(/^(?:import|export)(?! type\b)[^;]*? from "([^"]+)"/gm)].map(
        ([, target]) => target as string,
      );
    const pages = ["adapters/web/page", "adapters/mcp/card"].flatMap((part) => filesBelow(part, isCode));
    const inPages = pages.flatMap((path) => loaded(path).map((target) => `${path} -> ${target}`));
    expect(inPages.filter((arrow) => / @toolcast\//.test(arrow) && !arrow.endsWith("/core/browser"))).toEqual([]);
    expect(inPages).toContain("adapters/web/page/strings.ts -> @toolcast/core/browser");

    const reached = new Set<string>();
    const packages: string[] = [];
    const visit = (path: string): void => {
      if (!reached.has(path)) {
        reached.add(path);
        for (const target of loaded(path)) {
          if (target.startsWith(".")) {
            visit(join(dirname(path), target).replaceAll("\\", "/"));
          } else {
            packages.push(`${path} -> ${target}`);
          }
        }
      }
    };
    visit("core/src/browser.ts");
    expect(packages).toEqual([]);
    expect(reached).toContain("core/src/messages/placeholders.ts");
  });

  test("@toolcast/testing imports nothing of ours but the doors of core", () => {
    verifies("built.arrows", "built.plugin-contracts");
    const shipped = new Set<string>();
    const outside: string[] = [];
    const visit = (path: string): void => {
      if (shipped.has(path)) {
        return;
      }
      shipped.add(path);
      for (const target of importsOf(path)) {
        const file = join(dirname(path), target).replaceAll("\\", "/");
        if (target.startsWith(".") && /^test\/(?!fakes|scenarios|system|unit|chaos)/.test(file)) {
          visit(file);
        } else if (target.startsWith(".") || (/^(@toolcast\/|toolcast$)/.test(target) && !isDoorOfCore(target))) {
          outside.push(`${path} -> ${target}`);
        }
      }
    };
    visit("test/testing/src/index.ts");
    expect(outside).toEqual([]);
    expect(shipped).toContain("test/contracts/job-lease-contract.ts");
  });

  test("code that runs from source uses only syntax that Node 22 knows", () => {
    verifies("built.node");
    const wrong = ["core/src", "adapters", "sandbox/src", "app/src", "docs"].flatMap((part) =>
      filesBelow(part, isCode).filter((path) => /^\s*(await )?using \w+ =/m.test(read(path))),
    );
    expect(wrong).toEqual([]);
  });

  test("an adapter names no tool: a new tool touches no adapter", () => {
    verifies("built.tool-is-one-file");
    const named = new RegExp(`["'](${builtInTools.map(({ name }) => name).join("|")})["']`);
    expect(filesBelow("adapters", isCode).filter((path) => named.test(read(path)))).toEqual([]);
  });
});

describe("source", () => {
  const source = ["core", "adapters", "sandbox", "app", "test"].flatMap((part) =>
    filesBelow(part, (path) => /\.tsx?$/.test(path)),
  );

  test("no file is longer than 400 lines, except tables and wire shapes", () => {
    const long = source.filter(
      (path) => !/(^|\/)(catalog|fixtures|generated)\/|wire\.ts$/.test(path) && read(path).split("\n").length > 401,
    );
    expect(long).toEqual([]);
  });

  test("the example of a chat surface is complete in 300 lines", () => {
    verifies("built.plugin-contracts");
    expect(read("docs/examples/toolcast-pinboard/index.js").trimEnd().split("\n").length).toBeLessThanOrEqual(300);
  });

  test("no file is a catch-all", () => {
    expect(source.filter((path) => /(^|\/)(utils?|helpers?|misc|common|shared)(\.[a-z.]+$|\/)/.test(path))).toEqual([]);
  });

  test("a value that may be missing is passed on as it is, except where undefined differs from absent", () => {
    const differs = [
      // `Json` has no undefined values: a place's address, a receipt, a stored handle, a job's input.
      "adapters/discord/src/discord-port.ts",
      "adapters/discord/src/place.ts",
      "adapters/slack/src/slack-port.ts",
      "adapters/telegram/src/telegram-port.ts",
      "core/src/chat/answer.ts",
      "core/src/chat/answers.ts",
      "core/src/tools/clone-voice.ts",
      // It would replace what is there already.
      "core/src/job/transition.ts",
      "core/src/providers/dashscope/portrait.ts",
      // The options of a library, and a request's fields.
      "core/src/media/encode-recording.ts",
      "adapters/telegram/src/alone.ts",
    ];
    /** `value === undefined ? {} : { value }`, `value ? { value } : {}` and `...(value && { value })`. */
    const conditionalFields = [
      /(?<![\w.?])(?<!\|\| )([\w.?]+) === undefined\s*\? \{\}\s*: \{\s*(?:\w+: )?([\w.?]+),?\s*\}/g,
      /(?<![\w.?])(?<!(?:[=<>]=?=?|&&) )([\w.?]+)\s*\? \{\s*(?:\w+: )?([\w.?]+),?\s*\}\s*: \{\}/g,
      /\.\.\.\(([\w.?]+) && \{ (?:\w+: )?([\w.?]+) \}\)/g,
    ];
    const conditional = ["core", "adapters", "app", "sandbox"].flatMap((part) =>
      filesBelow(part, isCode).filter((path) =>
        conditionalFields.some((field) =>
          [...read(path).matchAll(field)].some(([, tested, passed]) => tested === passed),
        ),
      ),
    );
    expect(conditional.toSorted()).toEqual(differs.toSorted());
  });

  test("names that puzzled readers are gone from code; where such a name is stored, it stays", () => {
    const stored = [
      "adapters/telegram/src/albums.ts",
      "core/src/job/job.ts",
      "core/src/job/notice-route.ts",
      "core/src/media/media.ts",
      "core/src/work/keep-output.ts",
    ];
    const naming = ["core", "adapters", "app", "sandbox"].flatMap((part) =>
      filesBelow(part, isCode).filter((path) => {
        const code = read(path)
          .replaceAll(/\/\*[\s\S]*?\*\/|\/\/ .*$/gm, "")
          .replaceAll(/"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g, '""');
        return /\b(told|rungs?|classic|tidy|hands?)\b/.test(code);
      }),
    );
    expect(naming.toSorted()).toEqual(stored);
  });

  test("core uses only the clock and randomness passed to it", () => {
    const wrong = filesBelow("core/src", isCode).filter(
      (path) =>
        !/\/(clock|random)\.ts$/.test(path) &&
        /\b(Date\.now\(|Math\.random\(|setTimeout\(|setInterval\(|new Date\(\)|randomUUID|AbortSignal\.timeout)/.test(
          read(path).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ""),
        ),
    );
    expect(wrong).toEqual([]);
  });
});
