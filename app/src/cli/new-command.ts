import { join } from "node:path";
import { type LocalizedText, UsageError } from "@toolcast/core";
import { findConfigurationFiles } from "../configuration/files.ts";
import { readKnownParts } from "../configuration/known-parts.ts";
import { versionOf } from "../version.ts";
import type { CommandContext } from "./command-context.ts";
import {
  configurationText,
  isPluginName,
  type PluginKind,
  pluginKinds,
  scaffoldPlugin,
  writePlugin,
} from "./plugin-scaffold.ts";

/** `toolcast new <kind> <name>`: a package for a plugin, with tests that pass. Nothing is overwritten. */
export async function newCommand(context: CommandContext, kind: string, name: string): Promise<void> {
  const { output, source } = context;
  if (!isKind(kind)) {
    const kinds = Object.keys(pluginKinds);
    throw new UsageError({
      en: `there is no plugin of the kind ${kind}. Use one of ${kinds.join(", ")}.`,
      "zh-CN": `没有名为 ${kind} 的插件类型，可用的有 ${kinds.join("、")}。`,
    });
  }
  if (!isPluginName(name)) {
    throw wrongName({
      en: `${name} cannot be the name. Use one word of 2 to 30 lower-case letters and digits that begins with a letter, e.g. acme.`,
      "zh-CN": `不能使用名称 ${name}。请使用 2 到 30 个小写字母和数字组成的单词，以字母开头，例如 acme。`,
    });
  }
  const { tools, definitions, adapterDefinitions } = await readKnownParts(
    findConfigurationFiles(source.workingDirectory),
    source.plugins,
  );
  const taken = [
    ...tools.flatMap((tool) => [tool.command, tool.name]),
    ...[...definitions, ...adapterDefinitions].map(({ id }) => id),
    ...["web", "mcp", "cli", "toolcast"],
  ];
  const version = versionOf();
  const files = taken.includes(name) ? null : await scaffoldPlugin(kind, name, { version, locale: output.locale });
  if (files === null) {
    throw wrongName({
      en: `the name ${name} is taken. Choose another one.`,
      "zh-CN": `名称 ${name} 已被占用，请换一个名称。`,
    });
  }
  const folder = `toolcast-${name}`;
  const directory = join(source.workingDirectory, folder);
  await writePlugin(directory, files).catch((error: NodeJS.ErrnoException) => {
    throw cannotMake(directory, error.code ?? "?");
  });
  const { list, ...template } = pluginKinds[kind];
  const tool = "tool" in template ? `${name}Tool` : undefined;
  const configuration = configurationText(name, list, tool, `./${folder}/index.js`);
  const text = {
    en: `${directory} contains ${template.is.en}

Try it:
  cd ${folder}
  npm install
  npm test

Use it, in toolcast.config.ts beside the folder:`,
    "zh-CN": `${directory} 中是${template.is["zh-CN"]}

运行测试：
  cd ${folder}
  npm install
  npm test

在该文件夹旁的 toolcast.config.ts 中使用：`,
  };
  output.print(`${text[output.locale]}\n${configuration.replaceAll(/^(?=.)/gm, "  ")}`);
  output.document({ kind, name, directory, files: [...files.keys()], configuration });
}

function isKind(kind: string): kind is PluginKind {
  return Object.hasOwn(pluginKinds, kind);
}

function wrongName(sentence: LocalizedText): UsageError {
  return new UsageError(sentence);
}

function cannotMake(directory: string, code: string): UsageError {
  return new UsageError(
    code === "EEXIST"
      ? {
          en: `${directory} exists already, and nothing is overwritten. Choose another name, or move it away.`,
          "zh-CN": `${directory} 已存在，不会覆盖。请换一个名称，或先将其移走。`,
        }
      : {
          en: `${directory} cannot be written (${code}). Choose a folder that can be written to.`,
          "zh-CN": `无法写入 ${directory}（${code}）。请选择可以写入的文件夹。`,
        },
  );
}
