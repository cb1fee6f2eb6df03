import { listed } from "../messages/listed.ts";
import { say } from "../messages/sentence.ts";
import type { ToolContext } from "./tool.ts";

/** The names of this installation's vendors, for a sentence about all of them. */
export function vendorsOf({ providers, caller }: Pick<ToolContext, "providers" | "caller">): string {
  const names = listed(providers.map(({ title }) => title))[caller.locale];
  return names === "" ? say({ key: "privacy.no-vendor" }, caller.locale) : names;
}
