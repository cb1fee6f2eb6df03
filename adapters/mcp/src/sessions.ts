import type { McpServer } from "@modelcontextprotocol/server";
import { type Clock, type Random, randomId } from "@toolcast/core/engine";
import { jsonRpcError } from "./json-rpc-error.ts";
import { handshakeIn, type PeerSession, type PeerSessions } from "./peer-sessions.ts";
import { type ReadRequest, readWhole } from "./read-once.ts";
import { SessionTransport } from "./session-transport.ts";
import type { SharedSession } from "./shared-sessions.ts";
import type { KeptSubscriptions } from "./subscriptions.ts";
import { onceBodyBegins, whenBodyEnds } from "./when-body-ends.ts";

interface SessionsOptions {
  clock: Clock;
  random: Random;
  /** Creates the server object of a new session. */
  create: (name: string, subscriptions?: KeptSubscriptions) => McpServer;
  /** Per owner, so that one owner cannot crowd out others. */
  maxSessions: number;
  idleMs: number;
  maxBodyBytes: number;
  /** The answers to a client with an unknown session, and when there are too many. */
  texts: { unknown: string; tooMany: string };
  onError: (error: Error) => void;
  /** Other processes that answer the same sessions. Left out: a session is known to this process alone. */
  peers: PeerSessions | undefined;
}

interface Session {
  owner: string;
  server: McpServer;
  transport: SessionTransport;
  usedAt: number;
  /** The number of answers in progress; a session with any is in use. */
  open: number;
  /** As other processes know it. */
  peer: PeerSession | undefined;
}

