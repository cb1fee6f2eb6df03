import type { Clock } from "../ground/clock.ts";
import type { Logger } from "../ground/logger.ts";
import type { Random } from "../ground/random.ts";
import type { Http } from "../http/http.ts";
import type { JobEngine } from "../job/engine.ts";
import type { StoreIdentity } from "../job/store-identity.ts";
import type { PolicyOptions } from "../money/policy.ts";
import type { ProviderDefinition } from "../providers/provider.ts";
import type { State } from "../state/open-state.ts";
import type { Tool } from "../tools/tool.ts";

/** A provider kind with the values of its variables. */
export interface ConfiguredProvider {
  /** What it is, e.g. one of `builtInProviders`. */
  // biome-ignore lint/suspicious/noExplicitAny: each definition parses its own settings with its own schema
  definition: ProviderDefinition<any>;
  /** By the variables' names, as the definition's `settings` list them. */
  values: Readonly<Record<string, string | undefined>>;
}

/** What a runtime is made of. */
export interface RuntimeOptions {
  /** Default: the built-in tools. */
  tools?: readonly Tool[];
  /** In the order in which they are preferred. */
  providers: readonly ConfiguredProvider[];
  /** Where jobs live, e.g. `openSqliteEngine`. Closed by whoever opened it, after `stop`. */
  engine: JobEngine;
  /** Whether the engine's store is a copy, e.g. `openSqliteIdentity` of `@toolcast/core/engine`; closed by whoever opened it. Default: a store that cannot be copied. */
  identity?: StoreIdentity;
  /** Small state: tokens, voices, media records. Closed by whoever opened it, after `stop`. */
  state: State;
  /** Where media are kept, in `media/`. */
  dataDirectory: string;
  /** The only way out (`createHttp`); must trust the providers' `hosts`. */
  http: Http;
  /** Usually `systemClock`. */
  clock: Clock;
  /** Usually `systemRandom`. */
  random: Random;
  /** Default: says nothing. */
  logger?: Logger;
  /** Whether the providers are the sandbox and no vendors: results say so in words. Default false. */
  sandbox?: boolean;
  /** Where vendors reach `handlePublic`; without it, tools whose vendor must fetch files refuse before spending. */
  publicUrl?: string;
  /** Where vendors on this machine reach `handlePublic`; null while nothing listens. */
  localUrl?: () => string | null;
  /** Who may do what, and how much a day. */
  policy: PolicyOptions;
  /** 32 secret bytes; part of every address handed to vendors. */
  secretKey: Uint8Array;
  /** How long media are kept after they were stored, in days. Default 30. */
  retentionDays?: number;
}
