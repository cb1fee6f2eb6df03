import type { Clock } from "../ground/clock.ts";
import type { Json } from "../ground/json.ts";
import type { Locale, LocalizedText } from "../ground/locale.ts";
import type { Hold, Job } from "../job/job.ts";
import type { StepPlan } from "../job/step-plan.ts";
import type { MediaKind } from "../media/formats.ts";
import type { Asset } from "../media/media.ts";
import type { Caller } from "../people/caller.ts";
import type { Capabilities, Capability } from "../providers/operation.ts";
import type { Provider } from "../providers/provider.ts";
import type { Message } from "../surface/message.ts";
import type { MessageDetail } from "../surface/message-detail.ts";
import type { VoiceAddress, VoiceBook } from "../voices/voice-book.ts";
import type { Fields, InputOf } from "./field.ts";

/** A value a person may want, offered while they type. */
export interface Suggestion {
  /** What the input gets. */
  value: string;
  /** What the person chooses by, in their language. */
  label: string;
}

/** What a tool can reach while it answers, checks or completes. */
export interface ToolContext {
  /** Who asks. */
  caller: Caller;
  /** Whether they are one. */
  operator: boolean;
  clock: Clock;
  /** The tools that the caller may use, in the order surfaces list them. */
  tools: readonly Tool[];
  /** In the order in which they are preferred. */
  providers: readonly Provider[];
  voices: VoiceBook;
  /** The caller's jobs. */
  jobs: {
    /** One of the caller's own jobs (any job for operators); a unique beginning of the id is enough. */
    find(id: string): Promise<Job | null>;
    list(filter: { phases?: readonly Job["state"]["phase"][]; limit: number }): Promise<Job[]>;
    cancel(job: Job): Promise<Job>;
    /** The job as its caller sees it, in as much detail as they asked for; otherwise as `detail` says. */
    message(job: Job, detail?: MessageDetail): Promise<Message>;
    json(job: Job): Json;
    /** What people know it by: its tool, and the beginning of what was asked for where the tool says so. */
    name(job: Job): string;
  };
  /** A stored medium of the caller's own; null for any other. */
  asset(id: string): Promise<Asset | null>;
  /** What starts with no known end have probably cost at each provider, by unit, on all days; see `ProbableSum`. */
  probableCharges(): Promise<ProbableSum[]>;
  /** How long media are kept, in days. */
  retentionDays: number;
  /** Erases what is kept of the caller; gives how many of their jobs are under way still, and are erased when they are over. */
  forget(): Promise<number>;
}

/** What starts of which nobody has told the charge have probably cost. */
export interface ProbableSum {
  /** The provider's id. */
  provider: string;
  /** Empty where nobody knows it. */
  unit: string;
  /** The sum of the amounts that are known. */
  amount: number;
  /** How many such starts have an amount that nobody knows. */
  unpriced: number;
}

/** What an inline tool says: to people and to programs. */
export interface Answer {
  /** For people, in the caller's language; whether it is private is the tool's and the caller's to say. */
  message: Omit<Message, "private">;
  /** For programs: stable names, no secrets. */
  data: Json;
  /** The job it is about, for surfaces that wait for it or show it in their own way. */
  job?: Job;
}

/** What a step may use when it says what it wants. */
export interface StepContext {
  /** The stored medium behind an input's value. */
  asset(id: string): Asset;
  /** What an earlier step made; empty until it has. */
  output(step: string): Asset[];
  /** How the vendor is asked to use the voice behind an input's value. */
  voice(id: string): VoiceAddress;
  /** What the tool recalled when this was asked; undefined for nothing. */
  recalled: Json | undefined;
}

/** One paid operation of a tool. Steps run in order; each starts at most one operation. */
export interface Step<C extends Capability = Capability> {
  /** Stored: never rename a step of a published tool. */
  name: string;
  /** Shown while it is under way, when there are several. */
  title: LocalizedText;
  /** What a provider must be able to do. */
  capability: C;
  /** An earlier step whose output the request needs. */
  after?: string;
  /** The kinds of media it may make; anything else is not taken for its result. Default: by capability. */
  makes?: readonly MediaKind[];
  /** What is asked of the provider, in Toolcast's words. Asked more than once, so it changes nothing. */
  request(context: StepContext): Capabilities[C];
}

