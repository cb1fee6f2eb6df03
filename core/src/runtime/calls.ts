import { failureOf, PolicyError, ToolcastError, UsageError } from "../errors/errors.ts";
import type { Clock } from "../ground/clock.ts";
import type { Json } from "../ground/json.ts";
import type { Locale } from "../ground/locale.ts";
import { causeOf, type Logger } from "../ground/logger.ts";
import { type Random, randomId } from "../ground/random.ts";
import { type Agreement, isAgreement } from "../job/agreement.ts";
import { type Confirmation, type Hold, type Job, jobFormat } from "../job/job.ts";
import type { JobStore } from "../job/job-store.ts";
import { assertSameRequest, markOf, type NamedRequest } from "../job/request-mark.ts";
import type { StoreIdentity } from "../job/store-identity.ts";
import { priceJson } from "../job-view/job-json.ts";
import { priceField } from "../job-view/job-message.ts";
import { refusalMessage } from "../job-view/refusal-message.ts";
import type { MediaStore } from "../media/store.ts";
import { say } from "../messages/sentence.ts";
import type { Policy } from "../money/policy.ts";
import type { Caller } from "../people/caller.ts";
import type { Price } from "../providers/operation.ts";
import type { Message } from "../surface/message.ts";
import type { MessageDetail } from "../surface/message-detail.ts";
import { consentAsked, withoutConsent } from "../tools/consent.ts";
import { mediaFieldsOf } from "../tools/describe.ts";
import { parseInput } from "../tools/input.ts";
import { findNamed } from "../tools/named-in-input.ts";
import { answersPrivately, asksForQuote, withoutQuote } from "../tools/quote.ts";
import type { SpendingTool, Tool, ToolContext } from "../tools/tool.ts";
import { unknownCommand } from "../tools/unknown-command.ts";
import type { VoiceBook } from "../voices/voice-book.ts";
import type { PlannedJob } from "../work/planned-job.ts";
import { stepNames } from "../work/planned-job.ts";
import type { Preparer } from "../work/preparer.ts";
import type { ProviderChoice } from "../work/provider-choice.ts";
import type { ProviderRegistry } from "../work/provider-registry.ts";
import type { SizeWarning } from "../work/size-warning.ts";
import { isLink } from "../work/steps.ts";
import type { CallRequest, Quote, Reply } from "./runtime.ts";

interface CallsOptions {
  tools: readonly Tool[];
  store: JobStore;
  identity: StoreIdentity;
  providers: ProviderRegistry;
  choice: ProviderChoice;
  preparer: Preparer;
  sizeWarning: SizeWarning;
  policy: Policy;
  media: MediaStore;
  voices: VoiceBook;
  context(caller: Caller, detail?: MessageDetail): ToolContext;
  message(job: Job, caller: Caller): Promise<Message>;
  clock: Clock;
  random: Random;
  logger: Logger;
}

/** A request's input with its names resolved, and the provider that must do it. */
interface Understood {
  input: Record<string, Json>;
  named: string | undefined;
}

interface Quoted {
  tool: SpendingTool;
  /** As it would be stored. */
  job: Job;
  /** All that it would wait for, in order. */
  holds: Hold[];
  quote: Extract<Quote, { type: "quote" }>;
}

/** Takes requests: recognizes repeats, validates, checks permission, prices, and then answers or stores a job. */
export class Calls {
  readonly #options: CallsOptions;

  constructor(options: CallsOptions) {
    this.#options = options;
  }

  async call(request: CallRequest): Promise<Reply> {
    const { caller } = request;
    try {
      return await this.#call(request);
    } catch (error) {
      const refused = this.refused(error, caller);
      return error instanceof WouldBeHeld ? error.reply(refused, caller.locale) : refused;
    }
  }

  /** What a request would become, with all the checks of `call`; never rejects, and stores nothing. */
  async quote(request: CallRequest): Promise<Quote> {
    try {
      const { quote, holds } = await this.#quoted(request);
      const forOthers = holds.find(({ reason }) => !isAgreement(reason));
      if (forOthers !== undefined) {
        throw new PolicyError(forOthers.sentence);
      }
      return quote;
    } catch (error) {
      return this.refused(error, request.caller);
    }
  }

