import { type Answer, type Call, inputOf, pay, type Vendor } from "./call.ts";
import { DashscopeRefusal } from "./codes.ts";
import type { Fields } from "./fields.ts";
import { type ImageModel, taskImageModels } from "./image-models.ts";
import type { Size } from "./image-sizes.ts";
import { orderPictures, refusedPicture } from "./picture-order.ts";
import type { DashscopeTask } from "./records.ts";
import { begun, planTask } from "./tasks.ts";

const workingMs = 8000;

/** `text2image/image-synthesis`: a task that makes several pictures. */
export function createImageTask(vendor: Vendor, call: Call): Answer {
  const model = taskImageModels.get(call.model);
  if (model === undefined) throw new DashscopeRefusal("ModelNotFound");
  const input = inputOf(call);
  return createPictureTask(vendor, call, { model, prompt: input.text("prompt"), negatives: input });
}

/** A task that makes the pictures of one order, whichever way they were requested. */
export function createPictureTask(
  vendor: Vendor,
  call: Call,
  order: {
    model: ImageModel;
    prompt: string;
    negatives: Fields;
    isByMessage?: boolean;
    given?: readonly Size[];
  },
): Answer {
  const { size, pictures, made } = orderPictures(vendor, call, order);
  const task: DashscopeTask = {
    ...planTask(vendor, call, { workingMs, ...(made === 0 ? { trouble: refusedPicture() } : {}) }),
    pictures,
    ...(order.isByMessage ? { byMessage: { size: `${size.width}*${size.height}` } } : {}),
  };
  const quantity = task.trouble === undefined ? made : 0;
  pay(vendor, call, { text: order.prompt, unit: "images", quantity, reference: task.taskId });
  vendor.context.state.dashscopeTasks.put(task.taskId, task);
  return begun(task);
}
