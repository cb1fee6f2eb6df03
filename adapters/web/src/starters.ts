import type { Asset, Json, Locale, LocalizedText, Tool } from "@toolcast/core";
import { fieldsOf } from "@toolcast/core/surface";
import type { StarterView } from "./wire.ts";

type ToolExample = NonNullable<Tool["examples"]>[number];

const failureTitle = { en: "See how a failure is explained", "zh-CN": "看看失败是怎么解释的" };

interface StarterOptions {
  /** The person's samples for media inputs, at most one per kind. */
  samples: readonly Asset[];
  /** Makes a vendor refuse a text that contains it; the first example with a text is also offered with it. */
  refusal?: string;
  locale: Locale;
}

/** Things to try with one press: the tools' own examples for which there are samples, and one that fails. */
export function startersOf(tools: readonly Tool[], options: StarterOptions): StarterView[] {
  const { locale, refusal } = options;
  const examples = tools.flatMap((tool) => (tool.examples ?? []).map((example) => ({ tool, example })));
  const starters = examples.flatMap(({ tool, example }) => {
    const samples = samplesFor(tool, example, options.samples);
    const input = { ...textsOf(example, locale), ...samples };
    return samples === null ? [] : [{ title: example.title[locale], command: tool.command, input }];
  });
  const failing = examples.find(({ example: { input, samples } }) => textNamed(input) && !samples?.length);
  if (refusal === undefined || failing === undefined) {
    return starters;
  }
  const { tool, example } = failing;
  const [name, text] = textNamed(example.input)!;
  const input = { ...textsOf(example, locale), [name]: `${text[locale]} ${refusal}` };
  return [...starters, { title: failureTitle[locale], command: tool.command, input }];
}

type ExampleInput = ToolExample["input"];

function textsOf({ input }: ToolExample, locale: Locale): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(input).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === "object" ? value[locale] : value]],
    ),
  );
}

/** The first input that people read. */
function textNamed(input: ExampleInput): [string, LocalizedText] | undefined {
  return Object.entries(input).find((entry): entry is [string, LocalizedText] => typeof entry[1] === "object");
}

/** Ids by input; null if a kind has no sample. */
function samplesFor(tool: Tool, { samples: names = [] }: ToolExample, samples: readonly Asset[]) {
  const found: Record<string, Json> = {};
  for (const [name, { shape }] of fieldsOf(tool)) {
    if (names.includes(name)) {
      const sample = samples.find(({ kind }) => shape.kind === "media" && shape.limits.kind === kind);
      if (sample === undefined) {
        return null;
      }
      found[name] = sample.id;
    }
  }
  return found;
}
