import type { Clock } from "../ground/clock.ts";
import type { Logger } from "../ground/logger.ts";
import type { Random } from "../ground/random.ts";
import type { Http } from "../http/http.ts";
import type { JobEngine } from "../job/engine.ts";
import type { StoreIdentity } from "../job/store-identity.ts";
import type { MediaBucket } from "../media/media-bucket.ts";
import type { PolicyOptions } from "../money/policy.ts";
import type { ProviderDefinition } from "../providers/provider.ts";
import type { State } from "../state/open-state.ts";
import type { Tool } from "../tools/tool.ts";

/** A provider definition with the values of its variables. */
export interface ConfiguredProvider {
  /** E.g. one of `builtInProviders`. */
  // biome-ignore lint/suspicious/noExplicitAny: each definition parses its own settings with its own schema
  definition: ProviderDefinition<any>;
  /** By variable name, as the definition's `settings` list them. */
  values: Readonly<Record<string, string | undefined>>;
}

/** The parts of a runtime. */
export interface RuntimeOptions {
  /** Default: the built-in tools. */
  tools?: readonly Tool[];
  /**
   * Whether this process carries out jobs, deliveries and housekeeping. If not, it stores requests, and others that share
   * the store carry them out. Default true.
   */
  advances?: boolean;
  /**
   * Whether some processes on the store may only receive: those that carry out jobs then leave a sign of it every few
   * seconds, and the others notice when nobody does. Default false.
   */
  hasRoles?: boolean;
  /** In order of preference. */
  providers: readonly ConfiguredProvider[];
  /** Where jobs are stored, e.g. `openSqliteEngine`. The caller closes it after `stop`. */
  engine: JobEngine;
  /**
   * Whether the engine's store is a copy, e.g. `openSqliteIdentity` of `@toolcast/core/engine`; closed by the caller.
   * Default: a store that cannot be copied.
   */
  identity?: StoreIdentity;
  /** Small state: tokens, voices, media records. The caller closes it after `stop`. */
  state: State;
  /** Holds media for several hosts. Default: none, `dataDirectory` holds them. */
  mediaBucket?: MediaBucket | undefined;
  /** The directory in whose `media/` media are kept, or copies of those in the bucket. */
  dataDirectory: string;
  /** Makes all outgoing requests (`createHttp`); must trust the providers' `hosts`. */
  http: Http;
  /** Usually `systemClock`. */
  clock: Clock;
  /** Usually `systemRandom`. */
  random: Random;
  /** Default: logs nothing. */
  logger?: Logger;
  /** Whether the providers are the sandbox instead of vendors; results then say so. Default false. */
  sandbox?: boolean;
  /**
   * The address at which vendors and people reach `handlePublic`, http or https. Left out: tools whose vendor must
   * fetch files refuse before spending, and links to media work only on this machine, by `localUrl`.
   */
  publicUrl?: string;
  /**
   * The address of `handlePublic` on this machine, for vendors that run here; null while nothing listens. Default:
   * always null.
   */
  localUrl?: () => string | null;
  /** Who may do what, and how much a day. */
  policy: PolicyOptions;
  /** 32 secret bytes, from which the addresses given to vendors are derived. */
  secretKey: Uint8Array;
  /** How many days media are kept after being stored; above 0, those of open jobs longer. Default 30. */
  retentionDays?: number;
  /**
   * How many days the records of ended jobs are kept after their last change, longer while something is to be delivered
   * or their media are kept. 0 keeps them for ever. Default 90.
   */
  jobRetentionDays?: number;
}