/**
 * The connections of 2025-era clients over HTTP. Each has its own server object, so that cancellations, progress and
 * questions reach the call they belong to. Idle ones end, and their number is limited per owner. With peers, each process
 * that a session's requests reach has a server object for it, made when the first one arrives.
 */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #sessions = new Map<string, Session>();
  /** Those whose first request is still being read; without a handshake it never becomes a session. */
  readonly #beginning = new Set<{ owner: string }>();
  /** Sessions of other processes that are being taken up. */
  readonly #resuming = new Map<string, Promise<Session>>();
  #cancelTimer: (() => void) | undefined;

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  async handle(read: ReadRequest, owner: string): Promise<Response> {
    const { peers, texts } = this.#options;
    const id = read.request.headers.get("mcp-session-id");
    if (id === null) {
      return this.#begin(read, owner);
    }
    const shared = await peers?.find(id).catch((error: unknown) => {
      if (this.#sessions.has(id)) {
        // While the store is away, whoever knows the session answers.
        return undefined;
      }
      throw error;
    });
    let session = this.#sessions.get(id);
    if (shared === null && session !== undefined) {
      // Ended at another process.
      await this.#end(id);
      session = undefined;
    }
    // Another person's session is treated like one that does not exist.
    if ((session ?? shared)?.owner !== owner) {
      return jsonRpcError(404, -32001, texts.unknown);
    }
    if (session === undefined && shared != null) {
      if (!this.#hasRoom(owner)) {
        return jsonRpcError(503, -32000, texts.tooMany);
      }
      session = await this.#resume(id, shared);
    }
    if (session?.peer !== undefined && shared != null) {
      await peers?.catchUp(session.peer, shared);
    }
    return session === undefined ? jsonRpcError(404, -32001, texts.unknown) : this.#answer(session, read);
  }

  async close(): Promise<void> {
    this.#cancelTimer?.();
    this.#options.peers?.close();
    await Promise.all([...this.#sessions.keys()].map((id) => this.#end(id)));
  }

  async #begin(read: ReadRequest, owner: string): Promise<Response> {
    const { random, texts, peers, maxBodyBytes } = this.#options;
    if (!this.#hasRoom(owner)) {
      return jsonRpcError(503, -32000, texts.tooMany);
    }
    const place = { owner };
    this.#beginning.add(place);
    let session: Session | undefined;
    let isBegun = false;
    let failure: unknown = null;
    const id = randomId(random, "session");
    const begun = (which: Session) => {
      isBegun = true;
      this.#beginning.delete(place);
      this.#add(id, which);
    };
    try {
      const whole = peers === undefined ? read : await readWhole(read, maxBodyBytes);
      const initialize = peers === undefined ? null : handshakeIn(whole.parsedBody);
      const made = this.#create(owner, id, initialize === null ? null : { owner, initialize, news: "" }, () =>
        made.peer === undefined
          ? begun(made)
          : peers
              ?.begin(made.peer)
              .then(() => begun(made))
              .catch((error: unknown) => {
                failure = error;
              }),
      );
      session = made;
      await this.#connect(made);
      const response = await this.#answer(made, whole);
      if (failure !== null) {
        throw failure;
      }
      return response;
    } finally {
      this.#beginning.delete(place);
      if (!isBegun) {
        // No session was started: the transport has already answered what was wrong with the request.
        await session?.server.close();
      }
    }
  }

  /** Takes up a session that began at another process; once, however many of its requests arrive. */
  #resume(id: string, shared: SharedSession): Promise<Session> {
    const resuming =
      this.#resuming.get(id) ??
      (async () => {
        const session = this.#create(shared.owner, id, shared, () => {});
        await this.#connect(session);
        await (session.peer && this.#options.peers?.resume(session.peer));
        this.#add(id, session);
        return session;
      })().finally(() => this.#resuming.delete(id));
    this.#resuming.set(id, resuming);
    return resuming;
  }

  #create(
    owner: string,
    id: string,
    shared: SharedSession | null,
    onBegun: () => Promise<void> | undefined | void,
  ): Session {
    const { clock, create, maxBodyBytes, peers } = this.#options;
    const subscriptions = shared === null ? undefined : peers?.subscriptionsOf(() => session.peer as PeerSession);
    const server = create(owner, subscriptions);
    const transport = new SessionTransport({
      sessionIdGenerator: () => id,
      onsessioninitialized: onBegun,
      onsessionclosed: async (ended) => {
        this.#sessions.delete(ended);
        await peers?.end(ended);
      },
      maxRequestBodySize: maxBodyBytes,
    });
    const peer =
      shared === null || subscriptions === undefined
        ? undefined
        : {
            ...{ id, shared, transport, server, seen: null, renewedAt: clock.monotonic() },
            subscribe: subscriptions.subscribe,
          };
    const session: Session = { owner, server, transport, usedAt: clock.monotonic(), open: 0, peer };
    return session;
  }

  async #connect({ server, transport, peer }: Session): Promise<void> {
    await server.connect(transport);
    if (peer !== undefined) {
      this.#options.peers?.share(peer);
    }
  }

  #add(id: string, session: Session): void {
    this.#makeRoom(session.owner);
    this.#sessions.set(id, session);
    this.#watchIdle();
  }

  async #answer(session: Session, { request, parsedBody }: ReadRequest): Promise<Response> {
    const { clock, peers } = this.#options;
    const { peer } = session;
    session.usedAt = clock.monotonic();
    session.open += 1;
    const ended = () => {
      session.open -= 1;
      session.usedAt = clock.monotonic();
    };
    try {
      const response = await session.transport.handleRequest(request, { parsedBody });
      if (peer !== undefined && peers !== undefined) {
        if (request.method === "GET" && response.status === 200) {
          await peers.streamOpened(peer);
        }
        // What is for this request may have been left before it arrived.
        peer.seen = null;
        this.#watchPeers();
      }
      return request.method === "POST" ? await onceBodyBegins(response, ended) : whenBodyEnds(response, ended);
    } catch (error) {
      ended();
      throw error;
    }
  }

  #watchPeers(): void {
    const inUse = () => [...this.#sessions.values()].flatMap(({ open, peer }) => (open > 0 && peer ? [peer] : []));
    this.#options.peers?.watch(inUse, ({ id }) => void this.#end(id));
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

  /** Closes this process's server object. Other processes may go on with the session. */
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
