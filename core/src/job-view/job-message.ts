import { entryOf } from "../errors/catalog.ts";
import type { Charged, Failure } from "../errors/errors.ts";
import type { Locale } from "../ground/locale.ts";
import { causeOf } from "../ground/logger.ts";
import { earlierStart, nextLookAt } from "../job/earlier-starts.ts";
import { assetsOf, hasEnded, type Job, type Notice } from "../job/job.ts";
import { missingParts } from "../job/missing-parts.ts";
import { amountSentence, type MessageKey, type Sentence, say } from "../messages/sentence.ts";
import { jobMoney } from "../money/job-money.ts";
import type { Price } from "../providers/operation.ts";
import type { Message, MessageField, MessageFieldKind, MessageMedia, Tone } from "../surface/message.ts";
import type { JobTexts } from "../tools/tool.ts";
import type { ProviderRegistry } from "../work/provider-registry.ts";
import { composeName } from "./compose-name.ts";
import { accountFields, askedAtField, taskFields } from "./evidence-fields.ts";
import { evidenceSentence } from "./evidence-sentence.ts";
import { jobActions } from "./job-actions.ts";
import type { JobMessageOptions, Speak } from "./job-message-options.ts";
import { timelineFields } from "./job-timeline.ts";
import { goneMedia, messageMedia } from "./message-media.ts";
import { isSentAgain, nextStep } from "./next-step.ts";
import { progressOf } from "./progress.ts";
import { recipeOf } from "./recipe.ts";
import { speaker } from "./speaker.ts";
import { StepTitles } from "./step-titles.ts";

/** A job as a message: what happened, what it cost, what comes next, in the viewer's language. */
export async function jobMessage(options: JobMessageOptions): Promise<Message> {
  const { job, caller, notice, detail = "usual" } = options;
  const { locale } = caller;
  const described = toolTexts(options);
  const name = nameOf(options, described.title);
  const { speak, moments } = speaker(locale);
  const titles = new StepTitles(options);
  const body =
    notice?.about === "further"
      ? furtherBody(options, notice, name, speak)
      : await phaseBody(options, name, titles, speak);
  const assets = notice?.assets ?? assetsOf(job);
  const media: MessageMedia[] =
    detail === "timeline" || (detail === "usual" && (hasEnded(job) || notice?.about === "further"))
      ? await messageMedia(assets, name, options.media)
      : [];
  const gone = hasEnded(job) || notice?.about === "further" ? await goneMedia(assets, options) : [];
  const recipe = await recipeOf(options);
  const lines = [
    ...body.lines,
    ...recipe.lines,
    ...gone.map(speak),
    ...(options.isSandbox && job.state.phase === "succeeded" ? [speak({ key: "job.sandbox" })] : []),
    ...(body.growing === undefined ? [] : [body.growing]),
  ];
  return {
    tone: body.tone,
    title: body.title,
    ...(lines.length === 0 ? {} : { lines }),
    ...(body.growing === undefined ? {} : { growing: true }),
    ...(moments.length === 0 ? {} : { moments }),
    fields: [
      ...body.fields,
      ...(hasEnded(job) && notice?.about !== "further" ? (described.fields ?? []) : []),
      ...recipe.fields,
      ...(detail === "timeline" ? timelineFields(job, titles, caller) : []),
      { kind: "job", label: speak({ key: "job.field.job" }), value: job.id, copyable: true },
    ],
    ...(media.length === 0 ? {} : { media }),
    ...(detail === "text"
      ? {}
      : { actions: [...(described.actions ?? []), ...(await jobActions(options, { ...described, media }, speak))] }),
    progress: body.progress,
    private: job.caller.private ?? false,
    jobId: job.id,
  };
}

/** What people recognize a job by: its tool and the beginning of the request. */
export function jobName(options: NamedJob): string {
  return nameOf(options, toolTexts(options).title);
}

type NamedJob = Pick<JobMessageOptions, "job" | "caller" | "tool" | "logger">;

