import { type Answer, type Call, inputOf, pay, type Vendor } from "./call.ts";
import { DashscopeRefusal } from "./codes.ts";
import { taskImageModels } from "./image-models.ts";
import { orderPictures, refusedPicture } from "./picture-order.ts";
import type { DashscopeTask } from "./records.ts";
import { begun, planTask } from "./tasks.ts";

const workingMs = 8000;

/** `text2image/image-synthesis`: a task that makes several pictures. */
export function createImageTask(vendor: Vendor, call: Call): Answer {
  const model = taskImageModels.get(call.model);
  if (model === undefined) throw new DashscopeRefusal("ModelNotFound");
  const input = inputOf(call);
  const prompt = input.text("prompt");
  const { pictures, made } = orderPictures(vendor, call, { model, prompt, negatives: input });
  const task: DashscopeTask = {
    ...planTask(vendor, call, { workingMs, ...(made === 0 ? { trouble: refusedPicture() } : {}) }),
    pictures,
  };
  const quantity = task.trouble === undefined ? made : 0;
  pay(vendor, call, { text: prompt, unit: "images", quantity, reference: task.taskId });
  vendor.context.state.dashscopeTasks.put(task.taskId, task);
  return begun(task);
}
