import { dashscope } from "./dashscope/index.ts";
import { openai } from "./openai/index.ts";
import type { ProviderDefinition } from "./provider.ts";
import { spark } from "./spark/index.ts";
import { xjc } from "./xjc/index.ts";

/** The providers every installation knows, in order of preference. */
// biome-ignore lint/suspicious/noExplicitAny: each definition parses its own settings with its own schema
export const builtInProviders: readonly ProviderDefinition<any>[] = [spark, xjc, dashscope, openai];
