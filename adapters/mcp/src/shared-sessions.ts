import type { JSONRPCRequest } from "@modelcontextprotocol/server";
import type { Json, State } from "@toolcast/core";
import { type Random, randomId } from "@toolcast/core/engine";

/** What every process has to know about a session to go on with it. */
export interface SharedSession {
  owner: string;
  /** The client's handshake, which a process that does not know the session repeats to itself. */
  initialize: JSONRPCRequest;
  /** Another value whenever something has been left for the processes that have the session open. */
  news: string;
}

/**
 * Sessions of 2025-era clients in small state, so that any process behind a load balancer answers the next request of
 * each. Beside its record a session has entries: what it is subscribed to, and messages from the process that received
 * them to the one that waits for them.
 */
export class SharedSessions {
  readonly #state: State;
  readonly #random: Random;
  readonly #idleMs: number;

  constructor({ state, random, idleMs }: { state: State; random: Random; idleMs: number }) {
    this.#state = state;
    this.#random = random;
    this.#idleMs = idleMs;
  }

  /** Those of the given ids that have not ended. */
  async read(ids: readonly string[]): Promise<Map<string, SharedSession>> {
    const found = ids.length === 0 ? [] : await this.#records().getMany<SharedSession>([...ids]);
    return new Map(ids.flatMap((id, index) => (found[index] === undefined ? [] : [[id, found[index]]])));
  }

  /** Stores a session, or keeps it for another idle time, and makes every process that has it open look at its entries. */
  async announce(id: string, { owner, initialize }: Omit<SharedSession, "news">): Promise<void> {
    const news = randomId(this.#random, "news");
    await this.#records().set(id, { owner, initialize, news } satisfies SharedSession, this.#idleMs);
  }

  /** Keeps a session, and its entries with it, for another idle time. */
  async renew(id: string, session: Omit<SharedSession, "news">): Promise<void> {
    const entries = await this.entries(id);
    await Promise.all([...entries].map(([entry, value]) => this.set(id, entry, value)));
    await this.announce(id, session);
  }

  async end(id: string): Promise<void> {
    await this.#records().delete(id);
    await this.#entries(id).clear();
  }

  async set(id: string, entry: string, value: Json): Promise<void> {
    // Longer than the session, whose record is renewed after this.
    await this.#entries(id).set(entry, value, 2 * this.#idleMs);
  }

  async remove(id: string, entry: string): Promise<void> {
    await this.#entries(id).delete(entry);
  }

  async entries(id: string): Promise<Map<string, Json>> {
    const found = new Map<string, Json>();
    for await (const [entry, value] of this.#entries(id).iterator?.(undefined) ?? []) {
      found.set(entry, value);
    }
    return found;
  }

  #records() {
    return this.#state.keyv("mcp-sessions");
  }

  #entries(id: string) {
    return this.#state.keyv(`mcp-session-${id}`);
  }
}
