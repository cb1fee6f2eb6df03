import type { CommandContext } from "./command-context.ts";

/** `toolcast start`: the server, kept running by a supervisor unless that is switched off. */
export async function startCommand(context: CommandContext, { supervisor }: { supervisor: boolean }): Promise<void> {
  const { output } = context;
  const configuration = await context.configuration();
  const { environment } = context.source;
  if (supervisor) {
    const { supervise } = await import("../server/supervisor.ts");
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
  const [{ runServer }, { tellSupervisor }] = await Promise.all([
    import("../server/run-server.ts"),
    import("../server/child-message.ts"),
  ]);
  await runServer({
    configuration,
    logger: await context.logger(configuration, "info"),
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
