import { PolicyError, UsageError } from "../errors/errors.ts";
import type { Json } from "../ground/json.ts";
import type { Locale } from "../ground/locale.ts";
import { toMillionths } from "../ground/millionths.ts";
import type { Job } from "../job/job.ts";
import { checkMedia } from "../media/check-media.ts";
import { maxFileBytes } from "../media/receive-upload.ts";
import type { MediaStore } from "../media/store.ts";
import { amountSentence, say } from "../messages/sentence.ts";
import type { Operation, Price } from "../providers/operation.ts";
import { readPrice } from "../providers/plugin-answers.ts";
import type { Provider } from "../providers/provider.ts";
import type { Deletions } from "../state/deletions.ts";
import { fieldsOf, mediaFieldsOf } from "../tools/describe.ts";
import type { SpendingTool } from "../tools/tool.ts";
import type { VoiceBook } from "../voices/voice-book.ts";
import type { PlannedJob } from "./planned-job.ts";
import { isLink, stepContext } from "./steps.ts";

const linkTimeoutMs = 10 * 60_000;

/** Makes sure, before anything is sent, that an input can be sent: files are here, probed, and within every limit. */
export class Preparer {
  readonly #media: MediaStore;
  readonly #voices: VoiceBook;
  readonly #deletions: Pick<Deletions, "of">;
  readonly #canReach: (provider: Provider) => boolean;

  constructor(options: {
    media: MediaStore;
    voices: VoiceBook;
    deletions: Pick<Deletions, "of">;
    canReach: (provider: Provider) => boolean;
  }) {
    this.#media = options.media;
    this.#voices = options.voices;
    this.#deletions = options.deletions;
    this.#canReach = options.canReach;
  }

  /** Fetches linked files into the store. Returns the input with links replaced by asset ids. */
  async fetchLinks(job: Job, tool: SpendingTool, signal: AbortSignal): Promise<Record<string, Json>> {
    const input = { ...job.input };
    for (const name of mediaFieldsOf(tool)) {
      const value = input[name];
      if (isLink(value)) {
        input[name] = await this.#fetch(value, name, job, signal);
      }
    }
    return input;
  }

  /** Checks everything that can be known before the first start; throws a `UsageError` naming the field at fault. */
  async check(job: Pick<Job, "input" | "steps" | "caller">, { tool, provider, steps }: PlannedJob): Promise<void> {
    for (const [name, field] of fieldsOf(tool)) {
      const id = job.input[name];
      if (field.shape.kind === "media" && typeof id === "string") {
        const asset = await this.#media.owned(id, job.caller.id);
        if (asset === null) {
          const isOwnDeletion = (await this.#deletions.of(id))?.owner === job.caller.id;
          throw new UsageError(
            isOwnDeletion ? { key: "media.deleted" } : { key: "media.not-found", values: { id } },
            name,
          );
        }
        checkMedia(asset, field.shape.limits, name);
      }
    }
    const context = await stepContext(tool, job, this.#media, this.#voices);
    for (const { step, operation } of steps) {
      this.assertReachable(provider, operation);
      if (step.after === undefined) {
        operation.validate?.(step.request(context));
      }
    }
  }

  /**
   * The sum over all steps if every price is known and in the same unit; otherwise the first unknown price, or an
   * unknown one that says why there is no sum.
   */
  async price(job: Pick<Job, "input" | "steps">, { tool, provider, steps }: PlannedJob): Promise<Price | undefined> {
    const context = await stepContext(tool, job, this.#media, this.#voices);
    const prices = await Promise.all(
      steps.map(async ({ step, operation }) => readPrice(await operation.price(step.request(context)), provider.id)),
    );
    return prices.length === 0 ? undefined : sumOf(prices);
  }

  /** Refuses before spending if the vendor would have to fetch a file from us and cannot. */
  assertReachable(provider: Provider, operation: Operation<unknown>): void {
    if (operation.fetchesMedia && !this.#canReach(provider)) {
      throw new PolicyError({ key: "provider.cannot-reach-us", values: { provider: provider.title } });
    }
  }

  async #fetch(url: string, field: string, job: Job, signal: AbortSignal): Promise<string> {
    try {
      const about = { owner: job.caller.id, maxBytes: maxFileBytes, signal };
      return (await this.#media.fetch(url, { ...about, trust: "foreign", timeoutMs: linkTimeoutMs })).id;
    } catch (error) {
      if (error instanceof UsageError) {
        throw new UsageError(error.failure.sentence, field);
      }
      throw error;
    }
  }
}

function sumOf(prices: readonly Price[]): Price {
  const sums = new Map<string, number>();
  for (const price of prices) {
    if (!price.known) {
      return price;
    }
    sums.set(price.unit, toMillionths((sums.get(price.unit) ?? 0) + price.amount));
  }
  const amounts = [...sums].map(([unit, amount]) => ({ amount, unit }));
  const [only, ...others] = amounts;
  if (only !== undefined && others.length === 0) {
    const atMost = prices.some((price) => price.known && price.atMost);
    return { known: true, ...only, atMost: atMost || undefined };
  }
  const inLanguage = (locale: Locale) => amounts.map((amount) => say(amountSentence(amount), locale)).join(" + ");
  const texts = { en: inLanguage("en"), "zh-CN": inLanguage("zh-CN") };
  return { known: false, dependsOn: { key: "job.price-in-units", values: { amounts: texts } } };
}