function nameOf({ job, caller, tool }: NamedJob, title: string | undefined): string {
  return composeName(tool?.title[caller.locale] ?? job.tool, title, caller.locale);
}

/** If a tool fails to supply its texts, the job's answer and result must still be shown. */
function toolTexts({ job, caller, tool, logger }: NamedJob): JobTexts {
  try {
    return tool?.describe?.(job, job.input, caller.locale) ?? {};
  } catch (error) {
    logger.error({ jobId: job.id, tool: job.tool, error: causeOf(error) }, "a tool could not describe its job");
    return {};
  }
}

interface Body {
  tone: Tone;
  title: string;
  lines: string[];
  fields: MessageField[];
  progress?: Message["progress"];
  /** A text that still grows, below everything else. */
  growing?: string;
}

async function phaseBody(options: JobMessageOptions, tool: string, titles: StepTitles, speak: Speak): Promise<Body> {
  const { job, providers } = options;
  const provider = providers.find(job.provider)?.title ?? job.provider;
  const { state } = job;
  const wish = job.cancelWish === undefined || hasEnded(job) ? [] : [cancelLine(job, provider, speak)];
  const price = job.price === undefined ? [] : [priceField(job.price, speak)];
  switch (state.phase) {
    case "held":
      return {
        tone: "question",
        title: speak({ key: "job.held", values: { tool } }),
        lines: [speak(state.hold.sentence)],
        fields: price,
      };
    case "queued":
      return {
        tone: "progress",
        title: speak(
          options.storeIsHeld
            ? { key: "store.waits-title", values: { tool } }
            : queuedSentence(job, state, tool, provider),
        ),
        lines: [
          ...(options.storeIsHeld ? [speak({ key: "store.waits" })] : []),
          ...(state.reason === undefined ? [] : [speak(state.reason.sentence)]),
          ...wish,
        ],
        fields: price,
      };
    case "starting":
    case "running":
      return {
        tone: "progress",
        title: speak(
          state.phase === "starting"
            ? { key: "job.starting", values: { tool, provider } }
            : { key: state.queued ? "job.running-queued" : "job.running", values: { tool, provider } },
        ),
        lines: [...stepLine(job, state.step, titles, speak), ...troubleLine(state, speak), ...wish],
        fields: price,
        progress: await progressOf(options, state),
        growing: job.steps.find(({ name }) => name === state.step)?.partial,
      };
    case "succeeded":
      return {
        tone: "success",
        title: speak({ key: "job.succeeded", values: { tool } }),
        lines: [
          ...missingParts(job).map(({ failure, count }) =>
            speak({ key: "job.part-missing", values: { count, reason: speak(failure.sentence) } }),
          ),
          ...(job.cancelWish === undefined ? [] : [speak({ key: "job.succeeded-cancelled", values: { provider } })]),
          ...textLines(options),
          ...insteadLine(job, providers, provider, speak),
        ],
        fields: [
          ...costFields(job, speak),
          ...missingParts(job).flatMap(({ failure }) => partFields(failure, options.caller.locale)),
        ],
      };
    case "cancelled": {
      return {
        tone: "info",
        title: speak({ key: "job.cancelled", values: { tool } }),
        lines: [speak(cancelledSentence(job, provider)), ...textLines(options)],
        fields: costFields(job, speak),
      };
    }
    case "failed":
      return {
        tone: "error",
        title: speak({ key: "job.failed", values: { tool } }),
        lines: [speak(state.failure.sentence), ...partialLines(job, speak)],
        fields: [
          ...failureFields(state.failure, options.caller.locale, {
            before: state.failure.charged === "no" ? jobMoney(job).charged : "no",
          }),
          ...costFields(job, speak),
        ],
      };
    case "unresolved": {
      const { failure } = state.evidence;
      // In a conversation, others besides the operator read what is delivered.
      const showsAccount = options.operator && (options.notice === undefined || (job.caller.private ?? false));
      return {
        tone: "warning",
        title: speak({ key: "job.unresolved", values: { tool } }),
        lines: [
          speak(failure.sentence),
          speak({ key: "job.unresolved-advice" }),
          speak(evidenceSentence(options, state.evidence)),
          ...(nextLookAt(job) === null ? [] : [speak({ key: "job.unresolved-looks", values: { provider } })]),
          ...wish,
          ...partialLines(job, speak),
        ],
        fields: [
          ...failureFields(failure, options.caller.locale),
          ...taskFields(job, state.step, options.caller.locale),
          ...askedAtField(job, state.step, options.caller.locale),
          ...(showsAccount ? accountFields(state.evidence, options.caller.locale) : []),
        ],
      };
    }
    default:
      return state satisfies never;
  }
}

