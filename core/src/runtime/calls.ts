import { failureOf, PolicyError, ToolcastError, UsageError } from "../errors/errors.ts";
import type { Clock } from "../ground/clock.ts";
import type { Json } from "../ground/json.ts";
import type { Locale } from "../ground/locale.ts";
import { causeOf, type Logger } from "../ground/logger.ts";
import { type Random, randomId } from "../ground/random.ts";
import type { Agreement } from "../job/agreement.ts";
import { type Hold, type Job, jobFormat } from "../job/job.ts";
import type { JobStore } from "../job/job-store.ts";
import { assertSameRequest, markOf, type NamedRequest } from "../job/request-mark.ts";
import { failureFields, priceField } from "../job-view/job-message.ts";
import type { MediaStore } from "../media/store.ts";
import { say } from "../messages/sentence.ts";
import type { Policy } from "../money/policy.ts";
import type { Caller } from "../people/caller.ts";
import type { Price } from "../providers/operation.ts";
import type { Message } from "../surface/message.ts";
import type { MessageDetail } from "../surface/message-detail.ts";
import { consentAsked } from "../tools/consent.ts";
import { parseInput } from "../tools/input.ts";
import { findNamed } from "../tools/named-in-input.ts";
import type { SpendingTool, Tool, ToolContext } from "../tools/tool.ts";
import type { VoiceBook } from "../voices/voice-book.ts";
import { stepNames } from "../work/planned-job.ts";
import type { Preparer } from "../work/preparer.ts";
import type { ProviderChoice } from "../work/provider-choice.ts";
import { isLink, mediaFieldsOf } from "../work/steps.ts";
import type { CallRequest, Reply } from "./runtime.ts";

interface CallsOptions {
  tools: readonly Tool[];
  store: JobStore;
  choice: ProviderChoice;
  preparer: Preparer;
  policy: Policy;
  media: MediaStore;
  voices: VoiceBook;
  context(caller: Caller, detail?: MessageDetail): ToolContext;
  message(job: Job, caller: Caller): Promise<Message>;
  clock: Clock;
  random: Random;
  logger: Logger;
}

