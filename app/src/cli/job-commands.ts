import { basename } from "node:path";
import { type Job, UsageError } from "@toolcast/core";
import { hasEnded } from "@toolcast/core/engine";
import { type ExpectedResults, expectedResults, readMedium, saveMedia } from "@toolcast/core/surface";
import type { CommandContext } from "./command-context.ts";
import { failureReport } from "./command-failure.ts";
import { checkDestination, standardOutput } from "./destination.ts";
import { exitCodes } from "./exit-codes.ts";
import { interruptible, reportInterruption } from "./interruption.ts";
import { terminalText } from "./terminal-text.ts";
import { unusableText } from "./unusable-text.ts";
import { openWorkplace, type Workplace } from "./workplace.ts";

export interface JobsOptions {
  state?: string;
  limit?: string;
}

/** `toolcast jobs`: recent jobs and their states. */
export async function jobsCommand(context: CommandContext, { state, limit }: JobsOptions): Promise<void> {
  await within(context, "read", async ({ runtime, caller }) => {
    const { output } = context;
    const { name: tool } = runtime.tools.find(
      ({ effect, ...rest }) => effect === "reads" && "answers" in rest && rest.answers === "jobs",
    )!;
    const reply = await runtime.call({ tool, input: { state, limit }, caller });
    const text = terminalText(reply.message, output.locale);
    if (reply.type === "answer") {
      output.document(reply.data);
      output.print(text);
    } else if (reply.type === "refused") {
      refuse(context, reply.failure, text);
    }
  });
}

export interface JobOptions {
  /** Carry the job on and wait for it to end. */
  wait?: boolean;
  /** Where to save its results. */
  out?: string;
  /** The button of the job to press. */
  press?: string;
}

/**
 * `toolcast job <id>`: one job with its timeline; on request carries it on, answers its question or saves its media.
 */
export async function jobCommand(context: CommandContext, id: string, options: JobOptions): Promise<void> {
  const interruption = interruptible();
  const purpose = options.wait ? "follow" : options.press === undefined ? "read" : "ask";
  let found: Job | null = null;
  try {
    await within(
      context,
      purpose,
      async (workplace) => {
        found = await findJob(workplace, id);
        if (options.out !== undefined) {
          await checkDestination(options.out, resultsOf(workplace, found), context.output);
        }
        if (options.press !== undefined) {
          found = await pressButton(context, workplace, found, options.press);
          if (found === null) {
            return;
          }
        }
        if (options.wait && !hasEnded(found)) {
          const { followJob } = await import("./follow-job.ts");
          await followJob(context, workplace, found, { out: options.out ?? ".", signal: interruption.signal });
          return;
        }
        await showJob(context, workplace, found, options.out);
      },
      interruption.untilUrgent,
    );
  } catch (error) {
    if (!interruption.signal.aborted) {
      throw error;
    }
    reportInterruption(context, (found as Job | null)?.id ?? null);
  } finally {
    interruption.dispose();
  }
}

/** Null for a job whose tool is no longer here, or reads its input in another way now. */
function resultsOf({ runtime }: Workplace, { tool: name, input }: Job): ExpectedResults | null {
  const tool = runtime.tools.find((candidate) => candidate.name === name);
  try {
    return tool === undefined ? null : expectedResults(tool, input);
  } catch {
    return null;
  }
}

async function findJob({ runtime, caller }: Workplace, id: string): Promise<Job> {
  const job = await runtime.job(id, caller);
  if (job === null) {
    throw new UsageError({
      en: `There is no job ${id}. \`toolcast jobs\` lists them; the beginning of an id is enough when only one job has it.`,
      "zh-CN": `没有任务 ${id}。可用 \`toolcast jobs\` 查看列表；编号开头若唯一，只写开头即可。`,
    });
  }
  return job;
}

/** Null when the press was refused. */
async function pressButton(
  context: CommandContext,
  { runtime, caller }: Workplace,
  job: Job,
  action: string,
): Promise<Job | null> {
  const message = await runtime.jobMessage(job, caller);
  const offered = message.actions ?? [];
  const button = offered.find((candidate) => candidate.action === action && candidate.form === undefined);
  if (button === undefined) {
    const names = offered.length === 0 ? ["-"] : offered.map((candidate) => candidate.action);
    throw new UsageError(
      {
        en: `this job offers no ${action} now; it offers: ${names.join(", ")}.`,
        "zh-CN": `该任务当前没有操作 ${action}，可用操作：${names.join("、")}。`,
      },
      "press",
    );
  }
  const reply = await runtime.press({ action, subject: button.subject, caller });
  if (reply.type === "refused") {
    refuse(context, reply.failure, terminalText(reply.message, context.output.locale));
    return null;
  }
  return runtime.job(job.id, caller);
}

async function showJob(
  context: CommandContext,
  { runtime, caller }: Workplace,
  job: Job,
  out: string | undefined,
): Promise<void> {
  const { output } = context;
  const message = await runtime.jobMessage(job, caller, "timeline");
  const last = message.media?.at(-1);
  if (out === standardOutput && last !== undefined) {
    await output.send(readMedium(runtime.media, last));
    return;
  }
  const files =
    out === undefined || out === standardOutput ? [] : await saveMedia(runtime.media, message.media ?? [], out);
  output.document({ job: runtime.jobJson(job), ...(out === undefined ? {} : { files }) });
  const media = (message.media ?? []).map(({ name, assetId }) => `  ${basename(name)}  ${assetId}`);
  output.print([terminalText(message, output.locale), ...(files.length > 0 ? files : media)].join("\n"));
}

function refuse(context: CommandContext, failure: Parameters<typeof failureReport>[0], text: string): void {
  const report = failureReport(failure, context.output.locale, text);
  context.output.note(report.text);
  context.output.document({ error: report.json });
  context.exitWith(report.exitCode);
}

async function within(
  context: CommandContext,
  purpose: Parameters<typeof openWorkplace>[1],
  work: (workplace: Workplace) => Promise<void>,
  closing: (closed: Promise<void>) => Promise<void> = (closed) => closed,
): Promise<void> {
  const workplace = await openWorkplace(context, purpose);
  try {
    await work(workplace);
    if (workplace.unusable !== null) {
      context.output.note(unusableText(workplace.unusable)[context.output.locale], "always");
      context.exitWith(exitCodes.failed);
    }
  } finally {
    await closing(workplace.close());
  }
}
