import { type LocalizedText, systemClock } from "@toolcast/core";
import { type Configuration, sandboxUrlVariable } from "../configuration/configuration.ts";
import { createDataDirectory } from "../configuration/data-directory.ts";
import type { Role } from "./role.ts";
import { stopSignal } from "./stop-signal.ts";
import { type SupervisedChild, superviseChild } from "./supervised-child.ts";

export interface SupervisorOptions {
  configuration: Configuration;
  role: Role;
  environment: NodeJS.ProcessEnv;
  /** To standard output. */
  say: (text: LocalizedText) => void;
  /** To standard error. */
  note: (text: LocalizedText) => void;
}

/**
 * `toolcast start`: keeps the server running, and the sandbox while no keys are set, each in its own process, so that
 * killing one loses nothing. Resolves with the exit code.
 */
export async function supervise({ configuration, role, environment, say, note }: SupervisorOptions): Promise<number> {
  createDataDirectory(configuration.dataDirectory);
  const stop = stopSignal(false);
  const ended = Promise.withResolvers<number>();
  const children: SupervisedChild[] = [];
  const serverEnvironment: NodeJS.ProcessEnv = { ...environment };
  let announced = false;

  const startServer = () => {
    const server = superviseChild({
      command: ["start", "--no-supervisor", "--role", role],
      environment: () => serverEnvironment,
      clock: systemClock,
      onReady: ({ url, port }) => {
        // The same port after every restart, so that the browser's page and the addresses given to vendors stay valid.
        serverEnvironment.PORT = String(port);
        if (announced) {
          note({ en: `Toolcast is back: ${url}`, "zh-CN": `Toolcast 已恢复：${url}` });
        } else {
          announced = true;
          say({ en: `Toolcast is ready: ${url}`, "zh-CN": `Toolcast 已就绪：${url}` });
        }
      },
      onRestart: ({ code, signal }) => {
        const how = signal ?? `exit ${code}`;
        note({
          en: `The server ended (${how}) and is being restarted.`,
          "zh-CN": `服务器已退出（${how}），正在重新启动。`,
        });
      },
      onEnd: (code) => ended.resolve(code),
    });
    // Stopped before the sandbox, because paid starts in flight need their vendor.
    children.unshift(server);
  };

  if (configuration.providers.length === 0) {
    const sandbox = superviseChild({
      command: ["sandbox", "--shared"],
      environment: () => environment,
      clock: systemClock,
      onReady: (ready) => {
        Object.assign(serverEnvironment, ready.environment, { [sandboxUrlVariable]: ready.url });
        if (children.length === 1) {
          startServer();
        }
      },
      onRestart: () => {},
      onEnd: (code) => ended.resolve(code),
    });
    children.push(sandbox);
  } else {
    startServer();
  }

  stop.urgent.addEventListener(
    "abort",
    () => {
      for (const child of children) {
        child.kill();
      }
    },
    { once: true },
  );
  const code = await Promise.race([ended.promise, stop.requested.then(() => null)]);
  if (code === null) {
    note({
      en: "Stopping: requests in flight are allowed to finish. Ctrl-C again stops at once.",
      "zh-CN": "正在停止：等待进行中的请求结束。再按一次 Ctrl-C 立即停止。",
    });
  }
  for (const child of children) {
    await child.stop();
  }
  stop.dispose();
  return code ?? 0;
}