  async #quoted(request: CallRequest): Promise<Quoted> {
    const { caller } = request;
    const tool = this.#allowed(request);
    if (tool.effect !== "spends") {
      throw new UsageError({ key: "quote.reads" });
    }
    this.#refuseWhenHeld();
    const { job, holds } = await this.#draft(tool, await this.#understood(tool, request, caller), caller, request);
    const { provider, price } = job;
    const asks = holds.map(({ reason }) => reason).filter(isAgreement);
    const { providers } = this.#options;
    const { quoteMessage } = await import("../job-view/quote-message.ts");
    const message = quoteMessage(job, { tool, holds, providers, locale: caller.locale });
    const quote = {
      type: "quote" as const,
      asks,
      message: { ...message, private: caller.private ?? false },
      data: { tool: tool.name, provider, input: job.input, price: priceJson(price), asks },
      mark: markOf(request.request ?? { tool: tool.name, input: request.input }, [
        provider,
        JSON.stringify([priceJson(price), asks]),
      ]),
    };
    return { tool, job, holds, quote };
  }

  /**
   * For a person who asked for the price alone: with all that the start would wait for, and a form that starts exactly
   * this.
   */
  async #priceOnly(request: CallRequest): Promise<Reply> {
    const { tool, job, quote } = await this.#quoted(request);
    const { locale } = request.caller;
    const { unstarted } = await import("../job-view/quote-message.ts");
    const message = { ...quote.message, ...unstarted(tool, job, locale), private: true };
    return { type: "answer", message, data: quote.data };
  }

  /**
   * Any error as a reply in the caller's language; our own errors are logged, and the reply shows no details of them.
   */
  refused(error: unknown, caller: Caller): Extract<Reply, { type: "refused" }> {
    if (!ToolcastError.isInstance(error)) {
      this.#options.logger.error({ error: causeOf(error) }, "a request failed with an unexpected error");
    }
    const failure = failureOf(error);
    return { type: "refused", failure, message: refusalMessage(failure, caller) };
  }

  /** The tool with that name or command. */
  find(name: string): Tool {
    const tool = this.#options.tools.find((candidate) => candidate.name === name || candidate.command === name);
    if (tool === undefined) {
      throw unknownCommand(name, this.#options.tools);
    }
    return tool;
  }

  /** The requested tool, if this caller may use it; throws otherwise. */
  #allowed({ tool: name, caller }: CallRequest): Tool {
    const tool = this.find(name);
    if (this.#options.policy.isForOthers(tool, caller)) {
      throw new PolicyError({ key: "tool.operators-only", values: { name: tool.command } });
    }
    if (!this.#options.policy.mayUse(tool, caller)) {
      throw new PolicyError({ key: "tool.not-here", values: { name: tool.command } });
    }
    return tool;
  }

  async #call(request: CallRequest): Promise<Reply> {
    const { caller: asked, key } = request;
    const tool = this.#allowed(request);
    const caller = { ...asked, private: (asked.private ?? false) || answersPrivately(tool, request.input) };
    if (asksForQuote(tool, request.input)) {
      return this.#priceOnly({ ...request, caller });
    }
    const known = key === undefined ? null : await this.ordered(key, caller, request.request);
    if (known !== null) {
      return this.#jobReply(known, request, true);
    }
    if (tool.effect === "spends") {
      this.#refuseWhenHeld();
    }
    const understood = await this.#understood(tool, request, caller);
    if (tool.effect !== "spends") {
      const answered = await tool.answer(understood.input, this.#options.context(caller, request.detail));
      return {
        type: "answer",
        message: { ...answered.message, private: caller.private },
        job: answered.job,
        get data() {
          return answered.data;
        },
      };
    }
    const { created, job } = await this.#createJob(tool, understood, caller, request);
    if (!created) {
      assertSameRequest(job, request.request);
      assertKept(job);
    }
    return this.#jobReply(job, request, !created);
  }

  /** In a copied store, a request would wait for an unknown time, and may have been made in the original, too. */
  #refuseWhenHeld(): void {
    if (this.#options.identity.held() !== null) {
      throw new PolicyError({ key: "store.refuses" });
    }
  }

  /** The input as its tool takes it, and the provider that it names or that one of its voices belongs to. */
  async #understood(tool: Tool, { input: raw }: CallRequest, caller: Caller): Promise<Understood> {
    const parsed = withoutQuote(tool, parseInput(tool, raw));
    // A model cannot declare that a person has the right to copy a voice.
    const own = caller.agent === undefined ? parsed : withoutConsent(tool, parsed);
    const context = this.#options.context(caller);
    const { input, provider } = await findNamed(tool, own, context);
    const tied = tool.effect === "spends" ? tool.provider : undefined;
    return { input, named: provider ?? (await tied?.(input, context)) };
  }

  async ordered(key: string, caller: Caller, request?: NamedRequest): Promise<Job | null> {
    const job = await this.#options.store.engine.find(storedKey(key, caller));
    if (job?.erased) {
      throw new UsageError({ key: "forget.erased" });
    }
    if (job !== null) {
      assertSameRequest(job, request);
      assertKept(job);
    }
    return job;
  }

  async #jobReply(job: Job, { caller, showsJob }: CallRequest, repeated: boolean): Promise<Reply> {
    if (showsJob === false) {
      return { type: "job", job, message: { tone: "info", title: "", private: caller.private ?? false }, repeated };
    }
    const message = await this.#options.message(job, caller);
    const line = say({ key: "job.already" }, caller.locale);
    return {
      type: "job",
      job,
      message: repeated ? { ...message, lines: [line, ...(message.lines ?? [])] } : message,
      repeated,
    };
  }

  async #createJob(
    tool: SpendingTool,
    understood: Understood,
    caller: Caller,
    request: CallRequest,
  ): Promise<{ created: boolean; job: Job }> {
    const { job, holds } = await this.#draft(tool, understood, caller, request);
    const { inbox, whenHeld = "store" } = request;
    const [hold] = holds;
    if (hold !== undefined && whenHeld === "refuse") {
      throw new WouldBeHeld(hold, job.price);
    }
    if (hold !== undefined) {
      job.state = { phase: "held", hold };
      job.timeline.push({ at: job.createdAt, event: "held", sentence: hold.sentence });
    }
    const wakeAt = hold === undefined ? job.createdAt : null;
    return this.#options.store.create(job, { wakeAt, inbox });
  }

  /** The job as it would be stored, and everything it would wait for, in order. */
  async #draft(
    tool: SpendingTool,
    { input: raw, named }: Understood,
    caller: Caller,
    { key, request, agreed = [] }: CallRequest,
  ): Promise<{ job: Job; holds: Hold[] }> {
    const { choice, preparer, clock, random } = this.#options;
    const context = this.#options.context(caller);
    const input = ((await tool.check?.(raw, context)) ?? raw) as Record<string, Json>;
    const prepared = !mediaFieldsOf(tool).some((field) => isLink(input[field]));
    const planned = await choice.choose(tool, { input, caller, prepared }, named);
    const recalled = await tool.recall?.(input, context);
    const now = clock.now();
    const job: Job = {
      format: jobFormat,
      id: randomId(random, "job"),
      version: 0,
      ...(key === undefined ? {} : { key: storedKey(key, caller) }),
      ...(key === undefined || request === undefined ? {} : { request: markOf(request) }),
      tool: tool.name,
      provider: planned.provider.id,
      ...(named === undefined ? {} : { providerNamed: true }),
      input,
      recalled,
      prepared,
      caller,
      createdAt: now,
      updatedAt: now,
      state: { phase: "queued", attempt: 0 },
      plan: planned.plan,
      steps: stepNames(planned).map((name) => ({ name, state: "waiting", assets: [] })),
      confirmations: confirmationsOf(agreed, caller, now),
      notices: [],
      timeline: [
        {
          at: now,
          event: "created",
          sentence: { key: "timeline.created", values: { by: { person: caller.id, name: caller.name } } },
        },
      ],
    };
    if (job.prepared) {
      const price = await preparer.price(job, planned);
      if (price !== undefined) {
        job.price = price;
      }
    }
    const holds = [
      this.#ownHold(tool, input, agreed),
      await this.#expenseHold(job, planned),
      await this.#budgetHold(job, now),
    ];
    return { job, holds: holds.filter((hold) => hold !== null) };
  }

  #ownHold(tool: SpendingTool, input: Record<string, Json>, agreed: readonly Agreement[]): Hold | null {
    const holds = [consentAsked(tool, input)?.hold, tool.hold?.(input)];
    return holds.find((hold) => hold && !(hold.reason === "consent" && agreed.includes("consent"))) ?? null;
  }

  async #expenseHold(job: Job, planned: PlannedJob): Promise<Hold | null> {
    if (!job.prepared) {
      return null;
    }
    const tooLarge = await this.#options.sizeWarning.holdFor(job, planned);
    const asksForPrice = this.#options.policy.asksForPrice(job);
    return tooLarge ?? (asksForPrice ? { reason: "price", sentence: { key: "job.hold.price" } } : null);
  }

  /** The hold for a daily limit that is reached already; the dispatch checks again, over all processes. */
  async #budgetHold(job: Job, now: number): Promise<Hold | null> {
    for (const { scope, name, amount, max } of this.#options.policy.limitsFor(job, now)) {
      if ((await this.#options.store.engine.counter(name)) + amount > max) {
        return { reason: "budget", sentence: { key: `job.hold.budget-${scope}`, values: { max } } };
      }
    }
    return null;
  }
}

