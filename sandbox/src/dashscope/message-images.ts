import { wait } from "../clock.ts";
import { type Answer, type Call, inputOf, isAnswerSpoilt, parametersOf, pay, type Vendor } from "./call.ts";
import { DashscopeRefusal } from "./codes.ts";
import { Fields } from "./fields.ts";
import { type ImageModel, messageTaskImageModels } from "./image-models.ts";
import { orderPictures } from "./picture-order.ts";
import { troubleAsked } from "./tasks.ts";
import { createPictureTask } from "./text-to-image.ts";

const workingMs = 6000;

/** `multimodal-generation/generation` with a picture model: the pictures are in the answer. */
export async function createImages(vendor: Vendor, call: Call, model: ImageModel): Promise<Answer> {
  const { context, files } = vendor;
  const prompt = promptOf(call);
  const order = orderPictures(vendor, call, { model, prompt, negatives: parametersOf(call) });
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

/** `image-generation/generation`: the same request as a task. */
export function createMessageImageTask(vendor: Vendor, call: Call): Answer {
  const model = messageTaskImageModels.get(call.model);
  if (model === undefined) throw new DashscopeRefusal("ModelNotFound");
  return createPictureTask(vendor, call, {
    model,
    prompt: promptOf(call),
    negatives: parametersOf(call),
    isByMessage: true,
  });
}

/** Exactly one user message with one text. */
function promptOf(call: Call): string {
  const input = inputOf(call);
  const messages = input.raw("messages");
  if (!Array.isArray(messages) || messages.length !== 1)
    return input.refuse("messages", "must hold exactly one message");
  const message = new Fields("input.messages[0]", messages[0]);
  if (message.text("role") !== "user") message.refuse("role", "must be user");
  const content = message.raw("content");
  if (!Array.isArray(content) || content.length !== 1) return message.refuse("content", "must hold exactly one text");
  return new Fields("input.messages[0].content[0]", content[0]).text("text");
}
