import type { McpServer } from "@modelcontextprotocol/server";
import { type Clock, type Random, randomId } from "@toolcast/core/engine";
import { jsonRpcError } from "./json-rpc-error.ts";
import type { ReadRequest } from "./read-once.ts";
import { SessionTransport } from "./session-transport.ts";
import { whenBodyEnds } from "./when-body-ends.ts";

interface SessionsOptions {
  clock: Clock;
  random: Random;
  /** Creates the server object of a new session. */
  create: (name: string) => McpServer;
  /** Per owner, so that one owner cannot crowd out others. */
  maxSessions: number;
  idleMs: number;
  maxBodyBytes: number;
  /** The answers to a client with an unknown session, and when there are too many. */
  texts: { unknown: string; tooMany: string };
  onError: (error: Error) => void;
}

interface Session {
  owner: string;
  server: McpServer;
  transport: SessionTransport;
  usedAt: number;
  /** The number of answers in progress; a session with any is in use. */
  open: number;
}

/**
 * The connections of 2025-era clients over HTTP. Each has its own server object, so that cancellations, progress and
 * questions reach the call they belong to. Idle ones end, and their number is limited per owner.
 */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #sessions = new Map<string, Session>();
  /** Those whose first request is still being read; without a handshake it never becomes a session. */
  readonly #beginning = new Set<Session>();
  #cancelTimer: (() => void) | undefined;

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  async handle(read: ReadRequest, owner: string): Promise<Response> {
    const id = read.request.headers.get("mcp-session-id");
    if (id === null) {
      return this.#begin(read, owner);
    }
    const session = this.#sessions.get(id);
    // Another person's session is treated like one that does not exist.
    if (session === undefined || session.owner !== owner) {
      return jsonRpcError(404, -32001, this.#options.texts.unknown);
    }
    return this.#answer(session, read);
  }

  async close(): Promise<void> {
    this.#cancelTimer?.();
    await Promise.all([...this.#sessions.keys()].map((id) => this.#end(id)));
  }

  async #begin(read: ReadRequest, owner: string): Promise<Response> {
    const { random, clock, create, maxBodyBytes, texts } = this.#options;
    if (!this.#hasRoom(owner)) {
      return jsonRpcError(503, -32000, texts.tooMany);
    }
    const server = create(owner);
    const transport = new SessionTransport({
      sessionIdGenerator: () => randomId(random, "session"),
      onsessioninitialized: (id) => {
        this.#beginning.delete(session);
        this.#makeRoom(owner);
        this.#sessions.set(id, session);
        this.#watchIdle();
      },
      onsessionclosed: (id) => void this.#sessions.delete(id),
      maxRequestBodySize: maxBodyBytes,
    });
    const session: Session = { owner, server, transport, usedAt: clock.monotonic(), open: 0 };
    this.#beginning.add(session);
    try {
      await server.connect(transport);
      return await this.#answer(session, read);
    } finally {
      this.#beginning.delete(session);
      if (transport.sessionId === undefined) {
        // No session was started: the transport has already answered what was wrong with the request.
        await server.close();
      }
    }
  }

  async #answer(session: Session, { request, parsedBody }: ReadRequest): Promise<Response> {
    session.usedAt = this.#options.clock.monotonic();
    session.open += 1;
    const ended = () => {
      session.open -= 1;
      session.usedAt = this.#options.clock.monotonic();
    };
    try {
      return whenBodyEnds(await session.transport.handleRequest(request, { parsedBody }), ended);
    } catch (error) {
      ended();
      throw error;
    }
  }

  #hasRoom(owner: string): boolean {
    const inUse = [...this.#sessions.values()].filter(({ open }) => open > 0);
    return (
      [...inUse, ...this.#beginning].filter((session) => session.owner === owner).length < this.#options.maxSessions
    );
  }

  /** Closes the one unused for longest, but never one with an open call or stream. */
  #makeRoom(owner: string): void {
    const own = [...this.#sessions].filter(([, session]) => session.owner === owner);
    const [oldest] = own.filter(([, { open }]) => open === 0).sort(([, a], [, b]) => a.usedAt - b.usedAt);
    if (own.length >= this.#options.maxSessions && oldest !== undefined) {
      void this.#end(oldest[0]);
    }
  }

  #watchIdle(): void {
    const { clock, idleMs } = this.#options;
    this.#cancelTimer ??= clock.setTimer(idleMs / 2, () => {
      this.#cancelTimer = undefined;
      for (const [id, { open, usedAt }] of this.#sessions) {
        if (open === 0 && clock.monotonic() - usedAt >= idleMs) {
          void this.#end(id);
        }
      }
      if (this.#sessions.size > 0) {
        this.#watchIdle();
      }
    });
  }

  async #end(id: string): Promise<void> {
    const session = this.#sessions.get(id);
    this.#sessions.delete(id);
    try {
      await session?.server.close();
    } catch (error) {
      this.#options.onError(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
