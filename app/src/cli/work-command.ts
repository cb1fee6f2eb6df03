import { tellSupervisor } from "../server/child-message.ts";
import { stopSignal } from "../server/stop-signal.ts";
import type { CommandContext } from "./command-context.ts";
import { openWorkplace } from "./workplace.ts";

/**
 * The work of a command at a terminal, in a process of its own: when the person presses Ctrl-C their prompt is free at
 * once, while a paid start in flight still finishes here.
 */
export async function workCommand(context: CommandContext): Promise<void> {
  const stop = stopSignal(true);
  const workplace = await openWorkplace(context, "work");
  try {
    const url = workplace.localUrl() ?? "";
    tellSupervisor({ type: "ready", url, port: Number(new URL(url).port) });
    await stop.requested;
  } finally {
    stop.dispose();
    await workplace.close();
    process.disconnect?.();
  }
}
