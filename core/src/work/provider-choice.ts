import { entryOf } from "../errors/catalog.ts";
import { type Failure, ToolcastError } from "../errors/errors.ts";
import type { Logger } from "../ground/logger.ts";
import type { Job } from "../job/job.ts";
import type { StepPlan } from "../job/step-plan.ts";
import type { Price } from "../providers/operation.ts";
import type { Provider } from "../providers/provider.ts";
import type { SpendingTool } from "../tools/tool.ts";
import type { Circuits } from "./circuits.ts";
import type { Preparer } from "./preparer.ts";
import type { ProviderRegistry } from "./provider-registry.ts";
import { planAt } from "./steps.ts";

/** What is wrong with the account or the vendor and not with the request: another provider may well do it. */
const elsewhere = ["credentials", "permission", "money", "quota", "rate", "capacity", "concurrency", "network"];

/** Who does it instead, cut into steps as there, and for how much. */
interface Instead {
  provider: Provider;
  plan: StepPlan;
  price: Price | undefined;
}

type Request = Pick<Job, "input" | "caller" | "prepared">;

/** Who does a job: the provider the person named, or the first that can; and who does it when that one cannot. */
export class ProviderChoice {
  readonly #registry: ProviderRegistry;
  readonly #preparer: Preparer;
  readonly #circuits: Circuits;
  readonly #logger: Logger;

  constructor(options: { registry: ProviderRegistry; preparer: Preparer; circuits: Circuits; logger: Logger }) {
    this.#registry = options.registry;
    this.#preparer = options.preparer;
    this.#circuits = options.circuits;
    this.#logger = options.logger;
  }

  /**
   * Of the providers able to do every step, the first whose limits the request keeps and that is not left alone now;
   * throws the first one's objection when none takes it.
   */
  async choose(tool: SpendingTool, request: Request, named: string | undefined): Promise<Provider> {
    const able =
      named === undefined
        ? this.#registry.able(tool, request.input)
        : [this.#registry.named(tool, request.input, named)];
    const { fitting, objection } = await this.#fitting(tool, request, able);
    const [first] = fitting;
    if (first === undefined) {
      throw objection;
    }
    return (await this.#firstAtWork(fitting)) ?? first;
  }

  /**
   * Another provider for a job that this one could not begin, with its price; null when there is none, or when it would
   * not help.
   */
  async instead(tool: SpendingTool, job: Job, failure: Failure): Promise<Instead | null> {
    if (job.providerNamed || failure.charged !== "no" || !isForAnother(failure)) {
      return null;
    }
    // Where a start may have been charged, its person decided to make it again there: a yes to that vendor and no other.
    const wasUnclear = job.timeline.some(({ event }) => event === "started-again");
    if (wasUnclear || job.steps.some((step) => step.state === "done")) {
      return null;
    }
    const tried = [...(job.providersTried ?? []), job.provider];
    const able = this.#registry.able(tool, job.input).filter(({ id }) => !tried.includes(id));
    const { fitting } = await this.#fitting(tool, job, able);
    for (let left = fitting; left.length > 0; ) {
      const provider = await this.#firstAtWork(left);
      if (provider === null) {
        return null;
      }
      const plan = planAt(provider);
      try {
        return { provider, plan, price: await this.#preparer.price({ ...job, plan, steps: [] }, tool, provider) };
      } catch (error) {
        // What this job has been told so far stands: a fault of another provider must not hide it.
        this.#logger.error({ provider: provider.id, error: String(error) }, "a price could not be told");
        left = left.filter((other) => other !== provider);
      }
    }
    return null;
  }

  async #fitting(
    tool: SpendingTool,
    request: Request,
    able: readonly Provider[],
  ): Promise<{ fitting: Provider[]; objection: unknown }> {
    const fitting: Provider[] = [];
    let objection: unknown;
    for (const provider of able) {
      try {
        if (request.prepared) {
          const { input, caller } = request;
          await this.#preparer.check({ input, caller, plan: planAt(provider), steps: [] }, tool, provider);
        }
        fitting.push(provider);
      } catch (error) {
        if (!ToolcastError.isInstance(error)) {
          this.#logger.error({ provider: provider.id, error: String(error) }, "a request could not be checked");
        }
        objection ??= error;
      }
    }
    return { fitting, objection };
  }

  async #firstAtWork(providers: readonly Provider[]): Promise<Provider | null> {
    for (const provider of providers) {
      if ((await this.#circuits.openUntil(provider.id)) === null) {
        return provider;
      }
    }
    return null;
  }
}

/** The catalogue's category decides, or that nothing could be reached; the request's own faults stay with the person. */
function isForAnother(failure: Failure): boolean {
  if (failure.kind === "unreachable") {
    return true;
  }
  const category = failure.category ?? entryOf(failure)?.category;
  return category !== undefined && elsewhere.includes(category);
}
