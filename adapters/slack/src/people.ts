import type { Logger } from "@toolcast/core";
import type { Outbox } from "@toolcast/core/chat";
import { type Clock, sleep } from "@toolcast/core/engine";
import type { Person } from "./person.ts";
import type { SlackApi } from "./slack-api.ts";
import { methodBudget, readFailure } from "./slack-failure.ts";

const keptMs = 5 * 60_000;
/** The most people remembered at a time. */
const remembered = 5_000;
/** How long a lookup is retried while Slack asks to wait. */
const patienceMs = 10 * 60_000;

/** The people of the workspace, each looked up at most once in five minutes. */
export class People {
  readonly #options: { api: SlackApi; outbox: Outbox; clock: Clock; logger: Logger; team: () => string };
  readonly #known = new Map<string, { person: Person; at: number }>();
  readonly #asked = new Map<string, Promise<Person>>();
  #groups: { members: Map<string, string[]>; at: number } | undefined;
  #askedGroups: Promise<Map<string, string[]>> | undefined;

  constructor(options: { api: SlackApi; outbox: Outbox; clock: Clock; logger: Logger; team: () => string }) {
    this.#options = options;
  }

  /** What is known without a request. For the language of a first answer, outdated knowledge is better than none. */
  known(user: string): Person | undefined {
    return this.#known.get(user)?.person;
  }

  /** The person, if Slack answers within that time; otherwise what is known already. */
  async soon(user: string, withinMs: number): Promise<Person | undefined> {
    const patience = new AbortController();
    const late = sleep(this.#options.clock, withinMs, patience.signal).catch(() => {});
    await Promise.race([this.of(user).catch(() => {}), late]);
    patience.abort();
    return this.known(user);
  }

  /** Waits while Slack asks to; rejects when it gives no answer. */
  of(user: string): Promise<Person> {
    const known = this.#known.get(user);
    if (known !== undefined && this.#options.clock.now() - known.at < keptMs) {
      return Promise.resolve(known.person);
    }
    const asked = this.#asked.get(user) ?? this.#ask(user).finally(() => this.#asked.delete(user));
    this.#asked.set(user, asked);
    return asked;
  }

  async #ask(user: string): Promise<Person> {
    const { api, clock, team } = this.#options;
    const [{ name, locale, isStranger, isGuest, teams }, members] = await Promise.all([
      this.#patiently(() => api.profile(user), "person"),
      this.#members(),
    ]);
    // Somebody of the same organisation may belong to its other workspaces only.
    const isForeign = isStranger || (teams.length > 0 && !teams.includes(team()));
    const person: Person = {
      ...{ name, locale, kind: isForeign ? "stranger" : isGuest ? "guest" : "member" },
      groups: members.get(user) ?? [],
    };
    this.#known.delete(user);
    this.#known.set(user, { person, at: clock.now() });
    if (this.#known.size > remembered) {
      const [oldest = ""] = this.#known.keys();
      this.#known.delete(oldest);
    }
    return person;
  }

  /** The groups of each person. None if the bot has no permission to read them: then no rule grants access by group. */
  async #members(): Promise<Map<string, string[]>> {
    const { clock, api, logger } = this.#options;
    if (this.#groups !== undefined && clock.now() - this.#groups.at < keptMs) {
      return this.#groups.members;
    }
    this.#askedGroups ??= this.#patiently(() => api.groups(), "groups")
      .catch((error: unknown) => {
        const failure = readFailure(error);
        if (failure.kind !== "refused") {
          throw error;
        }
        logger.warn({ reason: failure.detail }, "user groups cannot be read");
        return [];
      })
      .then((groups) => {
        const members = new Map<string, string[]>();
        for (const { id, users } of groups) {
          for (const user of users) {
            members.set(user, [...(members.get(user) ?? []), id]);
          }
        }
        this.#groups = { members, at: clock.now() };
        return members;
      })
      .finally(() => {
        this.#askedGroups = undefined;
      });
    return this.#askedGroups;
  }

  async #patiently<Result>(ask: () => Promise<Result>, method: "person" | "groups"): Promise<Result> {
    const { outbox, clock } = this.#options;
    for (const until = clock.now() + patienceMs; ; ) {
      try {
        return await outbox.send({ budgets: methodBudget(method) }, ask);
      } catch (error) {
        const failure = readFailure(error);
        const waitMs = failure.kind === "limited" || failure.kind === "later" ? failure.afterMs : 1_000;
        if (failure.kind === "refused" || clock.now() + waitMs > until) {
          throw error;
        }
        await sleep(clock, waitMs);
      }
    }
  }
}
