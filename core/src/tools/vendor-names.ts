import type { Job } from "../job/job.ts";
import { listed } from "../messages/listed.ts";
import { type Sentence, say } from "../messages/sentence.ts";
import type { ToolContext } from "./tool.ts";

/** The names of this installation's vendors, for a sentence about all of them. */
export function vendorsOf({ providers, caller }: Pick<ToolContext, "providers" | "caller">): string {
  const names = listed(providers.map(({ title }) => title))[caller.locale];
  return names === "" ? say({ key: "privacy.no-vendor" }, caller.locale) : names;
}

/** What a vendor keeps of jobs that are deleted; none if no vendor was sent any of them. */
export function keptByVendorsOf(
  jobs: readonly Pick<Job, "provider" | "providersTried" | "steps">[],
  { providers, caller }: Pick<ToolContext, "providers" | "caller">,
): Sentence[] {
  const asked = jobs
    .filter(({ steps }) => steps.some(({ attempt, startedAt }) => attempt !== undefined || startedAt !== undefined))
    .flatMap(({ provider, providersTried = [] }) => [...providersTried, provider]);
  const names = [...new Set(asked)].map(
    (id) => providers.find((one) => one.id === id)?.title ?? { en: id, "zh-CN": id },
  );
  return names.length === 0 ? [] : [{ key: "delete.jobs-vendors", values: { vendors: listed(names)[caller.locale] } }];
}
