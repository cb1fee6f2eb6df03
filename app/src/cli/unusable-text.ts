import type { LocalizedText } from "@toolcast/core";
import { say } from "@toolcast/core/surface";
import type { UnusableStore } from "../store.ts";

/** What is wrong with the store, what to do, and how much of it can be read. */
export function unusableText({ error, jobs, lost }: UnusableStore): LocalizedText {
  const { sentence } = error.failure;
  const [shown, missing] = [String(jobs), String(lost)];
  const read =
    lost === 0
      ? { en: `All jobs (${shown}) can be read`, "zh-CN": `全部任务（${shown} 个）可以读取` }
      : lost === null
        ? {
            en: `${shown} jobs can be read; how many more there were is unknown`,
            "zh-CN": `可以读取 ${shown} 个任务，另有多少个未知`,
          }
        : {
            en: `${shown} jobs can be read, ${missing} cannot`,
            "zh-CN": `可以读取 ${shown} 个任务，另有 ${missing} 个无法读取`,
          };
  return {
    en: `${say(sentence, "en")} ${read.en}; nothing can be started or changed.`,
    "zh-CN": `${say(sentence, "zh-CN")}${read["zh-CN"]}；无法开始或更改任何任务。`,
  };
}
