import { entryOf } from "../errors/catalog.ts";
import { type Failure, PolicyError, ToolcastError, UsageError } from "../errors/errors.ts";
import type { Logger } from "../ground/logger.ts";
import type { Job } from "../job/job.ts";
import { listed } from "../messages/listed.ts";
import type { Price } from "../providers/operation.ts";
import { fieldsOfRole } from "../tools/describe.ts";
import type { SpendingTool } from "../tools/tool.ts";
import type { Circuits } from "./circuits.ts";
import { type PlannedJob, Planner } from "./planned-job.ts";
import type { Preparer } from "./preparer.ts";
import type { ProviderRegistry } from "./provider-registry.ts";

/**
 * Categories of failures that concern the account or the vendor and not the request: another provider may well succeed.
 */
const elsewhere = ["credentials", "permission", "money", "quota", "rate", "capacity", "concurrency", "network"];

/** The provider that takes over, and its price. */
interface Instead {
  planned: PlannedJob;
  price: Price | undefined;
}

type Request = Pick<Job, "input" | "caller" | "prepared">;

/**
 * Chooses who does a job: the provider the person named, or the first that can; and who takes over if that one cannot.
 */
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
   * Of the providers that can do every step, the first whose limits the request keeps and that may be asked now, or
   * else the first whose limits it keeps. If none accepts it, throws the first one's objection.
   */
  async choose(tool: SpendingTool, request: Request, named: string | undefined): Promise<PlannedJob> {
    const planner = new Planner(tool, request.input);
    const candidates = named === undefined ? [...this.#able(planner)] : [this.#named(tool, planner, named)];
    let first: PlannedJob | undefined;
    const objections: unknown[] = [];
    for (const planned of candidates) {
      const objection = await this.#objection(request, planned);
      const isLastResort = first === undefined && planned === candidates.at(-1);
      if (objection !== null) {
        objections.push(objection);
      } else if (isLastResort || (await this.#isAtWork(planned))) {
        return planned;
      } else {
        first ??= planned;
      }
    }
    if (first === undefined) {
      throw objections[0] ?? noneAble(planner);
    }
    return first;
  }

  /**
   * Another provider, with its price, for a job that this one could not start; null if there is none, or if it would
   * not help.
   */
  async instead(tool: SpendingTool, job: Job, failure: Failure): Promise<Instead | null> {
    if (job.providerNamed || failure.charged !== "no" || !isForAnother(failure)) {
      return null;
    }
    // After a start that may have been charged, its person decided to repeat it at that vendor and no other.
    const wasUnclear = job.timeline.some(({ event }) => event === "started-again");
    if (wasUnclear || job.steps.some((step) => step.state === "done")) {
      return null;
    }
    const tried = [...(job.providersTried ?? []), job.provider];
    for (const planned of this.#able(new Planner(tool, job.input))) {
      if (
        tried.includes(planned.provider.id) ||
        (await this.#objection(job, planned)) !== null ||
        !(await this.#isAtWork(planned))
      ) {
        continue;
      }
      try {
        return { planned, price: await this.#preparer.price({ ...job, steps: [] }, planned) };
      } catch (error) {
        // An error of another provider must not hide the failure that this job already has.
        const provider = planned.provider.id;
        this.#logger.error({ provider, error: String(error) }, "a price could not be determined");
      }
    }
    return null;
  }

  /** The request planned for each provider that can do all its steps, in the operator's order. */
  *#able(planner: Planner): Generator<PlannedJob> {
    for (const provider of this.#registry.all) {
      const planned = planner.at(provider);
      if (planned !== null) {
        yield planned;
      }
    }
  }

  /** The request planned for the provider with that id; throws if it is not here or cannot do every step. */
  #named(tool: SpendingTool, planner: Planner, id: string): PlannedJob {
    const provider = this.#registry.find(id);
    const planned = provider === undefined ? null : planner.at(provider);
    if (planned === null) {
      const able = [...this.#able(planner)].map(({ provider }) => provider.id);
      const names = able.length === 0 ? "–" : listed(able);
      throw new UsageError({ key: "provider.unknown", values: { name: id, names } }, fieldsOfRole(tool, "provider")[0]);
    }
    return planned;
  }

  /** Why this provider cannot do the request; null if nothing is wrong, or can only be checked later. */
  async #objection({ input, caller, prepared }: Request, planned: PlannedJob): Promise<unknown> {
    if (!prepared) {
      return null;
    }
    try {
      await this.#preparer.check({ input, caller, steps: [] }, planned);
      return null;
    } catch (error) {
      if (!ToolcastError.isInstance(error)) {
        const provider = planned.provider.id;
        this.#logger.error({ provider, error: String(error) }, "a request could not be checked");
      }
      return error;
    }
  }

  async #isAtWork({ provider }: PlannedJob): Promise<boolean> {
    return (await this.#circuits.openUntil(provider.id)) === null;
  }
}

/** The error for a request that no provider here can do. */
function noneAble(planner: Planner): PolicyError {
  if (planner.capabilities().every((capability) => capability === "text")) {
    return new PolicyError({ key: "provider.none-text" });
  }
  return new PolicyError({ key: "provider.none", values: { capability: listed(planner.capabilities()) } });
}

/**
 * Decided by the catalogue's category, or because nothing could be reached; a mistake in the request is for its person
 * to correct.
 */
function isForAnother(failure: Failure): boolean {
  if (failure.kind === "unreachable") {
    return true;
  }
  const category = failure.category ?? entryOf(failure)?.category;
  return category !== undefined && elsewhere.includes(category);
}