/** Agreeing to both at once counts as one confirmation, with the price shown beside the question. */
function confirmationsOf(agreed: readonly Agreement[], { id }: Caller, at: number): Confirmation[] {
  const both = agreed.includes("consent") && agreed.includes("price");
  const given = both ? (["consent"] as const) : agreed;
  return given.map((reason) => ({ reason, by: id, at, beforehand: true, ...(both ? { priceShown: true } : {}) }));
}

/** Nothing is done again under the key of a job whose record was removed. */
function assertKept({ id, removed }: Job): void {
  if (removed) {
    throw new UsageError({ key: "job.record-removed", values: { id } });
  }
}

/** Keys are separate for each caller. */
function storedKey(key: string, { id }: Caller): string {
  return `${id}:${key}`;
}

/** The request would be held, but its caller cannot be asked. */
class WouldBeHeld extends PolicyError {
  readonly #reason: Hold["reason"];
  readonly #price: Price | undefined;

  constructor({ reason, sentence }: Hold, price: Price | undefined) {
    super(sentence);
    this.#reason = reason;
    this.#price = price;
  }

  /** Includes the price, as the held job would have shown it: nobody can agree to a price they do not know. */
  reply(refused: Extract<Reply, { type: "refused" }>, locale: Locale): Reply {
    const fields = this.#price === undefined ? [] : [priceField(this.#price, (sentence) => say(sentence, locale))];
    return { ...refused, hold: this.#reason, message: { ...refused.message, fields } };
  }
}
