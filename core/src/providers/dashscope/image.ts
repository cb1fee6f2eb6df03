import { type Failure, UsageError } from "../../errors/errors.ts";
import type { Clock } from "../../ground/clock.ts";
import { providerMessages } from "../../messages/provider.ts";
import type { ImageRequest, Operation, OperationContext, Output, ProducedMedia, StartEnd } from "../operation.ts";
import { chargeOf, priceOf } from "../rates.ts";
import { type Api, resultTimeoutMs } from "./api.ts";
import { vendorRefusal } from "./exchange.ts";
import { imageModelOf } from "./image-models.ts";
import { checkSize } from "./image-size.ts";
import { dashscopeFailures, dashscopeName } from "./name.ts";
import type { DashscopeSettings } from "./settings.ts";
import { beginTask, cancelTask, checkTask, type TaskKind, taskMaxDurationMs } from "./tasks.ts";
import { checkLength } from "./text.ts";
import { messageAnswer, type TaskAnswer } from "./wire.ts";

/** What is longer is cut off without a word, which gives a picture that was not asked for. */
const maxPromptCharacters = 800;
const maxNegativeCharacters = 500;
/** Documented: only pictures that were made are charged. */
const chargedOnFailure = "no";
const maxSeed = 2_147_483_647;

/** Text to image: several pictures of one submission, each of which may be refused by itself. */
export function imageOperation(api: Api, clock: Clock, settings: DashscopeSettings): Operation<ImageRequest> {
  const model = settings.imageModel;
  const { protocol, imagesPerCall } = imageModelOf(model);
  const kind: TaskKind = {
    chargedOnFailure,
    output: (answer, ofModel) => taskOutput(answer, settings, ofModel),
  };
  const common = {
    imagesPerCall,
    validate: (request: ImageRequest) => validate(request, model, imagesPerCall),
    price: ({ count = 1 }: ImageRequest) =>
      priceOf(settings.rates, {
        of: model,
        counted: "images",
        quantity: count,
        dependsOn: { key: "provider.price.dashscope-image", values: { model } },
      }),
  };
  if (protocol === "message") {
    return {
      ...common,
      maxDurationMs: resultTimeoutMs,
      // What is answered at once is no task.
      unlisted: true,
      start: (request, context) => startMessage(api, settings, request, context),
    };
  }
  return {
    ...common,
    maxDurationMs: taskMaxDurationMs,
    start: (request, context) =>
      beginTask(
        api,
        clock,
        {
          path: "services/aigc/text2image/image-synthesis",
          model,
          body: {
            input: { prompt: request.prompt, negative_prompt: request.negativePrompt || undefined },
            parameters: parametersOf(request),
          },
        },
        context,
      ),
    check: (reference, context) => checkTask(api, clock, reference, kind, context),
    cancel: (reference, context) => cancelTask(api, reference, context),
  };
}

/** `n` is always sent: left out, the vendor makes and charges four. */
function parametersOf({ size, count = 1, seed }: ImageRequest) {
  return { size: size?.replace("x", "*"), n: count, seed };
}

async function startMessage(
  api: Api,
  settings: DashscopeSettings,
  request: ImageRequest,
  context: OperationContext,
): Promise<StartEnd> {
  const model = settings.imageModel;
  const begun = await api.begin({
    method: "POST",
    path: "services/aigc/multimodal-generation/generation",
    body: {
      model,
      input: { messages: [{ role: "user", content: [{ text: request.prompt }] }] },
      parameters: { ...parametersOf(request), negative_prompt: request.negativePrompt || undefined },
    },
    data: messageAnswer,
    timeoutMs: resultTimeoutMs,
    signal: context.signal,
  });
  if (begun.end !== "data") {
    return begun;
  }
  const { data, requestId } = begun;
  const contents = data.output.choices.flatMap(({ message }) => message.content);
  const media = contents.flatMap(({ image }): ProducedMedia[] => (image === undefined ? [] : [{ url: image }]));
  if (media.length === 0) {
    return dashscopeFailures.startEnd("incomplete", requestId);
  }
  const quantity = data.usage?.image_count ?? media.length;
  return {
    end: "done",
    output: {
      media,
      charge: chargeOf(settings.rates, { of: model, counted: "images", quantity }),
      ...missingOf(Array.from({ length: (request.count ?? 1) - media.length }, () => notMade())),
      ...(requestId === undefined ? {} : { requestId }),
    },
  };
}

function taskOutput(
  { output, usage }: TaskAnswer,
  { rates }: DashscopeSettings,
  model: string,
): Omit<Output, "requestId"> | { refused: Failure } | undefined {
  const results = Array.isArray(output.results) ? output.results : [];
  const media = results.flatMap(({ url }): ProducedMedia[] => (url === undefined ? [] : [{ url }]));
  const failed = results.flatMap(({ url, code, message }): Failure[] =>
    url === undefined
      ? [code === undefined ? notMade(message) : vendorRefusal({ code, ...(message === undefined ? {} : { message }) })]
      : [],
  );
  if (media.length === 0) {
    const first = failed.find(({ vendorCode }) => vendorCode !== undefined);
    return first === undefined ? undefined : { refused: first };
  }
  return {
    media,
    charge: chargeOf(rates, { of: model, counted: "images", quantity: usage?.image_count ?? media.length }),
    ...missingOf(failed),
  };
}

function missingOf(failures: readonly Failure[]): Pick<Output, "missing"> {
  return failures.length === 0
    ? {}
    : { missing: failures.map((failure): Failure => ({ ...failure, charged: chargedOnFailure })) };
}

/** A picture that was asked for and is not there, without a code that would say why. */
function notMade(vendorMessage?: string): Failure {
  const message = vendorMessage ?? providerMessages["provider.no-reason-given"];
  return {
    kind: "refused",
    provider: dashscopeName.provider,
    sentence: { key: "provider.operation-failed", values: { provider: dashscopeName.providerTitle, message } },
    charged: chargedOnFailure,
    retry: { kind: "never" },
    ...(vendorMessage === undefined ? {} : { vendorMessage }),
  };
}

function validate(request: ImageRequest, model: string, imagesPerCall: number): void {
  const { prompt, negativePrompt, size, seed, count = 1 } = request;
  if (prompt.trim() === "") {
    throw new UsageError({ key: "provider.text-empty" }, "prompt");
  }
  checkLength(prompt, maxPromptCharacters, "prompt");
  checkLength(negativePrompt, maxNegativeCharacters, "negative_prompt");
  if (seed !== undefined && !(Number.isInteger(seed) && seed >= 0 && seed <= maxSeed)) {
    throw outOfRange("seed", 0, maxSeed, seed);
  }
  if (!(Number.isInteger(count) && count >= 1 && count <= imagesPerCall)) {
    throw outOfRange("count", 1, imagesPerCall, count);
  }
  if (size !== undefined) {
    checkSize(size, model);
  }
}

function outOfRange(field: string, min: number, max: number, actual: number): UsageError {
  return new UsageError({ key: "provider.ratio-range", values: { field, min, max, actual } }, field);
}
