import { McpServer, ProtocolError, ProtocolErrorCode } from "@modelcontextprotocol/server";
import { type Caller, type Locale, silentLogger, type Tool } from "@toolcast/core";
import { say } from "@toolcast/core/surface";
import { registerCard, withoutAppTools } from "./card-registration.ts";
import { createClientLog } from "./client-log.ts";
import { appsExtension, type Connection, clientOf, declaresExtension, type Era, tasksExtension } from "./connection.ts";
import { hookHandlers } from "./handler-hooks.ts";
import { serverIcons } from "./icons.ts";
import { instructions } from "./instructions.ts";
import { registerResources } from "./job-resources.ts";
import { createJobTasks } from "./job-tasks.ts";
import { type OnlyRequest, partsFor } from "./only-request.ts";
import type { McpOptions } from "./options.ts";
import { createPreviews } from "./previews.ts";
import { createPrompts, type ToolPrompt } from "./prompts.ts";
import { announceAll, type KeptSubscriptions, serveSubscriptions } from "./subscriptions.ts";
import { TasksExtension } from "./tasks-extension.ts";
import { type Catalogue, createCatalogue } from "./tool-catalogue.ts";
import { ToolFace } from "./tool-face.ts";

/** The client that a server object serves. */
export interface Serving {
  era: Era;
  transport: "stdio" | "http";
  /** Owns the jobs: `mcp:<name>`. */
  name: string;
  /** The only request it will answer. Left out: any, on a connection. */
  only?: OnlyRequest;
  /** Left out: what the client subscribes to is known to this server object alone. */
  subscriptions?: KeptSubscriptions;
}

/** The client's name when no tokens are configured. */
export const localName = "local";

/** The agent as core's caller: its user comes for the results, so nothing is sent anywhere. */
export function callerNamed(name: string, locale: Locale, of?: string): Caller {
  return {
    id: `mcp:${name}`,
    name,
    locale,
    agent: { of },
    place: { surface: "mcp", conversation: "agent", pulled: true },
    private: true,
  };
}

/**
 * Makes one server object per connection (2025, stdio), with everything on it, or per request (2026 over HTTP), with what
 * that request is about: to register all tools, resources and prompts takes longer than to answer most requests.
 */
export function createServerFactory(options: McpOptions): (serving: Serving) => McpServer {
  const { runtime, clock, locale = "en", version = "0.0.0", card, extend } = options;
  const logger = options.logger ?? silentLogger;
  const logClient = createClientLog(logger);
  const previews = createPreviews(runtime);
  /**
   * By person and transport, because permissions and suggestions differ between people. At most one entry per token.
   */
  const catalogues = new Map<string, Catalogue>();
  const prompts = new Map<string, readonly ToolPrompt[]>();

  /** Reused, because building one takes longer than answering most requests. */
  function catalogueFor(caller: Caller, transport: "stdio" | "http"): Catalogue {
    const key = `${caller.id} ${transport}`;
    const mayUse = (tool: Tool) => runtime.mayUse(tool, caller);
    const catalogue =
      catalogues.get(key) ??
      createCatalogue({
        ...{ tools: runtime.tools, locale, mayUse, transport, withCard: card !== undefined },
        maySave: transport === "stdio" && (options.folders ?? []).length > 0,
      });
    catalogues.set(key, catalogue);
    return catalogue;
  }

  function promptsFor(caller: Caller, catalogue: Catalogue): readonly ToolPrompt[] {
    const made = prompts.get(caller.id) ?? createPrompts(runtime, caller, catalogue);
    prompts.set(caller.id, made);
    return made;
  }

  return ({ era, transport, name, only, subscriptions }) => {
    const caller = callerNamed(name, locale, transport === "stdio" ? options.localPerson : undefined);
    const catalogue = catalogueFor(caller, transport);
    const server = new McpServer(
      { name: "toolcast", title: "Toolcast", version, icons: serverIcons },
      {
        instructions: instructions(catalogue.jobTools, locale),
      },
    );
    // Declared here, because passing them to the constructor would set handlers before they can be wrapped.
    server.server.registerCapabilities({
      tools: { listChanged: false },
      resources: { subscribe: true, listChanged: false },
      prompts: { listChanged: false },
      completions: {},
      ...(era === "modern" ? { extensions: { [tasksExtension]: {} } } : {}),
    });
    const connection: Connection = { era, transport, caller, server };
    const face = new ToolFace({
      runtime,
      clock,
      logger,
      folders: options.folders ?? [],
      clientsWithLinks: options.clientsWithLinks ?? [],
      catalogue,
      previews,
      connection,
    });
    const tasks = new TasksExtension(server);

    hookHandlers(server, {
      list: (inner) => async (request, context) => {
        const client = clientOf(connection, context);
        logClient(client, era);
        const result = await inner(request, context);
        return declaresExtension(client, appsExtension) ? result : withoutAppTools(result);
      },
      call: (inner) => {
        const handle = era === "modern" ? tasks.wrap(inner) : inner;
        return (request, context) => {
          logClient(clientOf(connection, context), era);
          return handle(request, context);
        };
      },
      failed(error) {
        if (error instanceof ProtocolError) {
          return error;
        }
        logger.error({ err: error }, "an MCP request met an unexpected error");
        return new ProtocolError(ProtocolErrorCode.InternalError, say({ key: "failure.internal" }, locale));
      },
    });
    const parts = partsFor(only, catalogue);
    for (const entry of parts.tools) {
      server.registerTool(entry.tool.name, entry.config, (input, context) => face.call(entry, input, context));
    }
    if (parts.resources) {
      registerResources(server, runtime, caller, transport === "stdio");
    }
    if (parts.prompts) {
      for (const prompt of promptsFor(caller, catalogue)) {
        server.registerPrompt(prompt.name, prompt.config, prompt.answer);
      }
    }
    if (card !== undefined && parts.card) {
      registerCard(server, connection, { ...options, card });
    }
    if (era === "modern") {
      tasks.add(createJobTasks({ runtime, clock, catalogue, connection, face }));
      tasks.serve();
      if (transport === "stdio") {
        announceAll(connection, runtime);
      }
    } else {
      serveSubscriptions(connection, runtime, subscriptions);
    }
    extend?.(server, era, tasks);
    return server;
  };
}
