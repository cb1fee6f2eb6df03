import {
  isInitializeRequest,
  type JSONRPCMessage,
  type JSONRPCRequest,
  type McpServer,
} from "@modelcontextprotocol/server";
import type { Json } from "@toolcast/core";
import type { Clock } from "@toolcast/core/engine";
import type { SessionTransport } from "./session-transport.ts";
import type { SharedSession, SharedSessions } from "./shared-sessions.ts";
import type { KeptSubscriptions } from "./subscriptions.ts";

/** How often a process looks for what others have left for the sessions that it has open, in milliseconds. */
const lookEveryMs = 500;
const subscribed = "subscribed ";
const streamEntry = "stream";

/** A session that other processes answer, too, as this one has it. */
export interface PeerSession {
  id: string;
  /** As last read. */
  shared: SharedSession;
  transport: SessionTransport;
  server: McpServer;
  /** The news whose entries have been looked at; null if they have to be looked at again. */
  seen: string | null;
  renewedAt: number;
  subscribe(uris: readonly string[]): void;
}

interface PeerSessionsOptions {
  store: SharedSessions;
  clock: Clock;
  /** Names this process among those that share the sessions. Contains no dot. */
  name: string;
  idleMs: number;
  onError: (error: unknown) => void;
}

/** The sessions of all processes, from the view of one. */
export class PeerSessions {
  readonly #options: PeerSessionsOptions;
  #cancelLook: (() => void) | undefined;
  #isClosed = false;

  constructor(options: PeerSessionsOptions) {
    this.#options = options;
  }

  async find(id: string): Promise<SharedSession | null> {
    return (await this.#options.store.read([id])).get(id) ?? null;
  }

  /** Stores a session that has just begun. */
  async begin(session: PeerSession): Promise<void> {
    await this.#options.store.announce(session.id, session.shared);
    session.renewedAt = this.#options.clock.monotonic();
  }

  async end(id: string): Promise<void> {
    await this.#options.store.end(id);
  }

  /** What a server object needs to keep its client's subscriptions where other processes find them. */
  subscriptionsOf(session: () => PeerSession): KeptSubscriptions & { subscribe(uris: readonly string[]): void } {
    const { store } = this.#options;
    let onChange: (uris: readonly string[]) => void = () => {};
    return {
      async add(uri) {
        await store.set(session().id, subscribed + uri, true);
        await store.announce(session().id, session().shared);
      },
      async remove(uri) {
        await store.remove(session().id, subscribed + uri);
        await store.announce(session().id, session().shared);
      },
      follow(changed) {
        onChange = changed;
      },
      subscribe: (uris) => onChange(uris),
    };
  }

  /** Lets messages that are for another process reach it, and its own those for this one. */
  share(session: PeerSession): void {
    const { store, name } = this.#options;
    session.transport.share({
      name,
      async leave(entry, message) {
        await store.set(session.id, entry, message as unknown as Json);
        await store.announce(session.id, session.shared);
      },
    });
  }

  /** Repeats the client's handshake to a server object that has not seen it. */
  async resume({ id, shared, transport }: PeerSession): Promise<void> {
    const headers = {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "mcp-session-id": id,
    };
    for (const parsedBody of [shared.initialize, { jsonrpc: "2.0", method: "notifications/initialized" }]) {
      const request = new Request("http://localhost/mcp", { method: "POST", headers });
      await (await transport.handleRequest(request, { parsedBody })).text();
    }
  }

  /** Before a request is answered: catches up with what other processes have been told. */
  async catchUp(session: PeerSession, shared: SharedSession): Promise<void> {
    const { store, clock, idleMs } = this.#options;
    session.shared = shared;
    if (clock.monotonic() - session.renewedAt >= idleMs / 4) {
      session.renewedAt = clock.monotonic();
      await store.renew(session.id, shared);
    }
    if (session.seen !== shared.news) {
      session.seen = shared.news;
      await this.#readEntries(session);
    }
  }

  /** The client has opened its stream here: any other has broken, and what it has missed is unknown. */
  async streamOpened(session: PeerSession): Promise<void> {
    const { store, name } = this.#options;
    await store.set(session.id, streamEntry, name);
    await store.announce(session.id, session.shared);
    const entries = await store.entries(session.id);
    for (const uri of subscriptionsIn(entries)) {
      await session.server.server.sendResourceUpdated({ uri });
    }
  }

  /** Looks regularly at the sessions that are in use here, until none is. `ended`: another process has ended it. */
  watch(inUse: () => readonly PeerSession[], ended: (session: PeerSession) => void): void {
    const { clock, store, onError } = this.#options;
    if (this.#isClosed) {
      return;
    }
    this.#cancelLook ??= clock.setTimer(lookEveryMs, async () => {
      try {
        const sessions = inUse();
        const stored = await store.read(sessions.map(({ id }) => id));
        for (const session of sessions) {
          const shared = stored.get(session.id);
          if (shared === undefined) {
            ended(session);
          } else {
            await this.catchUp(session, shared);
          }
        }
      } catch (error) {
        onError(error);
      }
      this.#cancelLook = undefined;
      if (inUse().length > 0) {
        this.watch(inUse, ended);
      }
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelLook?.();
  }

  async #readEntries(session: PeerSession): Promise<void> {
    const { store, name } = this.#options;
    const entries = await store.entries(session.id);
    session.subscribe(subscriptionsIn(entries));
    for (const [entry, value] of entries) {
      if (session.transport.awaits(entry)) {
        await store.remove(session.id, entry);
        session.transport.take(value as unknown as JSONRPCMessage);
      }
    }
    if (session.transport.hasStream && entries.has(streamEntry) && entries.get(streamEntry) !== name) {
      session.transport.closeStandaloneSSEStream();
    }
  }
}

/** A client's handshake; null if this is none. */
export function handshakeIn(body: unknown): JSONRPCRequest | null {
  return isInitializeRequest(body) ? (body as unknown as JSONRPCRequest) : null;
}

function subscriptionsIn(entries: ReadonlyMap<string, Json>): string[] {
  return [...entries.keys()]
    .filter((entry) => entry.startsWith(subscribed))
    .map((entry) => entry.slice(subscribed.length));
}
