import { pathToFileURL } from "node:url";
import type { LocalizedText } from "@toolcast/core";
import { resolveOwnPackages } from "../own-packages.ts";
import { ConfigurationError } from "./configuration-error.ts";
import type { Plugins } from "./define-configuration.ts";
import { acceptModuleSyntax } from "./module-syntax.ts";
import { reasonOf, wrongPartOf } from "./plugin-problems.ts";
import { pluginsShape } from "./plugin-shape.ts";
import { guarded } from "./provider-guard.ts";

/** Runs the configuration file and returns what it adds. */
export async function loadPlugins(path: string): Promise<Plugins> {
  let loaded: { default?: unknown };
  resolveOwnPackages();
  acceptModuleSyntax(path);
  try {
    loaded = await import(pathToFileURL(path).href);
  } catch (error) {
    const reason = reasonOf(error);
    throw fileProblem(path, { en: `does not load: ${reason}`, "zh-CN": `无法加载：${reason}` });
  }
  const given = loaded.default ?? null;
  const wrong = wrongPartOf(pluginsShape, given);
  if (wrong !== null) {
    const where = placeOf(given, wrong.path);
    throw fileProblem(path, {
      en: `must export default defineConfiguration({ tools, providers, adapters }); ${where} is wrong: ${wrong.expected.en}`,
      "zh-CN": `须使用 export default defineConfiguration({ tools, providers, adapters })；${where} 有误：${wrong.expected["zh-CN"]}`,
    });
  }
  const { tools, providers, adapters } = given as Plugins;
  return {
    tools,
    providers: providers?.map((definition) => guarded(definition)),
    adapters,
  };
}

/** The part that is wrong, with the tool's or provider's own name instead of its position in a list. */
function placeOf(given: unknown, path: readonly PropertyKey[]): string {
  const [list, index] = path;
  if (list === undefined) {
    return "export default";
  }
  const lists = given as Record<PropertyKey, Record<PropertyKey, { name?: unknown; id?: unknown }> | undefined>;
  const part = index === undefined ? undefined : lists[list]?.[index];
  const own = part?.name ?? part?.id;
  return `${path.map(String).join(".")}${typeof own === "string" && path.length > 2 ? ` (${own})` : ""}`;
}

function fileProblem(path: string, what: LocalizedText): ConfigurationError {
  return new ConfigurationError([
    {
      variable: "toolcast.config",
      sentence: {
        en: `${path} ${what.en}. Correct the file or remove it.`,
        "zh-CN": `${path} ${what["zh-CN"]}。请改正或删除该文件。`,
      },
    },
  ]);
}
