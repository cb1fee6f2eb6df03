import type Keyv from "keyv";
import { z } from "zod";
import type { CatalogRow } from "../errors/catalog/table.ts";
import type { Clock } from "../ground/clock.ts";
import type { LocalizedText } from "../ground/locale.ts";
import type { Random } from "../ground/random.ts";
import type { Http } from "../http/http.ts";
import type { Sentence } from "../messages/sentence.ts";
import type { Balance, Bills, Operations, VendorRecord } from "./operation.ts";
import type { VendorFailures } from "./vendor-failures.ts";

/** How much of a vendor may be used at once, over all processes. */
export interface ProviderLimits {
  /** Operations started and not ended. */
  concurrent: number;
  /** The same for one caller; absent means no bound of its own. */
  concurrentPerCaller?: number;
  /** Starts within any one second, a whole number. */
  startsPerSecond: number;
}

/** One environment variable of a provider. */
export interface Setting {
  /** The variable's name, e.g. `SPARK_APP_ID`. */
  variable: string;
  summary: LocalizedText;
  secret?: boolean;
  /** Without it the provider is not configured. */
  required?: boolean;
  /** Used when unset. */
  default?: string;
  /** What its value must be, as a clause that ends "it must be …". Default: the schema's own words are shown. */
  rule?: LocalizedText;
  /** A value that would do, beside `rule`; none that opens anything. */
  example?: string;
}

/** What a provider is given to work with. */
export interface ProviderTools {
  /** The way out; it trusts the definition's `hosts` alone. */
  http: Http;
  /** Tells the time and sets timers. */
  clock: Clock;
  /** Draws ids and nonces. */
  random: Random;
  /** The provider's own small state (tokens), shared by all processes on one data directory. */
  state: Keyv;
  /**
   * Runs `work` while no other process runs work of the same name, waiting for its turn at most `waitMs`
   * (default 10,000). Rejects with an `unreachable` failure when the turn does not come.
   */
  exclusive<Result>(name: string, work: () => Promise<Result>, waitMs?: number): Promise<Result>;
  /** A vendor's "no" and its silence as failures; what a code means comes from the definition's `errors`. */
  failures: VendorFailures;
}

/** One line of `doctor`: proved, doubtful or wrong, and what could not be proved without spending. */
export interface Finding {
  level: "ok" | "warning" | "error" | "unproved";
  sentence: Sentence;
}

/** A configured provider at work. */
export interface ProviderInstance {
  operations: Operations;
  /** Absent where the vendor has no such endpoint. */
  balance?(signal?: AbortSignal): Promise<Balance>;
  /** A page of the account's bills; pages count from 1. Absent where the vendor has no such endpoint. */
  bills?(page: number, pageSize: number, signal?: AbortSignal): Promise<Bills>;
  /** What the vendor lists as begun or charged since an instant, newest first. Absent where it lists nothing. */
  recordsSince?(instant: number, signal?: AbortSignal): Promise<VendorRecord[]>;
  /** Proves the keys without spending. */
  doctor(signal?: AbortSignal): Promise<Finding[]>;
}

/** The kind of provider: what it needs and how to make one. Documentation, `doctor` and trust derive from it. */
export interface ProviderDefinition<Settings = Record<string, string | undefined>> {
  /** e.g. `spark`; the provider's name in the error catalogue. */
  id: string;
  title: LocalizedText;
  settings: readonly Setting[];
  /** Parses the variables' values into what `create` takes; its issues name the variable. */
  schema: z.ZodType<Settings>;
  /** Hosts this provider talks to with its keys, from the settings; everything else is foreign. */
  hosts(settings: Settings): string[];
  /** Whether the vendor runs on this machine, so that loopback addresses of ours reach it. */
  onLoopback(settings: Settings): boolean;
  limits(settings: Settings): ProviderLimits;
  /**
   * What the vendor's codes mean, who can help, whether money was taken and whether a start may be made again: what the
   * worker decides from and people are told. Default: none, so that each code is unknown and never repeated by itself.
   * The built-in providers' tables stand in `errors/catalog`.
   */
  errors?: readonly CatalogRow[];
  create(settings: Settings, tools: ProviderTools): ProviderInstance;
}

/** The variables' values as they are. */
const asGiven = z.record(z.string(), z.string().optional());

/** Types a provider definition. Without a `schema` its settings are the variables' values as they are. */
export function defineProvider<Settings>(definition: ProviderDefinition<Settings>): ProviderDefinition<Settings>;
export function defineProvider(definition: Omit<ProviderDefinition, "schema">): ProviderDefinition;
export function defineProvider(
  definition: Omit<ProviderDefinition, "schema"> & Partial<Pick<ProviderDefinition, "schema">>,
): ProviderDefinition {
  return { schema: asGiven, ...definition };
}

/** A provider of this installation. */
export interface Provider extends ProviderInstance {
  id: string;
  title: LocalizedText;
  limits: ProviderLimits;
  onLoopback: boolean;
}
