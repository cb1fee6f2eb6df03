import type { Clock } from "../ground/clock.ts";
import type { Json } from "../ground/json.ts";
import type { Locale, LocalizedText } from "../ground/locale.ts";
import type { Hold, Job } from "../job/job.ts";
import type { StepPlan } from "../job/step-plan.ts";
import type { MediaKind } from "../media/formats.ts";
import type { Asset } from "../media/media.ts";
import type { Sentence } from "../messages/sentence.ts";
import type { Caller } from "../people/caller.ts";
import type { Capabilities, Capability, VoiceAddress } from "../providers/operation.ts";
import type { Provider } from "../providers/provider.ts";
import type { Message } from "../surface/message.ts";
import type { MessageDetail } from "../surface/message-detail.ts";
import type { Grantee, Voice, VoiceBook } from "../voices/voice-book.ts";
import { type Fields, type InputOf, quoteField } from "./field.ts";

/** A value suggested to people while they type. */
export interface Suggestion {
  /** The input's value. */
  value: string;
  /** What the person sees, in their language. */
  label: string;
}

/** What a tool can use while it answers, checks or completes. */
export interface ToolContext {
  /** Who asks. */
  caller: Caller;
  /** Whether the caller is an operator. */
  operator: boolean;
  clock: Clock;
  /** The tools that the caller may use, in the order surfaces list them. */
  tools: readonly Tool[];
  /** In order of preference. */
  providers: readonly Provider[];
  voices: VoiceBook;
  /** The caller's jobs. */
  jobs: {
    /** One of the caller's own jobs (any job for operators); a unique prefix of the id is enough. */
    find(id: string): Promise<Job | null>;
    list(filter: { phases?: readonly Job["state"]["phase"][]; limit: number }): Promise<Job[]>;
    cancel(job: Job): Promise<Job>;
    /** The job as the caller sees it, in as much detail as they asked for, otherwise in `detail`. */
    message(job: Job, detail?: MessageDetail): Promise<Message>;
    json(job: Job): Json;
    /** What people recognize it by: its tool and, if the tool supplies it, the beginning of the request. */
    name(job: Job): string;
  };
  /** The people and roles that the caller may name, who asked last first, then roles. */
  people(): Promise<Grantee[]>;
  /** A stored medium that belongs to the caller; null for any other. */
  asset(id: string): Promise<Asset | null>;
  /** The caller's stored media, newest first. */
  gallery(limit: number): Promise<Asset[]>;
  /** Permanently deletes what the caller owns. */
  deletions: {
    /** Whether the caller has deleted the medium or voice with this id. */
    has(id: string): Promise<boolean>;
    /** Throws a `UsageError` and deletes none while a job needs one of them. */
    media(assets: readonly Asset[]): Promise<void>;
    /** Deletes an ended job and what it made. Throws a `UsageError` while anything may still happen to it. */
    job(job: Job): Promise<void>;
    /** Deletes it here and at its vendor. Throws a `UsageError` while a job needs it. */
    voice(voice: Voice): Promise<VoiceDeletion>;
  };
  /** What starts without a known charge have probably cost at each provider, by unit, over all days. */
  probableCharges(): Promise<ProbableSum[]>;
  /** How many days media are kept. */
  retentionDays: number;
  /** How many days ended jobs are kept; 0 for ever. */
  jobRetentionDays: number;
  /**
   * Erases what is kept about the caller; returns how many of their jobs are still under way and will be erased when
   * they are over.
   */
  forget(): Promise<number>;
}

/** What happened to a deleted voice at its vendor. */
export type VoiceDeletion =
  | { vendor: "deleted" }
  /** The vendor has no such endpoint, or is no longer configured here. */
  | { vendor: "keeps" }
  /** Not deleted yet, for the reason given; it is tried again automatically. */
  | { vendor: "later"; reason: Sentence }
  /** The vendor refuses, for the reason given. */
  | { vendor: "refused"; reason: Sentence };

/** What starts without a known charge have probably cost. */
export interface ProbableSum {
  /** The provider's id. */
  provider: string;
  /** Empty if it is unknown. */
  unit: string;
  /** The sum of the known amounts. */
  amount: number;
  /** How many such starts have an unknown amount. */
  unpriced: number;
}

/** The answer of an inline tool, for people and for programs. */
export interface ToolAnswer {
  /** For people, in the caller's language; the tool and the caller decide whether it is private. */
  message: Omit<Message, "private">;
  /** For programs: stable names, no secrets. */
  data: Json;
  /** The job it is about, for surfaces that wait for it or show it in their own way. Left out if it is about none. */
  job?: Job;
}

/** What a step may use to build its request. */
export interface StepContext {
  /** The stored medium that an input's value names. */
  asset(id: string): Asset;
  /** What an earlier step made; empty until it has. */
  output(step: string): Asset[];
  /** How to name to the vendor the voice in an input's value. */
  voice(id: string): VoiceAddress;
  /** What the tool recalled at the time of the request; undefined for nothing. */
  recalled: Json | undefined;
}

/** One paid operation of a tool. Steps run in order; each starts at most one operation. */
export interface Step<C extends Capability = Capability> {
  /** Stored with jobs: never rename a step of a published tool. */
  name: string;
  /** Shown while it is under way, if there are several steps. */
  title: LocalizedText;
  /** What a provider must be able to do. */
  capability: C;
  /** An earlier step whose output the request needs. Default none. */
  after?: string;
  /** The kinds of media it may make; anything else is not accepted as its result. Default: by capability. */
  makes?: readonly MediaKind[];
  /** The request to the provider, in Toolcast's terms. Called more than once, so it must have no side effects. */
  request(context: StepContext): Capabilities[C];
}

