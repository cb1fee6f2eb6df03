import type { z } from "zod";
import type { Clock } from "../ground/clock.ts";
import type { LocalizedText } from "../ground/locale.ts";
import type { Logger } from "../ground/logger.ts";
import type { Random } from "../ground/random.ts";
import type { Http } from "../http/http.ts";
import type { Finding, Setting } from "../providers/provider.ts";
import type { State } from "../state/open-state.ts";
import type { Surface } from "../surface/surface.ts";
import type { ReceivingTurn } from "./receiving-turn.ts";
import type { Runtime } from "./runtime.ts";

/** What an adapter is given to work with. */
export interface AdapterTools {
  /** All of Toolcast's functions for surfaces. */
  runtime: Runtime;
  /** Small state, shared by all processes of this installation; an adapter names its namespaces after its id. */
  state: State;
  /** Makes outgoing requests. Trusts {@link AdapterTools.trustedHosts}. */
  http: Http;
  /** What the definition's `hosts` returns, and the hosts that the operator trusts: `host` or `host:port`. */
  trustedHosts: readonly string[];
  /** Tells the time and sets timers. */
  clock: Clock;
  /** Draws ids. */
  random: Random;
  /** For operators; it must be given no secrets. */
  logger: Logger;
  /** The origin at which the platform can reach us; null if nothing outside can. */
  publicUrl: string | null;
  /**
   * Whose turn it is to receive, for a platform that sends each event to every connection, or to one connection only; and
   * whether this process receives at all, or only delivers.
   * Default: processes that share a store receive side by side.
   */
  turn?: ReceivingTurn;
}

/** What `doctor` is given to work with; nothing is running then, and `state` is only read. */
export interface AdapterDoctorTools extends Pick<AdapterTools, "http" | "clock" | "publicUrl" | "state"> {
  /** What people can ask for, to check what the platform has registered. */
  tools: Runtime["tools"];
}

/** A configured adapter. */
export interface Adapter {
  /** Attached to the runtime before `start`. */
  surface: Surface;
  /**
   * Registers what the platform must know, settles what an earlier process left open and starts to listen. Called
   * before the runtime starts. Throws an {@link AdapterStartError} for problems that only an operator can solve; while
   * the platform cannot be reached, it keeps trying.
   */
  start(): Promise<void>;
  /** Takes nothing new; resolves when everything taken has been answered, within some seconds. */
  close(): Promise<void>;
  /** Answers the platform's webhooks on the public listener; null for every other path. Default: it has none. */
  handlePublic?(request: Request): Promise<Response | null>;
  /** Why people there get no answers now, for `/readyz` and the console; null if all is well. Default: all is well. */
  away?(): LocalizedText | null;
}

/**
 * A command of an adapter, for what an operator needs once, such as a manifest to paste into the platform's settings.
 */
export interface AdapterCommand {
  /** What it prints, in one sentence for `--help`. */
  summary: LocalizedText;
  /** The name of its only argument, which is optional. Default: it takes none. */
  argument?: string;
  /** Returns the lines to print. Makes no requests. */
  run(given: {
    tools: Runtime["tools"];
    /** The origin at which the platform can reach us; null if nothing outside can. */
    publicUrl: string | null;
    argument?: string;
    /** The adapter's variables as set, valid or not. */
    values: Readonly<Record<string, string | undefined>>;
  }): Promise<string[]>;
}

/**
 * The kind of adapter: what it needs and how to make one. Documentation, `doctor`, trust, start and stop derive from
 * it. Its module imports no platform library: `create` and `doctor` load what they need, so a program that does not use
 * the platform pays nothing for it.
 */
export interface AdapterDefinition<Settings = Record<string, string | undefined>> {
  /** e.g. `discord`; the surface's id and the first part of its callers' ids. */
  id: string;
  /** The platform's name for people, e.g. `Discord`. */
  title: LocalizedText;
  /** Its environment variables. */
  settings: readonly Setting[];
  /** Parses the variables' values into what `create` takes; its issues name the variable. */
  schema: z.ZodType<Settings>;
  /** Hosts of the platform's files, `host` or `host:port`. */
  hosts(settings: Settings): string[];
  /** Makes the adapter, for which it loads the platform's library; `start` connects it. */
  create(settings: Settings, tools: AdapterTools): Promise<Adapter>;
  /** What `toolcast <id> <command>` prints, by command; needs no settings. Default: none. */
  commands?: Readonly<Record<string, AdapterCommand>>;
  /** Checks the setup as far as possible without anybody noticing. */
  doctor(settings: Settings, tools: AdapterDoctorTools): Promise<Finding[]>;
}

/** Types an adapter definition; adds nothing. */
export function defineAdapter<Settings>(definition: AdapterDefinition<Settings>): AdapterDefinition<Settings> {
  return definition;
}

const marker = Symbol.for("toolcast.adapter-start-error");

/** Why an adapter cannot start until an operator does something. */
export class AdapterStartError extends Error {
  /** The variable at fault. */
  readonly variable: string;
  readonly sentence: LocalizedText;

  constructor(variable: string, sentence: LocalizedText) {
    super(sentence.en);
    this.name = "AdapterStartError";
    this.variable = variable;
    this.sentence = sentence;
    Object.defineProperty(this, marker, { value: true });
  }

  /** True for every AdapterStartError, even one from another copy of this package. */
  static isInstance(error: unknown): error is AdapterStartError {
    return typeof error === "object" && error !== null && marker in error;
  }
}
