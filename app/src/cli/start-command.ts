import type { Configuration } from "../configuration/configuration.ts";
import { isRole, type Role, roles } from "../server/role.ts";
import type { CommandContext } from "./command-context.ts";
import { refuseUsage } from "./refuse-usage.ts";

export interface StartOptions {
  supervisor: boolean;
  /** As typed. */
  role: string;
}

/** `toolcast start`: the server, kept running by a supervisor unless that is switched off. */
export async function startCommand(context: CommandContext, { supervisor, role: word }: StartOptions): Promise<void> {
  const { output } = context;
  const configuration = await context.configuration();
  const role = await readRole(word, configuration);
  const { environment } = context.source;
  if (supervisor) {
    const { supervise } = await import("../server/supervisor.ts");
    const code = await supervise({
      configuration,
      role,
      environment: { ...environment },
      say: (text) => output.print(text[output.locale]),
      note: (text) => output.note(text),
    });
    context.exitWith(code);
    return;
  }
  const supervised = environment.TOOLCAST_SUPERVISED === "1" && process.send !== undefined;
  const [{ runServer }, { tellSupervisor }, { letYoungGenerationGrow }] = await Promise.all([
    import("../server/run-server.ts"),
    import("../server/child-message.ts"),
    import("../server/young-generation.ts"),
  ]);
  await runServer({
    configuration,
    logger: await context.logger(configuration, "info"),
    ...{ role, supervised },
    onReady({ url, port }) {
      letYoungGenerationGrow();
      if (supervised) {
        tellSupervisor({ type: "ready", url, port });
      } else {
        output.print({ en: `Toolcast is ready: ${url}`, "zh-CN": `Toolcast 已就绪：${url}` }[output.locale]);
      }
    },
  });
  if (supervised) {
    process.disconnect?.();
  }
}

async function readRole(word: string, { databaseUrl }: Pick<Configuration, "databaseUrl">): Promise<Role> {
  if (!isRole(word)) {
    return refuseUsage(
      {
        en: `--role must be one of: ${roles.join(", ")}.`,
        "zh-CN": `--role 只能是以下之一：${roles.join("、")}。`,
      },
      "role",
    );
  }
  if (word !== "all" && databaseUrl === undefined) {
    return refuseUsage(
      {
        en: `--role ${word} needs a database that several servers share: set DATABASE_URL, or leave --role out.`,
        "zh-CN": `--role ${word} 需要由多个服务器共用的数据库：请设置 DATABASE_URL，或去掉 --role。`,
      },
      "role",
    );
  }
  return word;
}
