import { entryOf } from "../../errors/catalog.ts";
import { type Failure, UsageError } from "../../errors/errors.ts";
import { checkMedia } from "../../media/check-media.ts";
import { providerMessages } from "../../messages/provider.ts";
import { prepare } from "../before-start.ts";
import { dataAddress } from "../data-address.ts";
import type {
  ImageEditRequest,
  ImageRequest,
  Operation,
  OperationContext,
  Output,
  ProducedMedia,
  StartEnd,
} from "../operation.ts";
import { chargeOf, priceOf } from "../rates.ts";
import { type Api, resultTimeoutMs, uploadTimeoutMs } from "./api.ts";
import { vendorRefusal } from "./exchange.ts";
import { type ImageModel, imageModelOf, type PictureEditing } from "./image-models.ts";
import { checkSize, writtenSize } from "./image-size.ts";
import { dashscopeFailures, dashscopeName } from "./name.ts";
import { checkSeed, checkWhole } from "./ranges.ts";
import type { DashscopeSettings } from "./settings.ts";
import type { TaskWorks } from "./task-looks.ts";
import { beginTask, cancelTask, checkTask, type TaskKind, type TaskReference, taskMaxDurationMs } from "./tasks.ts";
import { checkLength, notOffered } from "./text.ts";
import { messageAnswer, partsOf, type TaskAnswer } from "./wire.ts";

const maxNegativeCharacters = 500;
/** According to the document, only pictures that were made are charged. */
const chargedOnFailure = "no";

/** Text to image: several pictures from one submission, each of which may be refused separately. */
export function imageOperation(api: Api, works: TaskWorks, settings: DashscopeSettings): Operation<ImageRequest> {
  return pictureOperation(api, works, settings, { model: settings.imageModel, ...imageModelOf(settings.imageModel) });
}

/** The same from a picture that the text says how to change; undefined if the model cannot do that. */
export function imageEditOperation(
  api: Api,
  works: TaskWorks,
  settings: DashscopeSettings,
): Operation<ImageEditRequest> | undefined {
  const { editing, ...known } = imageModelOf(settings.imageEditModel);
  return editing === undefined
    ? undefined
    : pictureOperation(api, works, settings, { model: settings.imageEditModel, ...known, ...editing });
}

/** A request to make a picture, or to change one. */
type PictureRequest = ImageRequest & Partial<Pick<ImageEditRequest, "image">>;
/** A model, and what it does with such requests. */
type Maker = ImageModel & Partial<PictureEditing> & { model: string };

function pictureOperation<Request extends PictureRequest>(
  api: Api,
  works: TaskWorks,
  settings: DashscopeSettings,
  maker: Maker,
): Operation<Request> {
  const { model, protocol, imagesPerCall, suggested } = maker;
  const kind: TaskKind = {
    chargedOnFailure,
    output: (answer, task) => taskOutput(answer, settings, task),
  };
  const common = {
    perCall: imagesPerCall,
    ...(suggested === undefined ? {} : { suggested: { size: suggested } }),
    validate: (request: Request) => validate(request, maker),
    price: ({ count = 1 }: Request) =>
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
      start: async (request, context) => {
        const prepared = await withPicture(request, context);
        return prepared.end === "ready"
          ? spared(await startMessage(api, settings, { maker, request, address: prepared.result }, context))
          : prepared;
      },
    };
  }
  return {
    ...common,
    maxDurationMs: taskMaxDurationMs,
    start: async (request, context) => {
      const prepared = await withPicture(request, context);
      return prepared.end === "ready"
        ? spared(await beginTask(api, works, taskOf({ maker, request, address: prepared.result }), context))
        : prepared;
    },
    check: (reference, context) => checkTask(api, works, reference, kind, context),
    cancel: (reference, context) => cancelTask(api, reference, context),
  };
}

/** What is sent: the request, with its picture as an address. */
interface Order {
  maker: Maker;
  request: PictureRequest;
  address?: string;
}

function withPicture({ image }: PictureRequest, context: OperationContext) {
  return prepare(dashscopeName, async () => (image === undefined ? undefined : dataAddress(image, context)));
}

/** A request that the content check refused made no picture, and only pictures are charged. */
function spared(end: StartEnd): StartEnd {
  return end.end === "refused" && entryOf(end.failure)?.category === "content"
    ? { ...end, failure: { ...end.failure, charged: chargedOnFailure } }
    : end;
}

function taskOf(order: Order) {
  const { request, address } = order;
  const { model, protocol } = order.maker;
  if (protocol === "message-task") {
    return {
      path: "services/aigc/image-generation/generation",
      model,
      body: messageBody(order),
      count: request.count ?? 1,
      ...(address === undefined ? {} : { timeoutMs: uploadTimeoutMs }),
    };
  }
  const input = { prompt: request.prompt, negative_prompt: request.negativePrompt || undefined };
  return {
    path: "services/aigc/text2image/image-synthesis",
    model,
    body: { input, parameters: parametersOf(request) },
  };
}

/** One user message with one text, and the picture that it is about. */
function messageBody({ request, address, maker }: Order) {
  const content = [...(address === undefined ? [] : [{ image: address }]), { text: request.prompt }];
  return {
    input: { messages: [{ role: "user", content }] },
    parameters: { ...parametersOf(request), ...maker.parameters, negative_prompt: request.negativePrompt || undefined },
  };
}

/** `n` is always sent: without it the vendor makes and charges for four. */
function parametersOf({ size, count = 1, seed }: ImageRequest) {
  return { size: size === undefined ? undefined : writtenSize(size), n: count, seed };
}

async function startMessage(
  api: Api,
  settings: DashscopeSettings,
  order: Order,
  context: OperationContext,
): Promise<StartEnd> {
  const { model } = order.maker;
  const begun = await api.begin({
    method: "POST",
    path: "services/aigc/multimodal-generation/generation",
    body: { model, ...messageBody(order) },
    data: messageAnswer,
    timeoutMs: resultTimeoutMs,
    signal: context.signal,
  });
  if (begun.end !== "data") {
    return begun;
  }
  const { data, requestId } = begun;
  const { media, failed, text } = messageParts(partsOf(data.output), order.request.count);
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
  { model, count = 0 }: Pick<TaskReference, "model" | "count">,
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

function validate(request: PictureRequest, maker: Maker): void {
  const { prompt, negativePrompt, size, seed, count = 1, image } = request;
  const { imagesPerCall, promptCharacters } = maker;
  if (prompt.trim() === "") {
    throw new UsageError({ key: "provider.text-empty" }, "prompt");
  }
  checkLength(prompt, promptCharacters, "prompt");
  if (negativePrompt && !maker.negativePrompt) {
    throw notOffered("negative_prompt");
  }
  checkLength(negativePrompt, maxNegativeCharacters, "negative_prompt");
  checkSeed(seed);
  checkWhole("count", count, { min: 1, max: imagesPerCall });
  if (size !== undefined) {
    if (maker.choosesSize) {
      throw notOffered("size");
    }
    checkSize(size, maker.model, maker);
  }
  if (image !== undefined && maker.picture !== undefined) {
    checkMedia(image, maker.picture, "image");
  }
}
