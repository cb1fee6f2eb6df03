import { wait } from "../clock.ts";
import type { PictureFacts } from "../media/picture-facts.ts";
import { type Answer, type Call, inputOf, isAnswerSpoilt, parametersOf, pay, type Vendor } from "./call.ts";
import { DashscopeRefusal } from "./codes.ts";
import { fetchPicture, requireSides } from "./fetched-media.ts";
import { Fields } from "./fields.ts";
import { type ImageModel, messageTaskImageModels } from "./image-models.ts";
import { orderPictures } from "./picture-order.ts";
import { troubleAsked } from "./tasks.ts";
import { createPictureTask } from "./text-to-image.ts";

const workingMs = 6000;

/** `multimodal-generation/generation` with a picture model: the pictures are in the answer. */
export async function createImages(vendor: Vendor, call: Call, model: ImageModel): Promise<Answer> {
  const { context, files } = vendor;
  const { prompt, given } = await messageOf(vendor, call, model);
  const order = orderPictures(vendor, call, { model, prompt, negatives: parametersOf(call), given });
  if (order.made === 0) throw new DashscopeRefusal("DataInspectionFailed");
  pay(vendor, call, { text: prompt, unit: "images", quantity: order.made, reference: call.requestId });
  if (isAnswerSpoilt(call)) return { output: {} };
  await wait(context.clock, context.pace(workingMs + (call.asked.slowMs ?? 0)), context.closing);
  const trouble = troubleAsked(call);
  if (trouble !== undefined) {
    context.ledger.forgive(call.requestId, "failed");
    throw new DashscopeRefusal(trouble.code, { message: trouble.message });
  }
  const expiresAt = context.vendorNow() + (call.asked.expiredUrl ? -1000 : context.limits.dashscopeUrlLifeMs);
  const made = order.pictures.filter(({ trouble: own }) => own === undefined);
  const failed = order.pictures.length - made.length;
  return {
    output: {
      choices: made.map(({ name }) => ({
        finish_reason: "stop",
        message: { role: "assistant", content: [{ image: files.address(name, expiresAt) }] },
      })),
      task_metric: { TOTAL: order.pictures.length, SUCCEEDED: made.length, FAILED: failed },
    },
    usage: { image_count: made.length, ...order.size },
  };
}

/** It answers with words and pictures in turn, and only in events. */
export const interleavingModel = "wan2.6-image";

/** The same with the model that mixes words and pictures: a few words, then each picture, then the end. */
export async function createInterleaved(vendor: Vendor, call: Call): Promise<Answer> {
  const model = messageTaskImageModels.get(interleavingModel)!;
  const { output, usage } = await createImages(vendor, call, model);
  const { choices = [] } = output as { choices?: { message: { content: object[] } }[] };
  const event = (content: readonly object[], finished: boolean): Answer => ({
    output: {
      choices: [{ finish_reason: finished ? "stop" : "null", message: { role: "assistant", content } }],
      finished,
    },
    usage,
  });
  const pictures = choices.flatMap(({ message }) => message.content.map((part) => ({ type: "image", ...part })));
  const words = event([{ type: "text", text: "SANDBOX" }], false);
  return { ...event([], true), before: [words, ...pictures.map((picture) => event([picture], false))] };
}

/** `image-generation/generation`: the same request as a task. */
export async function createMessageImageTask(vendor: Vendor, call: Call): Promise<Answer> {
  const model = messageTaskImageModels.get(call.model);
  if (model === undefined) throw new DashscopeRefusal("ModelNotFound");
  return createPictureTask(vendor, call, {
    model,
    ...(await messageOf(vendor, call, model)),
    negatives: parametersOf(call),
    isByMessage: true,
  });
}

/** Exactly one user message with one text, and the pictures that it is about, for a model that changes pictures. */
async function messageOf(
  { context }: Vendor,
  call: Call,
  { editing, onlyEdits }: ImageModel,
): Promise<{ prompt: string; given: readonly PictureFacts[] }> {
  const input = inputOf(call);
  const messages = input.raw("messages");
  if (!Array.isArray(messages) || messages.length !== 1)
    return input.refuse("messages", "must hold exactly one message");
  const message = new Fields("input.messages[0]", messages[0]);
  if (message.text("role") !== "user") message.refuse("role", "must be user");
  const content = message.raw("content");
  if (!Array.isArray(content)) return message.refuse("content", "must be a list");
  const parts = content.map((part, index) => new Fields(`input.messages[0].content[${index}]`, part));
  const [text, ...more] = parts.filter((part) => part.has("text"));
  if (text === undefined || more.length > 0) return message.refuse("content", "must hold exactly one text");
  const addresses = parts.filter((part) => !part.has("text")).map((part) => part.text("image"));
  if (addresses.length > (editing?.mostPictures ?? 0))
    message.refuse("content", `must hold at most ${editing?.mostPictures ?? 0} pictures`);
  if (onlyEdits && addresses.length === 0) message.refuse("content", "must hold a picture");
  const given: PictureFacts[] = [];
  for (const address of addresses) {
    const picture = await fetchPicture(context, call, address, { maxMegabytes: editing?.megabytes, takesData: true });
    requireSides(picture, editing?.sides);
    given.push(picture);
  }
  return { prompt: text.text("text"), given };
}
