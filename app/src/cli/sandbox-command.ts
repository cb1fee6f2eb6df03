import { systemClock, UsageError } from "@toolcast/core";
import { createDataDirectory } from "../configuration/data-directory.ts";
import { tellSupervisor } from "../server/child-message.ts";
import { isPortTaken } from "../server/ports.ts";
import { stopSignal } from "../server/stop-signal.ts";
import { joinSandbox } from "../shared-sandbox.ts";
import type { CommandContext } from "./command-context.ts";

export interface SandboxCommandOptions {
  port?: string;
  speed?: string;
  data?: string;
}

/**
 * `toolcast sandbox`: runs only the vendors. Prints the variables that point a Toolcast at them, then keeps running.
 */
export async function sandboxCommand(context: CommandContext, options: SandboxCommandOptions): Promise<void> {
  const { output } = context;
  const port = numberOf("port", options.port ?? "0", 0, 65_535, true);
  const speed = numberOf("speed", options.speed ?? "1", 0.01, 1_000, false);
  const stop = stopSignal(false);
  const { startSandbox } = await import("@toolcast/sandbox");
  const sandbox = await startSandbox({ port, speed, dataDirectory: options.data }).catch((error: unknown) => {
    throw isPortTaken(error) ? portTaken(port) : error;
  });
  try {
    output.document({ url: sandbox.url, environment: sandbox.environment });
    output.print(
      Object.entries(sandbox.environment)
        .map(([name, value]) => `${name}=${value}`)
        .join("\n"),
    );
    output.note({
      en: `The sandbox vendors answer at ${sandbox.url} until Ctrl-C. Put the lines above into a .env file to use them.`,
      "zh-CN": `沙箱服务商运行在 ${sandbox.url}，按 Ctrl-C 停止。将以上各行写入 .env 即可使用。`,
    });
    await stop.requested;
  } finally {
    stop.dispose();
    await sandbox.close();
  }
}

/**
 * The sandbox of a supervised installation: it belongs to the data directory and is shared with other processes that
 * use it.
 */
export async function sharedSandboxCommand(context: CommandContext): Promise<void> {
  const { dataDirectory, sandboxSpeed } = await context.configuration();
  createDataDirectory(dataDirectory);
  const stop = stopSignal(true);
  const sandbox = await joinSandbox({ dataDirectory, speed: sandboxSpeed, clock: systemClock });
  try {
    const { url, environment } = sandbox;
    tellSupervisor({ type: "ready", url, port: Number(new URL(url).port), environment });
    await stop.requested;
  } finally {
    stop.dispose();
    await sandbox.close();
    process.disconnect?.();
  }
}

function numberOf(flag: string, text: string, minimum: number, maximum: number, whole: boolean): number {
  const value = Number(text);
  if (/^\d+(?:\.\d+)?$/.test(text) && value >= minimum && value <= maximum && (!whole || Number.isInteger(value))) {
    return value;
  }
  throw new UsageError(
    {
      en: `${text} is not a ${whole ? "whole number" : "number"} from ${minimum} to ${maximum}.`,
      "zh-CN": `${text} 不是 ${minimum} 到 ${maximum} 之间的${whole ? "整数" : "数"}。`,
    },
    flag,
  );
}

function portTaken(port: number): UsageError {
  return new UsageError(
    {
      en: `port ${port} is taken or not allowed. Choose another one, or leave --port out.`,
      "zh-CN": `端口 ${port} 已被占用或无权使用。请换一个端口，或不加 --port。`,
    },
    "port",
  );
}
