import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Locale, LocalizedText } from "@toolcast/core";
import type { pluginKindNames } from "./choices.ts";

/** What a plugin can be, by the word of the command line. */
export type PluginKind = (typeof pluginKindNames)[number];

interface Template {
  /** The example package that the new one begins as: it is complete, and its tests run with ours. */
  example: string;
  /** The example's name, and how it is called in prose. */
  name: string;
  titles: readonly string[];
  /** Whether its tool is called something else than the package. */
  tool?: string;
  /** The list of `defineConfiguration` it belongs to. */
  list: string;
  is: LocalizedText;
}

export const pluginKinds = {
  tool: {
    ...{ example: "toolcast-postcard", name: "postcard", titles: ["Postcard", "明信片"], list: "tools" },
    is: {
      en: "a tool with one step. Change its inputs, its steps and its texts in `index.js`.",
      "zh-CN": "一个只有一步的工具。请在 `index.js` 中修改它的输入、步骤和文字。",
    },
  },
  provider: {
    ...{ example: "toolcast-inkpress", name: "inkpress", titles: ["Inkpress", "墨印工坊"], list: "providers" },
    tool: "poster",
    is: {
      en: "a provider of posters with a tool for them. Put your vendor's addresses, requests and codes into `index.js`, and how it answers into `test/vendor.ts`.",
      "zh-CN":
        "一个制作海报的服务商，以及相应的工具。请在 `index.js` 中填写您的服务商的地址、请求和错误码，在 `test/vendor.ts` 中填写它如何应答。",
    },
  },
  surface: {
    ...{ example: "toolcast-pinboard", name: "pinboard", titles: ["Pinboard", "留言板"], list: "adapters" },
    is: {
      en: "a chat platform of plain messages with buttons. Put your platform's events and calls into `index.js`, and how it behaves into `test/board.ts`.",
      "zh-CN":
        "一个由纯文本消息和按钮组成的聊天平台。请在 `index.js` 中填写您的平台的事件和调用，在 `test/board.ts` 中填写它的行为。",
    },
  },
} as const satisfies Record<PluginKind, Template>;

/** Words of the language that no constant can have as its name. */
const reserved = new Set(
  "arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof undefined var void while with yield".split(
    " ",
  ),
);

/** Where the examples are: in the repository, or beside the compiled program. */
function templateFolder(example: string): string {
  const places = ["../templates/", "../../../docs/examples/"].map((place) =>
    fileURLToPath(new URL(place + example, import.meta.url)),
  );
  return places.find((place) => existsSync(place))!;
}

/** One word in lower case, because it becomes a constant, a command and the beginning of variables. */
export function isPluginName(name: string): boolean {
  return /^[a-z][a-z0-9]{1,29}$/.test(name) && !reserved.has(name);
}

/**
 * The files of a new package, by path. Null if the name is a word of its code already, and could not be told from it.
 */
export async function scaffoldPlugin(
  kind: PluginKind,
  name: string,
  { version, locale }: { version: string; locale: Locale },
): Promise<Map<string, string> | null> {
  const template: Template = pluginKinds[kind];
  const folder = templateFolder(template.example);
  const paths = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  const files = new Map<string, string>();
  for (const path of paths.sort()) {
    const text = await readFile(join(folder, path), "utf8");
    if (name !== template.name && new RegExp(`\\b${name}\\b`).test(text)) {
      return null;
    }
    files.set(
      path,
      path === "package.json" ? packageText(text, template, name, version) : renamed(text, template, name),
    );
  }
  files.set("README.md", readmeText(template, name, locale));
  return files;
}

function renamed(text: string, { name: from, titles, tool }: Template, name: string): string {
  const title = capitalised(name);
  // Comments for our own linter.
  const plain = text.replaceAll(/^\s*\/\/ biome-ignore .*\n/gm, "");
  let result = titles.reduce((given, old) => given.replaceAll(old, title), plain);
  if (tool !== undefined) {
    result = result
      .replaceAll(`make${capitalised(tool)}`, `${name}Tool`)
      .replaceAll(`"make_${tool}"`, `"make_${name}"`)
      .replaceAll(`command: "${tool}"`, `command: "${name}"`);
  }
  return result.replaceAll(from, name).replaceAll(from.toUpperCase(), name.toUpperCase());
}

function packageText(text: string, template: Template, name: string, version: string): string {
  // Under which licence it is given away is for its author to decide.
  const { license: _license, ...description } = JSON.parse(renamed(text, template, name));
  for (const group of ["peerDependencies", "devDependencies"]) {
    for (const ours of ["@toolcast/core", "@toolcast/testing"]) {
      if (description[group][ours] !== undefined) {
        description[group][ours] = `^${version}`;
      }
    }
  }
  return `${JSON.stringify({ ...description, version: "0.1.0" }, null, 2)}\n`;
}

function readmeText({ is, list, tool }: Template, name: string, locale: Locale): string {
  const text = {
    en: `For Toolcast: ${is.en}`,
    "zh-CN": `用于 Toolcast：${is["zh-CN"]}`,
  };
  const tests = {
    en: "The tests keep the contracts of `@toolcast/testing`:",
    "zh-CN": "测试使用 `@toolcast/testing` 中的契约：",
  };
  const use = {
    en: "To use it, list it in the `toolcast.config.ts` of your installation:",
    "zh-CN": "使用时，请将它列入您的 `toolcast.config.ts`：",
  };
  return `# toolcast-${name}

${text[locale]}

${tests[locale]}

\`\`\`
npm install
npm test
\`\`\`

${use[locale]}

\`\`\`ts
${configurationText(name, list, tool === undefined ? undefined : `${name}Tool`, `toolcast-${name}`)}
\`\`\`
`;
}

/** A `toolcast.config` with nothing but the new package. */
export function configurationText(name: string, list: string, tool: string | undefined, from: string): string {
  const names = tool === undefined ? name : `${name}, ${tool}`;
  const importLine = (what: string, source: string) => `import { ${what} } from "${source}";`;
  return `${importLine("defineConfiguration", "toolcast")}
${importLine(names, from)}

export default defineConfiguration({ ${list}: [${name}]${tool === undefined ? "" : `, tools: [${tool}]`} });`;
}

/** Writes the package; fails with `EEXIST` if the folder exists. */
export async function writePlugin(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  await mkdir(folder);
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text, { flag: "wx" });
  }
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