/** Types a step by its capability; adds nothing. */
export function step<C extends Capability>(definition: Step<C>): Step {
  return definition as unknown as Step;
}

/** A complete request to try a tool with. */
interface ToolExample<F extends Fields = Fields> {
  /** What the example shows. */
  title: LocalizedText;
  /** The same for all languages, or per language. */
  input: { [Name in keyof F]?: string | number | boolean | LocalizedText };
  /** Media inputs that get a sample of their kind. Default none. */
  samples?: readonly (keyof F & string)[];
}

interface ToolBase<F extends Fields> {
  /** The name agents see (MCP, LangChain), e.g. `generate_image`. */
  name: string;
  /** The name people type (Discord, Slack, Telegram, CLI, console), e.g. `image`. */
  command: string;
  /** Its title for people. */
  title: LocalizedText;
  /** One sentence: what it does. */
  summary: LocalizedText;
  /** Flat, in the order a form shows them. */
  input: F;
  /** The input that free text after the command goes to. Left out: every input must be named. */
  primary?: keyof F & string;
  /** Whether only the asker sees the answer. Default false. */
  private?: boolean;
  /** Whether only operators may use it. Default false. */
  operatorsOnly?: boolean;
  /** Requests to try it with, offered where nothing costs money. Default none. */
  examples?: readonly ToolExample<F>[];
  /**
   * Suggestions for a text input that `completes`; not called for voices and providers, which Toolcast suggests itself.
   * Default: none.
   */
  complete?(field: keyof F & string, partial: string, context: ToolContext): Promise<Suggestion[]>;
}

/** Answers immediately. `reads` may be repeated freely; `changes` changes something in Toolcast and costs nothing. */
export interface InlineTool<F extends Fields = Fields> extends ToolBase<F> {
  /** Whether it changes something in Toolcast. */
  effect: "reads" | "changes";
  /**
   * What `data` is, if it is about jobs: one of them (also returned as `job`), or several in `jobs`. Left out: it is
   * about something else.
   */
  answers?: "job" | "jobs";
  /**
   * Must take no more than a second or two, because people wait for it. A `ToolcastError` it throws becomes the answer.
   */
  answer(input: InputOf<F>, context: ToolContext): Promise<ToolAnswer>;
}

/** A tool's texts about one of its jobs. */
export interface JobTexts {
  /** The beginning of the request, by which people recognize the job. Default: only the tool's title. */
  title?: string;
  fields?: Message["fields"];
  /** The tool's own buttons, before all others. */
  actions?: Message["actions"];
  /** The id of a voice it made, which is offered to every tool that needs one. */
  voice?: string;
}

/** Starts paid operations; every request becomes a job. */
export interface SpendingTool<F extends Fields = Fields> extends ToolBase<F> {
  /** It costs money, so its requests become jobs. */
  effect: "spends";
  /** False if its result is words or a voice: there is then nothing to preview or to save as a file. Default true. */
  makesMedia?: boolean;
  /**
   * The provider that other parts of the input require; undefined for any. Called if neither a voice nor a `provider`
   * field in the input decides. Default: any.
   */
  provider?(input: InputOf<F>, context: ToolContext): Promise<string | undefined>;
  /**
   * Checks rules across fields that no schema can express, and turns names into ids; voices are ids already. Returns
   * the input to store; throws a `UsageError` that names the field at fault. Default: the input is stored as it is.
   */
  check?(input: InputOf<F>, context: ToolContext): Promise<InputOf<F>>;
  /**
   * What the job needs from the caller's earlier jobs. Stored with the job, whose requests then stay the same however
   * late it runs. Default: nothing.
   */
  recall?(input: InputOf<F>, context: ToolContext): Promise<Json | undefined>;
  /** What a person must agree to first, in addition to the tool's `consent` field. Default: nothing. */
  hold?(input: InputOf<F>): Hold | null;
  /**
   * The same input and plan must always give the same steps, which are found again by name after a restart. The job's
   * provider must be able to do every one of them.
   */
  steps(input: InputOf<F>, plan: StepPlan): Step[];
  /** Called after the last step, before the job has succeeded; may run twice. Default: nothing more happens. */
  finish?(
    job: Job,
    input: InputOf<F>,
    context: { voices: VoiceBook; sampleHash(asset: string): Promise<string> },
  ): Promise<void>;
  /**
   * The finished job's texts in addition to its media, from what is given alone: they are kept with the job. Default:
   * none.
   */
  describe?(job: Job, input: InputOf<F>, locale: Locale): JobTexts;
}

// biome-ignore lint/suspicious/noExplicitAny: a tool's own input type is only known to the tool; callers go through parseInput
export type Tool = InlineTool<any> | SpendingTool<any>;

/**
 * Types a tool definition. A tool that spends gets the input `quote`, which shows the price and starts nothing, unless it
 * has an input of that name.
 */
export function defineTool<const F extends Fields>(definition: InlineTool<F>): InlineTool<F>;
export function defineTool<const F extends Fields>(definition: SpendingTool<F>): SpendingTool<F>;
export function defineTool(definition: Tool): Tool {
  return definition.effect !== "spends" || "quote" in definition.input
    ? definition
    : { ...definition, input: { ...definition.input, quote: quoteField } };
}
