import type Keyv from "keyv";
import { z } from "zod";
import type { CatalogRow } from "../errors/catalog/table.ts";
import type { Clock } from "../ground/clock.ts";
import type { LocalizedText } from "../ground/locale.ts";
import type { Random } from "../ground/random.ts";
import type { Http } from "../http/http.ts";
import type { Sentence } from "../messages/sentence.ts";
import type { Balance, Bills, Operations, VendorRecord, VoiceAddress } from "./operation.ts";
import type { VendorFailures } from "./vendor-failures.ts";

/** How much of a vendor may be used at once, by all processes together. */
export interface ProviderLimits {
  /** How many operations may be started and not ended at once; a whole number from 1. */
  concurrent: number;
  /** The same for one caller; a whole number from 1. Default: no separate limit. */
  concurrentPerCaller?: number;
  /** The most starts within any second; a whole number from 1. */
  startsPerSecond: number;
  /** How often a second the vendor may be asked about operations; a whole number from 1. Default 5. */
  checksPerSecond?: number;
}

/** Counts the changes of defaults that change prices; 0 are the first defaults. */
export type DefaultsEdition = number;

/** The defaults that new installations get. */
export const currentDefaults: DefaultsEdition = 1;

/** The default of a variable in an installation that began with this edition. */
export function defaultOf({ default: current, earlierDefault }: Setting, began: DefaultsEdition): string | undefined {
  return earlierDefault !== undefined && began < earlierDefault.before ? earlierDefault.value : current;
}

/** One environment variable of a provider. */
export interface Setting {
  /** The variable's name, e.g. `SPARK_APP_ID`. */
  variable: string;
  /** What it is for, in one sentence; shown in the documentation and by `doctor`. */
  summary: LocalizedText;
  /** Whether its value must never be shown or logged. Default false. */
  secret?: boolean;
  /** Whether the provider counts as not configured without it. Default false. */
  required?: boolean;
  /** The value if the variable is not set. Left out: it then has none. */
  default?: string;
  /**
   * The default of installations that began before this edition of the defaults, which they keep because the new one
   * costs something else. Default: all installations have the same.
   */
  earlierDefault?: { value: string; before: DefaultsEdition };
  /** What its value must be, to complete "it must be …". Default: the schema's own message. */
  rule?: LocalizedText;
  /** A valid example value, shown with `rule`; never a real secret. Default: no example is shown. */
  example?: string;
}

/** What a provider is given to work with. */
export interface ProviderTools {
  /** Makes requests; trusts only the definition's `hosts`. */
  http: Http;
  /** Tells the time and sets timers. */
  clock: Clock;
  /** Draws ids and nonces. */
  random: Random;
  /** The provider's own small state (tokens), shared by all processes on one data directory. */
  state: Keyv;
  /**
   * Runs `work` while no other process runs work with the same name. Waits for its turn at most `waitMs` (default
   * 10,000) and then rejects with an `unreachable` failure.
   */
  exclusive<Result>(name: string, work: () => Promise<Result>, waitMs?: number): Promise<Result>;
  /** Makes failures of a vendor's refusals and missing answers; the definition's `errors` say what a code means. */
  failures: VendorFailures;
}

/** One line of `doctor`: proved, doubtful, wrong, or not provable without spending. */
export interface Finding {
  level: "ok" | "warning" | "error" | "unproved";
  sentence: Sentence;
}

/** What a provider's check knows about this installation. */
export interface InstallationFacts {
  /** Whether the vendor can fetch files from us: a public address is set, or the vendor is on this machine. */
  canBeReached: boolean;
}

/** A voice that the vendor offers to every account. */
export interface PresetVoice extends VoiceAddress {
  /** What people type and see, e.g. `Cherry`; unique within the provider, and never renamed. */
  name: string;
  /** Another name by which people may ask for it. Default: none. */
  alias?: string;
  /** What it sounds like, e.g. "sunny young man". */
  character: LocalizedText;
  /** What it speaks, e.g. "Chinese, English". */
  languages: LocalizedText;
}

/** A configured provider. */
export interface ProviderInstance {
  /** What it can do, by capability. */
  operations: Operations;
  /** The vendor's own voices, the default one first. Default: none; people can speak with cloned voices only. */
  presetVoices?: readonly PresetVoice[];
  /** What is left on the account. Left out if the vendor has no such endpoint. */
  balance?(signal?: AbortSignal): Promise<Balance>;
  /** A page of the account's bills; pages count from 1. Left out if the vendor has no such endpoint. */
  bills?(page: number, pageSize: number, signal?: AbortSignal): Promise<Bills>;
  /**
   * What the vendor lists as started or charged since an instant (epoch milliseconds), newest first. Left out if it has
   * no list.
   */
  recordsSince?(instant: number, signal?: AbortSignal): Promise<VendorRecord[]>;
  /**
   * Deletes a cloned voice at the vendor; costs nothing. May be called more than once: a missing voice counts as
   * deleted. Throws a `ToolcastError`, which is retried if its advice is `later`. Left out if the vendor has no such
   * endpoint.
   */
  deleteVoice?(voice: VoiceAddress, signal?: AbortSignal): Promise<void>;
  /** Checks the keys without spending. Without `installation`, nothing is known about where it runs. */
  doctor(signal?: AbortSignal, installation?: InstallationFacts): Promise<Finding[]>;
}

/** The kind of provider: what it needs and how to make one. Documentation, `doctor` and trust derive from it. */
export interface ProviderDefinition<Settings = Record<string, string | undefined>> {
  /** e.g. `spark`; the provider's name in the error catalogue. */
  id: string;
  /** Its name for people, e.g. `AI-XJC`. */
  title: LocalizedText;
  /** Its environment variables. */
  settings: readonly Setting[];
  /**
   * The variable without which nobody means this provider, even if others of its variables are set: other programs read
   * those too. Default: any of them means it.
   */
  meantBy?: string;
  /** Parses the variables' values into what `create` takes; its issues name the variable. */
  schema: z.ZodType<Settings>;
  /** The hosts from the settings to which this provider sends its keys; all others are foreign. */
  hosts(settings: Settings): string[];
  /** Whether the vendor runs on this machine and can use our loopback addresses. */
  onLoopback(settings: Settings): boolean;
  /** How much of the vendor may be used at once. */
  limits(settings: Settings): ProviderLimits;
  /**
   * What the vendor's codes mean, who can help, whether money was charged and whether a start may be repeated. The
   * worker decides by these, and people are shown them. Default: none; every code is then unknown and never retried
   * automatically. The built-in providers' tables are in `errors/catalog`.
   */
  errors?: readonly CatalogRow[];
  /** Makes the provider; sends nothing. */
  create(settings: Settings, tools: ProviderTools): ProviderInstance;
}

/** The variables' values, unparsed. */
const asGiven = z.record(z.string(), z.string().optional());

/** Types a provider definition. Without a `schema`, its settings are the variables' unparsed values. */
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
  /** The defaults of this installation for variables whose default has changed, by variable. */
  keptDefaults: Readonly<Record<string, string>>;
}
