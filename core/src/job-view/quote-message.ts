import type { Json } from "../ground/json.ts";
import type { Locale } from "../ground/locale.ts";
import type { Hold, Job } from "../job/job.ts";
import { say } from "../messages/sentence.ts";
import type { Message, MessageField } from "../surface/message.ts";
import { withoutConsent } from "../tools/consent.ts";
import { fieldsOf, fieldsOfRole } from "../tools/describe.ts";
import type { SpendingTool } from "../tools/tool.ts";
import type { ProviderRegistry } from "../work/provider-registry.ts";
import { priceField } from "./job-message.ts";

const maxValueCharacters = 300;

/** What would be started, for how much and what it would wait for: all that a decision needs. */
export function quoteMessage(
  job: Pick<Job, "input" | "provider" | "price">,
  {
    tool,
    holds,
    providers,
    locale,
  }: { tool: SpendingTool; holds: readonly Hold[]; providers: Pick<ProviderRegistry, "find">; locale: Locale },
): Omit<Message, "private"> {
  const speak: Parameters<typeof priceField>[1] = (sentence) => say(sentence, locale);
  return {
    tone: holds.length > 0 ? "question" : "info",
    title: speak({ key: holds.length > 0 ? "quote.asks" : "quote.title", values: { tool: tool.title } }),
    lines: holds.map(({ sentence }) => speak(sentence)),
    fields: [
      ...inputFields(tool, job.input, locale),
      {
        label: speak({ key: "job.field.provider" }),
        value: providers.find(job.provider)?.title[locale] ?? job.provider,
      },
      ...(job.price === undefined
        ? [
            {
              kind: "price" as const,
              label: speak({ key: "job.field.price" }),
              value: speak({ key: "quote.price-later" }),
            },
          ]
        : [priceField(job.price, speak)]),
    ],
  };
}

/** What a quote says to a person who asked for no more: that nothing was started, and a form that starts exactly this. */
export function unstarted(
  tool: SpendingTool,
  { input, provider }: Pick<Job, "input" | "provider">,
  locale: Locale,
): Pick<Message, "tone" | "title" | "actions"> {
  // At another provider it may cost something else.
  const named = Object.fromEntries(fieldsOfRole(tool, "provider").map((name) => [name, provider]));
  return {
    tone: "info",
    title: say({ key: "quote.title", values: { tool: tool.title } }, locale),
    actions: [
      {
        action: "form",
        subject: `quote:${tool.name}`,
        label: say({ key: "action.start-this" }, locale),
        style: "primary",
        form: { command: tool.command, input: { ...withoutConsent(tool, input), ...named } },
      },
    ],
  };
}

/** All the given input, under its titles for people. */
function inputFields(tool: SpendingTool, input: Readonly<Record<string, Json>>, locale: Locale): MessageField[] {
  return fieldsOf(tool).flatMap(([name, { title, shape }]) => {
    const value = input[name];
    if (value === undefined || value === null) {
      return [];
    }
    const choice = shape.kind === "choice" ? shape.choices.find((one) => one.value === value) : undefined;
    const characters = [...(choice?.title[locale] ?? String(value))];
    const shown = characters.slice(0, maxValueCharacters).join("");
    return [{ label: title[locale], value: characters.length > maxValueCharacters ? `${shown}…` : shown }];
  });
}
