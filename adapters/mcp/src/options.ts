import type { McpServer } from "@modelcontextprotocol/server";
import type { Locale, Logger, Runtime } from "@toolcast/core";
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

/** What an MCP server is made of. */
export interface McpOptions {
  /** Started and stopped by whoever made it. */
  runtime: Runtime;
  /** Usually `systemClock`. */
  clock: Clock;
  /** Usually `systemRandom`: session ids nobody can guess. */
  random: Random;
  /** Gets which clients connect (debug) and what goes wrong here (error). Default: says nothing. */
  logger?: Logger;
  /** The language of tool descriptions and answers. Default `en`. */
  locale?: Locale;
  /** What the server calls itself to clients. Default `0.0.0`. */
  version?: string;
  /**
   * Whose agent the client over stdio is, as a caller id: it may look at what they may look at (balances and bills, where
   * they are an operator), and they may answer what its jobs are held for. Default nobody's who is known.
   */
  localPerson?: string;
  /** Folders that local paths may lead into, over stdio only. Default none. */
  folders?: readonly string[];
  /** Who may connect over HTTP. Default nobody in particular: `/mcp` then is for this machine and owned by `mcp:local`. */
  tokens?: readonly BearerToken[];
  /**
   * The address by which others reach `/mcp`, as they see it: what stands before the listener may have ended https.
   * Only with `tokens`; loopback names always do. Default none.
   */
  publicUrl?: string;
  /**
   * Clients, by the name they give, that get resource links in results; `*` for all. Default none: every fact is in the text,
   * and clients that hand a link on to a model's API break the conversation once the work is paid.
   */
  clientsWithLinks?: readonly string[];
  /** Origins that media links lead to, for the card's content policy. Default none. */
  mediaOrigins?: () => readonly string[];
  /** The card shown by clients with MCP Apps, as one HTML document. Default: none is offered. */
  card?: (() => Promise<string>) | undefined;
  /** The largest upload in bytes. Default 500 MB, the largest file a provider takes. */
  maxUploadBytes?: number;
  /** How many 2025-era HTTP sessions each person may have open. Default 256. */
  maxSessions?: number;
  /** When a session without requests and open streams ends, in milliseconds. Default 30 minutes. */
  sessionIdleMs?: number;
  /** For tests: adds tools, resources and task sources to every server object before it connects. */
  extend?: (server: McpServer, era: Era, tasks: { add(source: TaskSource): void }) => void;
}
