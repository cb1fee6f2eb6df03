import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type ClientCapabilities,
  type Implementation,
  type McpServer,
  type ServerContext,
} from "@modelcontextprotocol/server";
import type { Caller } from "@toolcast/core";

/** 2025-era clients shake hands once; 2026 clients identify themselves with every request. */
export type Era = "legacy" | "modern";

/** How one client is connected. */
export interface Connection {
  era: Era;
  transport: "stdio" | "http";
  caller: Caller;
  server: McpServer;
}

/** What a client says about itself. */
export interface ClientFacts {
  name: string;
  version: string;
  capabilities: ClientCapabilities;
}

export const tasksExtension = "io.modelcontextprotocol/tasks";
export const appsExtension = "io.modelcontextprotocol/ui";

/** The client, from what it declared on this request (2026) or when it connected (2025). */
export function clientOf({ era, server }: Pick<Connection, "era" | "server">, context: ServerContext): ClientFacts {
  if (era === "legacy") {
    const info = server.server.getClientVersion();
    return {
      name: info?.name ?? "",
      version: info?.version ?? "",
      capabilities: server.server.getClientCapabilities() ?? {},
    };
  }
  const envelope = (context.mcpReq.envelope ?? {}) as {
    [CLIENT_INFO_META_KEY]?: Implementation;
    [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities;
  };
  const info = envelope[CLIENT_INFO_META_KEY];
  return {
    name: info?.name ?? "",
    version: info?.version ?? "",
    capabilities: envelope[CLIENT_CAPABILITIES_META_KEY] ?? {},
  };
}

export function declaresExtension({ capabilities }: ClientFacts, extension: string): boolean {
  return capabilities.extensions?.[extension] !== undefined;
}

/** Whether the client can show its user a form; a declaration without details means forms. */
export function canBeAsked({ capabilities }: ClientFacts): boolean {
  const { elicitation } = capabilities;
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
}