/** The late result of an earlier start, whatever has become of the job since. */
function furtherBody(
  { job, providers, detail }: JobMessageOptions,
  { attempt = "" }: Notice,
  tool: string,
  speak: Speak,
): Body {
  const provider = providers.find(job.provider)?.title ?? job.provider;
  const { start, step } = earlierStart(job, attempt) ?? {};
  const at = { instant: start?.startedAt ?? step?.startedAt ?? job.createdAt };
  const { charge, text } = start ?? {};
  return {
    tone: "success",
    title: speak({ key: "job.further", values: { tool } }),
    lines: [
      speak({ key: "job.further-reason", values: { provider, at } }),
      ...(start?.missing ?? []).map(({ sentence }) =>
        speak({ key: "job.part-missing", values: { count: 1, reason: speak(sentence) } }),
      ),
      ...(text === undefined || detail === "text" ? [] : [text]),
    ],
    fields:
      charge?.amount === undefined
        ? []
        : [
            {
              kind: "cost",
              label: speak({ key: "job.field.cost" }),
              value: speak(amountSentence({ ...charge, amount: charge.amount })),
            },
          ],
  };
}

/** The texts it made, unless its reader gets them separately. */
function textLines({ job, detail }: JobMessageOptions): string[] {
  return detail === "text" ? [] : job.steps.flatMap(({ text }) => (text ? [text] : []));
}

/** What had arrived of a text whose end is not known, also if its person has given it up since. */
function partialLines({ steps }: Job, speak: Speak): string[] {
  return steps.flatMap(({ partial, earlier = [] }) => {
    const text = partial ?? earlier.at(-1)?.partial;
    return text === undefined ? [] : [speak({ key: "job.partial" }), text];
  });
}

function queuedSentence(
  { steps }: Job,
  state: Extract<Job["state"], { phase: "queued" }>,
  tool: string,
  provider: string | Readonly<Record<Locale, string>>,
): Sentence {
  if (state.reason !== undefined) {
    return { key: "job.queued-again", values: { tool } };
  }
  if (state.ahead === 0) {
    return { key: "job.queued-next", values: { tool, provider } };
  }
  if (steps.every((step) => step.state === "done")) {
    return { key: "job.finishing", values: { tool } };
  }
  if (state.ahead === undefined && steps.some((step) => step.state === "done")) {
    return { key: "job.going-on", values: { tool } };
  }
  return state.ahead === undefined
    ? { key: "job.queued", values: { tool } }
    : { key: "job.queued-behind", values: { tool, provider, ahead: state.ahead } };
}

/** A single missed check is not worth mentioning; after several, people should know. */
const missesToTell = 3;

function troubleLine(state: Extract<Job["state"], { phase: "starting" | "running" }>, speak: Speak): string[] {
  return state.phase === "starting" || state.trouble === undefined || state.failedChecks < missesToTell
    ? []
    : [speak(state.trouble.sentence), speak({ key: "job.check-trouble" })];
}

