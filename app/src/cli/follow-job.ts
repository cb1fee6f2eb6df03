import { relative } from "node:path";
import { type Job, type MessageAction, systemClock, ToolcastError } from "@toolcast/core";
import { hasEnded, type PhaseName } from "@toolcast/core/engine";
import { readMedium, saveMedia } from "@toolcast/core/surface";
import { type CommandContext, isInteractive } from "./command-context.ts";
import { failureReport } from "./command-failure.ts";
import { standardOutput } from "./destination.ts";
import { exitCodes } from "./exit-codes.ts";
import { createProgressView } from "./progress.ts";
import { chooseAction } from "./question.ts";
import { terminalText } from "./terminal-text.ts";
import type { Workplace } from "./workplace.ts";

/** Phases in which only a person can advance the job. */
const waitingPhases: readonly PhaseName[] = ["held", "unresolved"];
const redrawEveryMs = 500;

export interface FollowOptions {
  /** Where to save media: a directory or a file name; `-` for standard output. */
  out: string;
  signal: AbortSignal;
  /** The request had already been made with the same key. */
  repeated?: boolean;
}

/** Shows the job until it has ended or waits for a person, saves its results, and reports how it ended. */
export async function followJob(
  context: CommandContext,
  workplace: Workplace,
  first: Job,
  options: FollowOptions,
): Promise<void> {
  let job = first;
  let shown = false;
  for (;;) {
    job = await watchUntilSettled(context, workplace, job, options.signal);
    if (!waitingPhases.includes(job.state.phase) || !isInteractive(context)) {
      break;
    }
    const next = await askAboutJob(context, workplace, job, options.signal);
    shown = next === null;
    if (next === null || next.version === job.version || next.state.phase === "unresolved") {
      job = next ?? job;
      break;
    }
    job = next;
  }
  await reportJob(context, workplace, job, { ...options, shown });
}

async function watchUntilSettled(
  context: CommandContext,
  { runtime, caller, abandoned }: Workplace,
  job: Job,
  signal: AbortSignal,
): Promise<Job> {
  const view = createProgressView(context.output);
  let latest = job;
  let cancel = () => {};
  let over = false;
  const show = async () => {
    const message = await runtime.jobMessage(latest, caller);
    if (!over && !hasEnded(latest) && !waitingPhases.includes(latest.state.phase)) {
      view.show(message);
    }
  };
  const redraw = () => {
    // Estimated progress grows between two changes of the job.
    cancel = systemClock.setTimer(redrawEveryMs, () => {
      show().catch(() => {});
      redraw();
    });
  };
  const heldBack = Promise.withResolvers<Job>();
  const noteHeldBack = () => {
    // The store is a copy: it may be days before an operator releases it.
    if (runtime.held() !== null && latest.state.phase === "queued") {
      heldBack.resolve(latest);
    }
  };
  const unwatch = runtime.watch((changed) => {
    if (changed.id === latest.id && changed.version >= latest.version) {
      latest = changed;
      noteHeldBack();
      show().catch(() => {});
    }
  });
  noteHeldBack();
  redraw();
  try {
    await show();
    const lost = abandoned.then(() => {
      const sentence = {
        en: `The process that does the work ended. The job is stored: toolcast job ${job.id} --wait`,
        "zh-CN": `执行任务的进程已退出。任务已保存：toolcast job ${job.id} --wait`,
      };
      throw new ToolcastError(sentence.en, {
        kind: "internal",
        sentence,
        charged: "unknown",
        retry: { kind: "never" },
      });
    });
    return await Promise.race([runtime.settled(job.id, signal), heldBack.promise, lost]);
  } finally {
    over = true;
    cancel();
    unwatch();
    view.clear();
  }
}

/** Null when the person decides later. */
async function askAboutJob(
  context: CommandContext,
  { runtime, caller }: Workplace,
  job: Job,
  signal: AbortSignal,
): Promise<Job | null> {
  const message = await runtime.jobMessage(job, caller);
  context.output.note(terminalText(message, context.output.locale));
  const actions = pressable(message.actions);
  if (actions.length === 0) {
    return null;
  }
  const { stdin, stderr } = context;
  const chosen = await chooseAction(actions, { locale: context.output.locale, stdin, stderr, signal });
  if (chosen === null) {
    return null;
  }
  const reply = await runtime.press({ action: chosen.action, subject: chosen.subject, caller });
  if (reply.type === "refused") {
    context.output.note(terminalText(reply.message, context.output.locale));
    return null;
  }
  return runtime.job(job.id, caller);
}

/** Buttons that decide something; those that open a form or only show details are of no use in a question. */
function pressable(actions: readonly MessageAction[] | undefined): MessageAction[] {
  return (actions ?? []).filter(({ action, form }) => form === undefined && action !== "details");
}

async function reportJob(
  context: CommandContext,
  { runtime, caller }: Workplace,
  job: Job,
  { out, repeated = false, shown }: FollowOptions & { shown: boolean },
): Promise<void> {
  const { output } = context;
  const message = await runtime.jobMessage(job, caller);
  const text = terminalText(message, output.locale);
  const { state } = job;
  if (state.phase === "succeeded") {
    const media = message.media ?? [];
    if (out === standardOutput) {
      // The last one: those before it were made for it, such as the speech of a video.
      const last = media.at(-1);
      await (last === undefined ? output.print(text) : output.send(readMedium(runtime.media, last)));
      output.note(last === undefined ? "" : text);
      return;
    }
    const files = await saveMedia(runtime.media, media, out);
    output.document({ job: runtime.jobJson(job), repeated, files });
    if (files.length === 0) {
      output.print(text);
    } else {
      output.note(text);
      output.print(files.map(shortPath).join("\n"));
    }
    return;
  }
  context.exitWith(exitCodes.failed);
  const hints = waitingPhases.includes(state.phase)
    ? pressable(message.actions).map(
        ({ action, label }) => `  toolcast job ${job.id} --press ${action} --wait    ${label}`,
      )
    : [];
  // The question asked a moment ago is still on the screen.
  output.note([...(shown ? [] : [text]), ...hints].join("\n"));
  const failure =
    state.phase === "failed" ? state.failure : state.phase === "unresolved" ? state.evidence.failure : null;
  const error =
    failure === null ? { kind: state.phase, message: message.title } : failureReport(failure, output.locale).json;
  output.document({ error, job: runtime.jobJson(job) });
}

/** The path as a person would type it. */
function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith("..") ? path : short;
}