/** Takes requests in: known again, validated, allowed, priced, and then answered or stored as a job. */
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

  /** Any error as a reply in the caller's language; our own faults go to the log and show nothing of themselves. */
  refused(error: unknown, caller: Caller): Extract<Reply, { type: "refused" }> {
    if (!ToolcastError.isInstance(error)) {
      this.#options.logger.error({ error: causeOf(error) }, "a request met an unexpected error");
    }
    const failure = failureOf(error);
    return {
      type: "refused",
      failure,
      message: {
        tone: failure.kind === "usage" || failure.kind === "policy" ? "warning" : "error",
        title: say(failure.sentence, caller.locale),
        fields: failure.kind === "usage" || failure.kind === "policy" ? [] : failureFields(failure, caller.locale),
        private: caller.private ?? false,
      },
    };
  }

  /** The tool of that name or command. */
  find(name: string): Tool {
    const tool = this.#options.tools.find((candidate) => candidate.name === name || candidate.command === name);
    if (tool === undefined) {
      const names = this.#options.tools.map(({ command }) => command).join(", ");
      throw new UsageError({ key: "tool.unknown", values: { name, names } });
    }
    return tool;
  }

  async #call(request: CallRequest): Promise<Reply> {
    const { tool: name, input: raw, caller: asked, key } = request;
    const tool = this.find(name);
    const caller = { ...asked, private: (asked.private ?? false) || (tool.private ?? false) };
    if (tool.operatorsOnly && !this.#options.policy.isOperator(caller)) {
      throw new PolicyError({ key: "tool.operators-only", values: { name: tool.command } });
    }
    if (!this.#options.policy.mayUse(tool, caller)) {
      throw new PolicyError({ key: "tool.not-here", values: { name: tool.command } });
    }
    const known = key === undefined ? null : await this.ordered(key, caller, request.request);
    if (known !== null) {
      return this.#jobReply(known, caller, true);
    }
    const parsed = parseInput(tool, raw);
    const context = this.#options.context(caller, request.detail);
    const { input, provider } = await findNamed(tool, parsed, context);
    if (tool.effect !== "spends") {
      const { message, data, job } = await tool.answer(input, context);
      const about = job === undefined ? {} : { job };
      return { type: "answer", message: { ...message, private: caller.private }, data, ...about };
    }
    const named = provider ?? (await tool.provider?.(input, context));
    const { created, job } = await this.#createJob(tool, { input, named }, caller, request);
    if (!created) {
      assertSameRequest(job, request.request);
    }
    return this.#jobReply(job, caller, !created);
  }

  async ordered(key: string, caller: Caller, request?: NamedRequest): Promise<Job | null> {
    const job = await this.#options.store.engine.find(storedKey(key, caller));
    if (job !== null) {
      assertSameRequest(job, request);
    }
    return job;
  }

  async #jobReply(job: Job, caller: Caller, repeated: boolean): Promise<Reply> {
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
    { input: raw, named }: { input: Record<string, Json>; named: string | undefined },
    caller: Caller,
    { key, request, inbox, agreed = [], whenHeld = "store" }: CallRequest,
  ): Promise<{ created: boolean; job: Job }> {
    const { store, choice, preparer, clock, random } = this.#options;
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
      ...(recalled === undefined ? {} : { recalled }),
      prepared,
      caller,
      createdAt: now,
      updatedAt: now,
      state: { phase: "queued", attempt: 0 },
      plan: planned.plan,
      steps: stepNames(planned).map((name) => ({ name, state: "waiting", assets: [] })),
      confirmations: agreed.map((reason) => ({ reason, by: caller.id, at: now, beforehand: true })),
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
    const hold = this.#ownHold(tool, input, agreed) ?? this.#priceHold(job) ?? (await this.#budgetHold(job, now));
    if (hold !== null && whenHeld === "refuse") {
      throw new WouldBeHeld(hold, job.price);
    }
    if (hold !== null) {
      job.state = { phase: "held", hold };
      job.timeline.push({ at: now, event: "held", sentence: hold.sentence });
    }
    return store.create(job, { wakeAt: hold === null ? now : null, ...(inbox === undefined ? {} : { inbox }) });
  }

  #ownHold(tool: SpendingTool, input: Record<string, Json>, agreed: readonly Agreement[]): Hold | null {
    const holds = [consentAsked(tool, input)?.hold, tool.hold?.(input)];
    return holds.find((hold) => hold && !(hold.reason === "consent" && agreed.includes("consent"))) ?? null;
  }

  #priceHold(job: Job): Hold | null {
    return job.prepared && this.#options.policy.asksForPrice(job)
      ? { reason: "price", sentence: { key: "job.hold.price" } }
      : null;
  }

  /** Said at once when a daily limit is reached already; the dispatch asks again, over all processes. */
  async #budgetHold(job: Job, now: number): Promise<Hold | null> {
    for (const { scope, name, amount, max } of this.#options.policy.countersFor(job, now)) {
      if ((await this.#options.store.engine.counter(name)) + amount > max) {
        return { reason: "budget", sentence: { key: `job.hold.budget-${scope}`, values: { max } } };
      }
    }
    return null;
  }
}

/** Keys are their caller's own. */
function storedKey(key: string, { id }: Caller): string {
  return `${id}:${key}`;
}

/** A caller that cannot be asked would have to be. */
class WouldBeHeld extends PolicyError {
  readonly #reason: Hold["reason"];
  readonly #price: Price | undefined;

  constructor({ reason, sentence }: Hold, price: Price | undefined) {
    super(sentence);
    this.#reason = reason;
    this.#price = price;
  }

  /** With the price, as the held job would have shown it: nobody can agree to what they were not told. */
  reply(refused: Extract<Reply, { type: "refused" }>, locale: Locale): Reply {
    const fields = this.#price === undefined ? [] : [priceField(this.#price, (sentence) => say(sentence, locale))];
    return { ...refused, hold: this.#reason, message: { ...refused.message, fields } };
  }
}
