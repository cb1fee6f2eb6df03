import type { Logger, State } from "@toolcast/core";
import type { DiscordApi } from "./discord-api.ts";
import { surfaceId } from "./place.ts";
import { isOwnType } from "./register.ts";
import { codes, readFailure } from "./rest-failure.ts";

/** Command names by where they were registered: `global`, or a server's id. */
type Registered = Record<string, string[]>;

/** Discord's codes for a server the bot is not in; its commands are gone from there too. */
export const notThere: readonly unknown[] = [codes.missingAccess, codes.unknownGuild];

/**
 * Remembers where this installation registered commands, so that they are removed when they are registered elsewhere: a
 * command registered in both places is shown twice. What others registered for the same application is left alone.
 */
export class RegisteredScopes {
  readonly #keyv: ReturnType<State["keyv"]>;
  readonly #api: DiscordApi;
  readonly #logger: Logger;

  constructor({ state, api, logger }: { state: State; api: DiscordApi; logger: Logger }) {
    this.#keyv = state.keyv(`${surfaceId}-registered`);
    this.#api = api;
    this.#logger = logger;
  }

  /** Call before they are registered. */
  async note(application: string, guild: string | undefined, names: readonly string[]): Promise<void> {
    const registered = await this.#read(application);
    const known = new Set(registered[scopeOf(guild)]);
    if (names.some((name) => !known.has(name))) {
      const all = [...new Set([...known, ...names])];
      await this.#keyv.set(application, { ...registered, [scopeOf(guild)]: all } satisfies Registered);
    }
  }

  /** Removes our commands everywhere but here. What cannot be reached now is left to the next start. */
  async clearOthers(application: string, guild: string | undefined): Promise<void> {
    const registered = await this.#read(application);
    for (const [scope, names] of Object.entries(registered)) {
      if (scope !== scopeOf(guild) && (await this.#clear(application, scope, names))) {
        delete registered[scope];
        await this.#keyv.set(application, registered);
      }
    }
  }

  async #clear(application: string, scope: string, names: readonly string[]): Promise<boolean> {
    const guild = scope === globalScope ? undefined : scope;
    try {
      const present = await this.#api.commands(application, guild);
      const others = present.filter(({ type, name }) => !isOwnType({ type }) || !names.includes(name));
      if (others.length < present.length) {
        await this.#api.replaceCommands(application, guild, others);
      }
      this.#logger.info({ scope, removed: present.length - others.length }, "Discord commands were removed");
      return true;
    } catch (error) {
      const failure = readFailure(error);
      if (failure.kind === "refused" && notThere.includes(failure.code)) {
        return true;
      }
      this.#logger.warn({ scope, reason: failure.detail }, "earlier Discord commands could not be removed");
      return false;
    }
  }

  async #read(application: string): Promise<Registered> {
    return (await this.#keyv.get<Registered>(application)) ?? {};
  }
}

const globalScope = "global";

function scopeOf(guild: string | undefined): string {
  return guild ?? globalScope;
}
