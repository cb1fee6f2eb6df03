import type { LocalizedText } from "@toolcast/core";
import { errorPolicies } from "@toolcast/core/errors";
import type { FieldRole } from "@toolcast/core/surface";
import { z } from "zod";

const namePattern = /^[a-z][a-z0-9_-]*$/;

/** An expectation in both languages; `plugin-problems.ts` reads it from the issue. */
function must(sentence: LocalizedText) {
  return { params: { sentence } };
}

function functionOf() {
  return z.custom((value) => typeof value === "function", must({ en: "must be a function", "zh-CN": "须为函数" }));
}

function optionalFunction() {
  return functionOf().optional();
}

function matching(pattern: RegExp, sentence: LocalizedText) {
  return z.custom<string>((value) => typeof value === "string" && pattern.test(value), must(sentence));
}

const name = matching(namePattern, {
  en: "must be a name of lower-case letters, digits, - and _",
  "zh-CN": "须为由小写字母、数字、- 和 _ 组成的名称",
});

const isText = (value: unknown) => typeof value === "string" && value.trim() !== "";
const text = z.custom<LocalizedText>(
  (value) => {
    const given = value as Partial<LocalizedText> | null | undefined;
    return isText(given?.en) && isText(given?.["zh-CN"]);
  },
  must({ en: 'must hold texts for "en" and "zh-CN"', "zh-CN": '须含 "en" 和 "zh-CN" 两种文本' }),
);

const schema = z.custom(
  (value) => typeof (value as { safeParse?: unknown } | null | undefined)?.safeParse === "function",
  must({ en: "must be a Zod schema", "zh-CN": "须为 Zod 模式" }),
);

/** A record and not a list, so that a role that is left out does not compile. */
const roles: Record<FieldRole, true> = { voice: true, consent: true, provider: true, quote: true };

const field = z.looseObject({
  title: text,
  summary: text,
  schema,
  role: z.enum(Object.keys(roles) as FieldRole[]).optional(),
  shape: z.looseObject({ kind: z.enum(["text", "integer", "decimal", "flag", "choice", "media"]) }),
});

const toolBase = z.looseObject({
  name,
  command: name,
  title: text,
  summary: text,
  input: z.record(z.string(), field),
  primary: z.string().optional(),
  examples: z
    .array(
      z.looseObject({ title: text, input: z.record(z.string(), z.unknown()), samples: z.array(z.string()).optional() }),
    )
    .optional(),
  complete: optionalFunction(),
});

const tool = z
  .discriminatedUnion("effect", [
    toolBase.extend({ effect: z.enum(["reads", "changes"]), answer: functionOf() }),
    toolBase.extend({ effect: z.literal("spends"), steps: functionOf() }),
  ])
  .refine(({ primary, input }) => primary === undefined || Object.hasOwn(input, primary), {
    path: ["primary"],
    ...must({ en: "must name one of the tool's inputs", "zh-CN": "须为该工具的一个输入项的名称" }),
  })
  .refine(({ input }) => once(input, "consent") && once(input, "provider"), {
    path: ["input"],
    ...must({
      en: "must have at most one consent and one provider among its inputs",
      "zh-CN": "输入项中最多可有一个确认项和一个服务商项",
    }),
  });

function once(input: Readonly<Record<string, { role?: FieldRole }>>, role: FieldRole): boolean {
  return Object.values(input).filter((one) => one.role === role).length <= 1;
}

const setting = z.looseObject({
  variable: matching(/^[A-Z][A-Z0-9_]*$/, {
    en: "must be a variable's name, for example FRAMELY_KEY",
    "zh-CN": "须为环境变量名，例如 FRAMELY_KEY",
  }),
  summary: text,
});

const errorRow = z.looseObject({
  code: matching(/^\S.*$/, { en: "must be the vendor's code as text", "zh-CN": "须为文本形式的错误码" }),
  says: z.string(),
  policy: z.enum(errorPolicies),
  charged: z.enum(["yes", "no", "unknown"]).optional(),
  actor: z.enum(["user", "operator", "vendor", "nobody"]).optional(),
  afterMs: z.number().nonnegative().optional(),
  meaning: text,
  remedy: text,
});

const provider = z.looseObject({
  id: name,
  title: text,
  settings: z.array(setting),
  schema,
  hosts: functionOf(),
  onLoopback: functionOf(),
  limits: functionOf(),
  errors: z.array(errorRow).optional(),
  meantBy: z.string().optional(),
  create: functionOf(),
});

const adapter = z.looseObject({
  id: name,
  title: text,
  settings: z.array(setting),
  schema,
  hosts: functionOf(),
  create: functionOf(),
  doctor: functionOf(),
});

/** What every plugin must have for the rest of the program to rely on it; the types cover everything else. */
export const pluginsShape = z.strictObject({
  tools: z.array(tool).optional(),
  providers: z.array(provider).optional(),
  adapters: z.array(adapter).optional(),
});

/** What a provider's functions must return. */
export const providerResults = {
  hosts: z.array(
    matching(/^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/, {
      en: "must be host or host:port",
      "zh-CN": "须为 host 或 host:port",
    }),
  ),
  onLoopback: z.boolean(),
  limits: z.looseObject({
    concurrent: z.int().min(1),
    concurrentPerCaller: z.int().min(1).optional(),
    startsPerSecond: z.int().min(1),
    checksPerSecond: z.int().min(1).optional(),
  }),
  create: z.looseObject({
    operations: z.record(
      z.string(),
      z.looseObject({
        maxDurationMs: z.number().positive(),
        firstCheckAfterMs: z.number().nonnegative().optional(),
        sameKeyForMs: z.number().positive().optional(),
        perCall: z.int().min(1).optional(),
        suggested: z.record(z.string(), z.array(z.string())).optional(),
        price: functionOf(),
        start: functionOf(),
        check: optionalFunction(),
        cancel: optionalFunction(),
        validate: optionalFunction(),
      }),
    ),
    presetVoices: z
      .array(z.looseObject({ name: z.string().min(1), speakerId: z.string().min(1), character: text, languages: text }))
      .optional(),
    doctor: functionOf(),
    balance: optionalFunction(),
    bills: optionalFunction(),
    recordsSince: optionalFunction(),
  }),
};