function cancelledSentence({ cancelWish, steps }: Job, provider: string | Readonly<Record<Locale, string>>): Sentence {
  if (cancelWish?.vendor === "stopped") {
    return { key: "job.cancelled-at-vendor", values: { provider } };
  }
  const stopped = steps.find((step) => step.stopped);
  if (stopped !== undefined) {
    return { key: stopped.text ? "job.stopped" : "job.stopped-at-once" };
  }
  const started = steps.some((step) => step.startedAt !== undefined && step.state !== "waiting");
  return { key: started ? "job.cancelled-after-steps" : "job.cancelled-before-start" };
}

function cancelLine(job: Job, provider: string | Readonly<Record<Locale, string>>, speak: Speak): string {
  return job.cancelWish?.vendor === "goes-on"
    ? speak({ key: "job.cancel-goes-on", values: { provider } })
    : speak({ key: "job.cancel-noted" });
}

function stepLine(job: Job, step: string, titles: StepTitles, speak: Speak): string[] {
  if (job.steps.length < 2) {
    return [];
  }
  const number = job.steps.findIndex(({ name }) => name === step) + 1;
  return [speak({ key: "job.step-of", values: { number, total: job.steps.length, title: titles.of(step) } })];
}

/** Everything a person needs to understand a failure: who acts, whether it cost, what the vendor said. */
export function failureFields(
  failure: Failure,
  locale: Locale,
  { before = "no" }: { /** Whether the same job's steps before it were charged. */ before?: Charged } = {},
): MessageField[] {
  const speak = (sentence: Sentence) => say(sentence, locale);
  const entry = entryOf(failure);
  const field = (kind: MessageFieldKind, key: MessageKey, value: string | undefined, copyable?: true) =>
    value === undefined || value === "" ? [] : [{ kind, label: speak({ key }), value, copyable }];
  return [
    ...field("input", "job.field.input", failure.field),
    ...field("charged", "job.field.charged", speak({ key: chargedKey(failure.charged, before) })),
    ...(entry === undefined
      ? []
      : [
          ...field(
            "actor",
            "job.field.actor",
            isSentAgain(entry) ? undefined : speak({ key: `job.actor.${entry.actor}` }),
          ),
          ...field("next", "job.field.next", nextStep(failure, locale)),
        ]),
    ...field("code", "job.field.code", failure.vendorCode, true),
    ...field("vendor-words", "job.field.words", failure.vendorMessage),
    ...field("request", "job.field.request", failure.requestId, true),
  ];
}

/**
 * The fields of a part that was not made. "Not charged" would seem to refer to the whole job, which did cost something.
 */
function partFields(failure: Failure, locale: Locale): MessageField[] {
  const fields = failureFields(failure, locale);
  return failure.charged === "no" ? fields.filter(({ kind }) => kind !== "charged") : fields;
}

function chargedKey(charged: Charged, before: Charged): MessageKey {
  if (before === "no") {
    return `job.charged.${charged}`;
  }
  return before === "yes" ? "job.charged.before" : "job.charged.before-unknown";
}

/** Names the provider that could not start the job: the one that did it may differ in price and style. */
function insteadLine(job: Job, providers: ProviderRegistry, provider: Title, speak: Speak): string[] {
  const [first] = job.providersTried ?? [];
  return first === undefined
    ? []
    : [speak({ key: "job.provider-instead", values: { first: providers.find(first)?.title ?? first, provider } })];
}

type Title = string | Readonly<Record<Locale, string>>;

export function priceField(price: Price, speak: Speak): MessageField {
  return {
    kind: "price",
    label: speak({ key: "job.field.price" }),
    value: price.known
      ? speak(
          price.atMost
            ? { key: "job.price-at-most", values: { amount: speak(amountSentence(price)) } }
            : amountSentence(price),
        )
      : speak({ key: "job.price-unknown", values: { dependsOn: speak(price.dependsOn) } }),
  };
}

function costFields(job: Job, speak: Speak): MessageField[] {
  return jobMoney(job).amounts.map((amount) => ({
    kind: "cost",
    label: speak({ key: "job.field.cost" }),
    value: speak(amountSentence(amount)),
  }));
}
