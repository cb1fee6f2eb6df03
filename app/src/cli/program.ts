import type { Locale, Tool } from "@toolcast/core";
import { describeTool, locales } from "@toolcast/core/surface";
import { Argument, Command, Option } from "commander";
import type { AnyAdapter } from "../configuration/built-in-adapters.ts";
import { roles } from "../server/role.ts";
import { versionOf } from "../version.ts";
import { mcpClientNames, pluginKindNames, shellNames } from "./choices.ts";
import type { CommandContext } from "./command-context.ts";
import { type CommandText, commandTexts, helpTitles } from "./command-texts.ts";
import { flagsOf } from "./flags.ts";
import type { McpConfigOptions } from "./mcp-config-command.ts";
import { workName } from "./work-name.ts";

/**
 * Every command. `tools` become the subcommands of `run`, and the one that lists jobs tells `jobs` its states; an adapter
 * with its own commands becomes a command. A command's code is loaded when it runs.
 */
export function buildProgram(
  context: CommandContext,
  tools: readonly Tool[],
  adapters: readonly AnyAdapter[],
): Command {
  const { output } = context;
  const text = (key: CommandText) => commandTexts[key][output.locale];

  /** The setup all commands share, in the person's language. */
  const common = (command: Command): Command =>
    command
      .helpOption("-h, --help", text("help"))
      .addOption(new Option("--json", text("json")))
      .addOption(new Option(`--locale <${locales.join("|")}>`, text("locale")))
      .configureHelp({ styleTitle: (title) => (output.locale === "en" ? title : (helpTitles[title] ?? title)) })
      .configureOutput({
        writeOut: (help) => {
          const said = output.locale === "en" ? help : chineseHelp(help);
          output.print(said);
          output.document({ text: said.trim() });
        },
        writeErr: () => {},
      })
      .exitOverride();

  const program = common(new Command("toolcast"))
    .description(text("program"))
    .version(versionOf(), "-V, --version", text("version"))
    .helpCommand(false)
    .showHelpAfterError(false);
  const add = (parent: Command, name: string, description: string, options?: { hidden: boolean }): Command => {
    const command = common(new Command(name)).description(description).helpCommand(false);
    parent.addCommand(command, options);
    return command;
  };

  add(program, "start", text("start"))
    .addOption(new Option("--no-supervisor", text("noSupervisor")))
    .addOption(new Option(`--role <${roles.join("|")}>`, text("role")).default("all"))
    .action(async (options) => {
      const { startCommand } = await import("./start-command.ts");
      return startCommand(context, options);
    });

  const run = add(program, "run", text("run")).usage("<command> [words...] [--flag value...]");
  for (const tool of tools) {
    const flags = flagsOf(tool, output.locale);
    const command = add(run, tool.command, tool.summary[output.locale])
      .argument("[words...]", text("words"))
      .addOption(new Option("--out <path>", text("runOut")).default("."))
      .addOption(new Option("--wait", text("runWait")))
      .addOption(new Option("--no-wait", text("runNoWait")))
      .addOption(new Option("--key <key>", text("runKey")));
    for (const option of flags.flatMap(({ options }) => options)) {
      command.addOption(option);
    }
    command.action(async (words: string[], options) => {
      const { runTool } = await import("./run-command.ts");
      return runTool(context, tool, flags, words, { ...options, wait: options.wait ?? true });
    });
  }

  add(program, workName, "", { hidden: true }).action(async () => {
    const { workCommand } = await import("./work-command.ts");
    return workCommand(context);
  });

  add(program, "tools", text("tools")).action(async () => {
    const { toolsCommand } = await import("./tools-command.ts");
    return toolsCommand(context);
  });
  add(program, "jobs", text("jobs"))
    .addOption(new Option(`--state <${jobStates(tools, output.locale)}>`, text("jobsState")))
    .addOption(new Option("--limit <number>", text("jobsLimit")))
    .action(async (options) => {
      const { jobsCommand } = await import("./job-commands.ts");
      return jobsCommand(context, options);
    });
  add(program, "job", text("job"))
    .argument("<id>", text("jobId"))
    .addOption(new Option("--wait", text("jobWait")))
    .addOption(new Option("--out <path>", text("jobOut")))
    .addOption(new Option("--press <action>", text("jobPress")))
    .action(async (id: string, options) => {
      const { jobCommand } = await import("./job-commands.ts");
      return jobCommand(context, id, options);
    });
  add(program, "explain", text("explain"))
    .argument("[text...]", text("explainWords"))
    .addOption(new Option("--provider <id>", text("explainProvider")))
    .addOption(new Option("--all", text("explainAll")))
    .action(async (words: string[], options) => {
      const { explainCommand } = await import("./explain-command.ts");
      return explainCommand(context, words, options);
    });
  add(program, "sandbox", text("sandbox"))
    .addOption(new Option("--port <number>", text("sandboxPort")))
    .addOption(new Option("--speed <number>", text("sandboxSpeed")))
    .addOption(new Option("--data <folder>", text("sandboxData")))
    .addOption(new Option("--shared").hideHelp())
    .action(async (options) => {
      const { sandboxCommand, sharedSandboxCommand } = await import("./sandbox-command.ts");
      return options.shared ? sharedSandboxCommand(context) : sandboxCommand(context, options);
    });
  const allow = () =>
    new Option("--allow <folder>", text("mcpAllow")).argParser((folder: string, earlier: string[] = []) => [
      ...earlier,
      folder,
    ]);
  const mcp = add(program, "mcp", text("mcp"))
    .addOption(allow())
    .action(async (options) => {
      const { mcpCommand } = await import("./mcp-command.ts");
      return mcpCommand(context, options);
    });
  add(mcp, "config", text("mcpConfig"))
    .addArgument(oneOf(new Argument("<client>", text("mcpClient")), mcpClientNames))
    .addOption(allow())
    .addOption(new Option("--http [address]", text("mcpHttp")))
    .action(async (client: string, options: McpConfigOptions) => {
      const { mcpConfigCommand } = await import("./mcp-config-command.ts");
      // The parser may assign the folders to either of the two commands.
      const folders = [...(mcp.opts<McpConfigOptions>().allow ?? []), ...(options.allow ?? [])];
      return mcpConfigCommand(context, client, { ...options, allow: folders });
    });
  for (const adapter of adapters) {
    const commands = Object.entries(adapter.commands ?? {});
    // Its name alone would say nothing in the list of commands.
    const about = commands.length === 1 ? commands[0]![1].summary : adapter.title;
    const parent = commands.length === 0 ? null : add(program, adapter.id, about[output.locale]);
    for (const [name, own] of parent === null ? [] : commands) {
      const command = add(parent ?? program, name, own.summary[output.locale]);
      if (own.argument !== undefined) {
        command.argument(`[${own.argument}]`);
      }
      command.action(async (given: unknown) => {
        const { adapterCommand } = await import("./adapter-command.ts");
        return adapterCommand(context, adapter, own, typeof given === "string" ? given : undefined);
      });
    }
  }
  add(program, "release", text("release"))
    .addOption(new Option("--yes", text("releaseYes")))
    .addOption(new Option("--new-key", text("releaseNewKey")))
    .action(async (options) => {
      const { releaseCommand } = await import("./release-command.ts");
      return releaseCommand(context, options);
    });
  add(program, "backup", text("backup"))
    .argument("<file>", text("backupFile"))
    .action(async (file: string) => {
      const { backupCommand } = await import("./backup-commands.ts");
      return backupCommand(context, file);
    });
  add(program, "restore", text("restore"))
    .argument("<file>", text("restoreFile"))
    .action(async (file: string) => {
      const { restoreCommand } = await import("./backup-commands.ts");
      return restoreCommand(context, file);
    });
  add(program, "move", text("move"))
    .addOption(new Option("--to <address>", text("moveTo")))
    .action(async (options) => {
      const { moveCommand } = await import("./move-command.ts");
      return moveCommand(context, options);
    });
  add(program, "doctor", text("doctor")).action(async () => {
    const { doctorCommand } = await import("./doctor-command.ts");
    return doctorCommand(context);
  });
  add(program, "settings", text("settings"))
    .addOption(new Option("--env", text("settingsEnv")))
    .action(async (options) => {
      const { settingsCommand } = await import("./settings-command.ts");
      return settingsCommand(context, options);
    });
  add(program, "new", text("new"))
    .addArgument(oneOf(new Argument("<kind>", text("newKind")), pluginKindNames))
    .argument("<name>", text("newName"))
    .action(async (kind: string, name: string) => {
      const { newCommand } = await import("./new-command.ts");
      return newCommand(context, kind, name);
    });
  add(program, "completion", text("completion"))
    .addArgument(oneOf(new Argument("<shell>", text("completionShell")), shellNames))
    .action(async (shell: string) => {
      const { completionCommand } = await import("./completion-command.ts");
      return completionCommand(context, program, tools, shell);
    });
  return program;
}

/** For the help and for completion; the command itself says what is wrong with another value. */
function oneOf(argument: Argument, values: readonly string[]): Argument {
  return argument.choices([...values]).argParser((value) => value);
}

/** The values of `--state`: those of the tool that lists jobs. */
function jobStates(tools: readonly Tool[], locale: Locale): string {
  const lists = tools.map((tool) => describeTool(tool, locale)).find(({ answers }) => answers === "jobs");
  const field = lists?.fields.find(({ kind }) => kind === "choice");
  return (field?.choices ?? []).map(({ value }) => value).join("|") || "state";
}

/** The texts that the parser itself adds to the help. */
function chineseHelp(help: string): string {
  return help
    .replaceAll("[options]", "[选项]")
    .replaceAll("[command]", "[命令]")
    .replaceAll("(default: ", "（默认：")
    .replaceAll(/（默认：("[^"]*")\)/g, "（默认：$1）")
    .replaceAll(/\(choices: ([^)]*)\)/g, (_, values: string) => `（可选：${values.replaceAll(", ", "、")}）`);
}