/** Types a step by its capability; adds nothing. */
export function step<C extends Capability>(definition: Step<C>): Step {
  return definition as unknown as Step;
}

/** A whole request to try a tool with. */
interface ToolExample<F extends Fields = Fields> {
  /** What one sees happen. */
  title: LocalizedText;
  /** The same for everybody, or per language. */
  input: { [Name in keyof F]?: string | number | boolean | LocalizedText };
  /** Media inputs that get a sample of their kind. Default none. */
  samples?: readonly (keyof F & string)[];
}

interface ToolBase<F extends Fields> {
  /** The name agents see (MCP, LangChain), e.g. `generate_image`. */
  name: string;
  /** The name people type (Discord, Slack, Telegram, CLI, console), e.g. `image`. */
  command: string;
  /** What people call it. */
  title: LocalizedText;
  /** One sentence: what it does. */
  summary: LocalizedText;
  /** Flat, in the order a form shows them. */
  input: F;
  /** The input that free text after the command goes to. */
  primary?: keyof F & string;
  /** Answer so that only the asker sees it. */
  private?: boolean;
  /** Only for operators. */
  operatorsOnly?: boolean;
  /** Requests to try it with, offered where nothing costs. Default none. */
  examples?: readonly ToolExample<F>[];
  /** Suggestions for a text input that `completes`; never asked about voices and providers, which Toolcast suggests itself. */
  complete?(field: keyof F & string, partial: string, context: ToolContext): Promise<Suggestion[]>;
}

/** Answers at once. `reads` may be repeated freely; `changes` changes something of ours and costs nothing. */
export interface InlineTool<F extends Fields = Fields> extends ToolBase<F> {
  effect: "reads" | "changes";
  /** What `data` is, where it is about jobs: one of them (also given as `job`), or several below `jobs`. */
  answers?: "job" | "jobs";
  /** Within a second or two: people wait for it. A `ToolcastError` it throws is the answer. */
  answer(input: InputOf<F>, context: ToolContext): Promise<Answer>;
}

/** What a tool says about one of its jobs. */
export interface JobTexts {
  /** The beginning of what was asked for: people know the job by it. Default: the tool's title alone. */
  title?: string;
  fields?: Message["fields"];
  /** Buttons of the tool's own, before all others. */
  actions?: Message["actions"];
  /** The id of a voice it made: offered to every tool that needs one. */
  voice?: string;
}

/** Starts paid operations: every request is a job. */
export interface SpendingTool<F extends Fields = Fields> extends ToolBase<F> {
  effect: "spends";
  /**
   * The provider that something else of the input ties it to; undefined for any. Asked where neither a voice of the input
   * nor its `provider` field says so.
   */
  provider?(input: InputOf<F>, context: ToolContext): Promise<string | undefined>;
  /**
   * Cross-field rules that no schema says, and names turned into ids; voices are ids already. Returns the input to store; throws a
   * `UsageError` that names the field at fault.
   */
  check?(input: InputOf<F>, context: ToolContext): Promise<InputOf<F>>;
  /** What of the caller's earlier jobs this one builds on: kept with the job, so that it asks the same however late. */
  recall?(input: InputOf<F>, context: ToolContext): Promise<Json | undefined>;
  /** What a person must agree to first, besides the tool's `consent` field. */
  hold?(input: InputOf<F>): Hold | null;
  /** The same input and plan give the same steps, always: they are found again by name after a restart. A provider
   * that takes the job can do every one of them. */
  steps(input: InputOf<F>, plan: StepPlan): Step[];
  /** After the last step and before the job has succeeded; may run twice. */
  finish?(
    job: Job,
    input: InputOf<F>,
    context: { voices: VoiceBook; sampleHash(asset: string): Promise<string> },
  ): Promise<void>;
  /** What the finished job says besides its media. */
  describe?(job: Job, input: InputOf<F>, locale: Locale): JobTexts;
}

// biome-ignore lint/suspicious/noExplicitAny: a tool's own input type is only known to the tool; callers go through parseInput
export type Tool = InlineTool<any> | SpendingTool<any>;

/** Types a tool definition; adds nothing. */
export function defineTool<const F extends Fields>(definition: InlineTool<F>): InlineTool<F>;
export function defineTool<const F extends Fields>(definition: SpendingTool<F>): SpendingTool<F>;
export function defineTool(definition: Tool): Tool {
  return definition;
}
