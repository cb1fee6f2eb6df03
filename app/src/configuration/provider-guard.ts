import type { LocalizedText } from "@toolcast/core";
import { ConfigurationError } from "./configuration-error.ts";
import type { AnyProvider } from "./definition-settings.ts";
import { reasonOf, wrongPartOf } from "./plugin-problems.ts";
import { providerResults } from "./plugin-shape.ts";

/** A plugin's provider whose functions report the plugin as the cause when they throw or return something invalid. */
export function guarded(definition: AnyProvider): AnyProvider {
  return {
    ...definition,
    hosts: (settings) => checked(definition, "hosts", () => definition.hosts(settings)),
    onLoopback: (settings) => checked(definition, "onLoopback", () => definition.onLoopback(settings)),
    limits: (settings) => checked(definition, "limits", () => definition.limits(settings)),
    create: (settings, tools) => checked(definition, "create", () => definition.create(settings, tools)),
  };
}

function checked<Result>(definition: AnyProvider, part: keyof typeof providerResults, work: () => Result): Result {
  let result: Result;
  try {
    result = work();
  } catch (error) {
    const reason = reasonOf(error);
    throw faulty(definition, { en: `${part} threw ${reason}`, "zh-CN": `${part} 抛出 ${reason}` });
  }
  const wrong = wrongPartOf(providerResults[part], result);
  if (wrong !== null) {
    const where = [part, ...wrong.path].map(String).join(".");
    throw faulty(definition, {
      en: `what ${part} returns is wrong at ${where}: ${wrong.expected.en}`,
      "zh-CN": `${part} 的返回值在 ${where} 处有误：${wrong.expected["zh-CN"]}`,
    });
  }
  return result;
}

function faulty({ id }: AnyProvider, what: LocalizedText): ConfigurationError {
  return new ConfigurationError([
    {
      variable: "toolcast.config",
      sentence: {
        en: `The provider ${id} that toolcast.config adds does not work: ${what.en}. Correct its package or remove it from toolcast.config.`,
        "zh-CN": `toolcast.config 添加的服务商 ${id} 无法使用：${what["zh-CN"]}。请修正其软件包，或从 toolcast.config 中移除。`,
      },
    },
  ]);
}
