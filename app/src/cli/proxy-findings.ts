import { connect } from "node:net";
import type { Finding } from "@toolcast/core/provider";
import type { Configuration } from "../configuration/configuration.ts";

const connectTimeoutMs = 10_000;

/** Whether each proxy accepts connections; the next checks show what it lets through. */
export function proxyFindings({
  proxyAddresses,
}: Pick<Configuration, "proxyAddresses">): Promise<(Finding & { subject: string })[]> {
  return Promise.all(
    proxyAddresses.map(async ({ variable, origin }): Promise<Finding & { subject: string }> => {
      const isReached = await takesConnections(new URL(origin));
      return {
        subject: variable,
        level: isReached ? "ok" : "error",
        sentence: isReached
          ? { en: `${origin} takes connections.`, "zh-CN": `${origin} 可以连接。` }
          : {
              en: `${origin} accepts no connections. Check the address and port of ${variable}, or remove it.`,
              "zh-CN": `${origin} 无法连接。请检查 ${variable} 的地址和端口，或删除该变量。`,
            },
      };
    }),
  );
}

function takesConnections({ hostname, port, protocol }: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ""),
      port: Number(port || (protocol === "https:" ? 443 : 80)),
      timeout: connectTimeoutMs,
    });
    const end = (isReached: boolean) => {
      socket.destroy();
      resolve(isReached);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
    socket.once("timeout", () => end(false));
  });
}
