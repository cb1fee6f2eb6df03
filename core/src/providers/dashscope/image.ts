import { entryOf } from "../../errors/catalog.ts";
import { type Failure, UsageError } from "../../errors/errors.ts";
import { providerMessages } from "../../messages/provider.ts";
import type { ImageRequest, Operation, OperationContext, Output, ProducedMedia, StartEnd } from "../operation.ts";
import { chargeOf, priceOf } from "../rates.ts";
import type { WorkAges } from "../work-ages.ts";
import { type Api, resultTimeoutMs } from "./api.ts";
import { vendorRefusal } from "./exchange.ts";
import { type ImageModel, imageModelOf } from "./image-models.ts";
import { checkSize, writtenSize } from "./image-size.ts";
import { dashscopeFailures, dashscopeName } from "./name.ts";
import type { DashscopeSettings } from "./settings.ts";
import { beginTask, cancelTask, checkTask, type TaskKind, taskMaxDurationMs } from "./tasks.ts";
import { checkLength, notOffered } from "./text.ts";
import { messageAnswer, partsOf, type TaskAnswer } from "./wire.ts";

const maxNegativeCharacters = 500;
/** According to the document, only pictures that were made are charged. */
const chargedOnFailure = "no";
const maxSeed = 2_147_483_647;

/** Text to image: several pictures from one submission, each of which may be refused separately. */
export function imageOperation(api: Api, ages: WorkAges, settings: DashscopeSettings): Operation<ImageRequest> {
  const model = settings.imageModel;
  const known = imageModelOf(model);
  const { protocol, imagesPerCall, suggested } = known;
  const kind: TaskKind = {
    chargedOnFailure,
    output: (answer, ofModel, count) => taskOutput(answer, settings, ofModel, count),
  };
  const common = {
    perCall: imagesPerCall,
    ...(suggested === undefined ? {} : { suggested: { size: suggested } }),
    validate: (request: ImageRequest) => validate(request, model, known),
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
      // An immediate answer is not a task.
      unlisted: true,
      start: async (request, context) => spared(await startMessage(api, settings, request, context)),
    };
  }
  return {
    ...common,
    maxDurationMs: taskMaxDurationMs,
    start: async (request, context) => spared(await beginTask(api, ages, taskOf(known, model, request), context)),
    check: (reference, context) => checkTask(api, ages, reference, kind, context),
    cancel: (reference, context) => cancelTask(api, reference, context),
  };
}

/** A request that the content check refused made no picture, and only pictures are charged. */
function spared(end: StartEnd): StartEnd {
  return end.end === "refused" && entryOf(end.failure)?.category === "content"
    ? { ...end, failure: { ...end.failure, charged: chargedOnFailure } }
    : end;
}

function taskOf(known: ImageModel, model: string, request: ImageRequest) {
  if (known.protocol === "message-task") {
    const count = request.count ?? 1;
    return { path: "services/aigc/image-generation/generation", model, body: messageBody(request, known), count };
  }
  const input = { prompt: request.prompt, negative_prompt: request.negativePrompt || undefined };
  return {
    path: "services/aigc/text2image/image-synthesis",
    model,
    body: { input, parameters: parametersOf(request) },
  };
}

/** One user message with one text. */
function messageBody(request: ImageRequest, { parameters }: ImageModel) {
  return {
    input: { messages: [{ role: "user", content: [{ text: request.prompt }] }] },
    parameters: { ...parametersOf(request), ...parameters, negative_prompt: request.negativePrompt || undefined },
  };
}

/** `n` is always sent: without it the vendor makes and charges for four. */
function parametersOf({ size, count = 1, seed }: ImageRequest) {
  return { size: size === undefined ? undefined : writtenSize(size), n: count, seed };
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
    body: { model, ...messageBody(request, imageModelOf(model)) },
    data: messageAnswer,
    timeoutMs: resultTimeoutMs,
    signal: context.signal,
  });
  if (begun.end !== "data") {
    return begun;
  }
  const { data, requestId } = begun;
  const { media, failed, text } = messageParts(partsOf(data.output), request.count);
  if (media.length === 0) {
    const { end, failure } = dashscopeFailures.startEnd("incomplete", requestId);
    return { end, failure: { ...failure, vendorMessage: text } };
  }
  const quantity = data.usage?.image_count ?? media.length;
  return {
    end: "done",
    output: {
      media,
      charge: chargeOf(settings.rates, { of: model, counted: "images", quantity }),
      ...missingOf(failed),
      requestId,
    },
  };
}

/** The pictures in a message; text in place of a picture is the reason why it is missing. */
function messageParts(parts: ReturnType<typeof partsOf>, count = 1) {
  const media = parts.flatMap(({ image }): ProducedMedia[] => (image === undefined ? [] : [{ url: image }]));
  const texts = parts.flatMap(({ image, text }) => (image === undefined && text !== undefined ? [text] : []));
  const absent = Math.max(0, count - media.length);
  return {
    media,
    failed: Array.from({ length: absent }, (_, index) => notMade(texts[index])),
    text: texts.length === 0 ? undefined : texts.join("\n"),
  };
}

function taskOutput(
  { output, usage }: TaskAnswer,
  { rates }: DashscopeSettings,
  model: string,
  count = 0,
): Omit<Output, "requestId"> | { refused: Failure } | undefined {
  const results = Array.isArray(output.results) ? output.results : [];
  const inMessage = messageParts(partsOf(output), count);
  const media = [
    ...results.flatMap(({ url }): ProducedMedia[] => (url === undefined ? [] : [{ url }])),
    ...inMessage.media,
  ];
  const failed = [
    ...results.flatMap(({ url, code, message }): Failure[] =>
      url === undefined ? [code === undefined ? notMade(message) : vendorRefusal({ code, message })] : [],
    ),
    ...inMessage.failed,
  ];
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

/** The failure of a picture that is missing without a code. */
function notMade(vendorMessage?: string): Failure {
  const message = vendorMessage ?? providerMessages["provider.no-reason-given"];
  return {
    kind: "refused",
    provider: dashscopeName.provider,
    sentence: { key: "provider.operation-failed", values: { provider: dashscopeName.providerTitle, message } },
    charged: chargedOnFailure,
    retry: { kind: "never" },
    vendorMessage,
  };
}

function validate(request: ImageRequest, model: string, known: ImageModel): void {
  const { prompt, negativePrompt, size, seed, count = 1 } = request;
  const { imagesPerCall, promptCharacters } = known;
  if (prompt.trim() === "") {
    throw new UsageError({ key: "provider.text-empty" }, "prompt");
  }
  checkLength(prompt, promptCharacters, "prompt");
  if (negativePrompt && !known.negativePrompt) {
    throw notOffered("negative_prompt");
  }
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
