import type { McpServer } from "@modelcontextprotocol/server";
import type { Locale, Logger, Runtime, State } from "@toolcast/core";
import type { Clock, Random } from "@toolcast/core/engine";
import type { Era } from "./connection.ts";
import type { TaskSource } from "./task-source.ts";

/** Somebody who may use `/mcp`. */
export interface BearerToken {
  /** Owns the jobs: `mcp:<name>`. */
  name: string;
  /** At least 32 characters. Kept as a hash only. */
  token: string;
}

/** The parts and settings of an MCP server. */
export interface McpOptions {
  /** Started and stopped by its creator. */
  runtime: Runtime;
  /** Usually `systemClock`. */
  clock: Clock;
  /** Usually `systemRandom`: session ids nobody can guess. */
  random: Random;
  /** Receives connecting clients (debug) and internal errors (error). Default: logs nothing. */
  logger?: Logger;
  /** The language of tool descriptions and answers. Default `en`. */
  locale?: Locale;
  /** The version the server reports to clients. Default `0.0.0`. */
  version?: string;
  /**
   * The person whose agent the stdio client is, as a caller id. It may see what they may see (balances and bills, if
   * they are an operator), and they may answer what its jobs are held for. Default: nobody.
   */
  localPerson?: string;
  /** Folders in which local paths are allowed, over stdio only. Default none. */
  folders?: readonly string[];
  /** Who may connect over HTTP. Default none: `/mcp` then answers only on this machine, as `mcp:local`. */
  tokens?: readonly BearerToken[];
  /**
   * The address by which others reach `/mcp`, as they see it: a proxy in front of the listener may terminate HTTPS.
   * Only used with `tokens`; loopback names always work. Default none.
   */
  publicUrl?: string;
  /**
   * Clients, by the name they report, that get resource links in results; `*` for all. Default none: every fact is in
   * the text, and clients that pass a link on to a model's API break the conversation after the work is paid.
   */
  clientsWithLinks?: readonly string[];
  /** Origins of media links, for the card's content security policy. Default none. */
  mediaOrigins?: () => readonly string[];
  /** The card that clients with MCP Apps show, as one HTML document. Default: none is offered. */
  card?: (() => Promise<string>) | undefined;
  /** The largest upload in bytes. Default 500 MB, the largest file a provider accepts. */
  maxUploadBytes?: number;
  /** The most 2025-era HTTP sessions each person may have open. Default 256. */
  maxSessions?: number;
  /** When a session without requests and open streams ends, in milliseconds. Default 30 minutes. */
  sessionIdleMs?: number;
  /**
   * Small state of all processes that answer `/mcp` at one address: any of them then answers any 2025-era session.
   * Default none: a session is known only to the process it began at.
   */
  sharedState?: State;
  /**
   * For tests: adds tools, resources and task sources to every server object before it connects. Default: nothing is
   * added.
   */
  extend?: (server: McpServer, era: Era, tasks: { add(source: TaskSource): void }) => void;
}
