import { tellSupervisor } from "../server/child-message.ts";
import { runServer } from "../server/run-server.ts";
import { supervise } from "../server/supervisor.ts";
import type { CommandContext } from "./command-context.ts";

/** `toolcast start`: the server, kept running by a supervisor unless that is switched off. */
export async function startCommand(context: CommandContext, { supervisor }: { supervisor: boolean }): Promise<void> {
  const { output } = context;
  const configuration = await context.configuration();
  const { environment } = context.source;
  if (supervisor) {
    const code = await supervise({
      configuration,
      environment: { ...environment },
      say: (text) => output.print(text[output.locale]),
      note: (text) => output.note(text),
    });
    context.exitWith(code);
    return;
  }
  const supervised = environment.TOOLCAST_SUPERVISED === "1" && process.send !== undefined;
  await runServer({
    configuration,
    logger: context.logger(configuration, "info"),
    supervised,
    onReady({ url, port }) {
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
