import { type Tool, UsageError } from "@toolcast/core";
import { asksForQuote, consentAsked, expectedResults, parseInput, say } from "@toolcast/core/surface";
import { installationDirectory } from "../configuration/data-directory.ts";
import { readProcessRecord } from "../process-record.ts";
import { serverRecordFile } from "../server/server-record.ts";
import { type CommandContext, isInteractive } from "./command-context.ts";
import { failureReport } from "./command-failure.ts";
import { checkDestination } from "./destination.ts";
import type { Flag } from "./flags.ts";
import { inputOf } from "./flags.ts";
import { followJob } from "./follow-job.ts";
import { interruptible, reportInterruption } from "./interruption.ts";
import { withPipedText } from "./piped-text.ts";
import { takeMedia } from "./take-media.ts";
import { terminalText } from "./terminal-text.ts";
import { openWorkplace, type Workplace } from "./workplace.ts";

export interface RunOptions {
  out: string;
  wait: boolean;
  key?: string;
  /** The tool's own flags, under the parser's names. */
  [flag: string]: unknown;
}

/** `toolcast run <command>`: one request to one tool, from the arguments to the saved files. */
export async function runTool(
  context: CommandContext,
  tool: Tool,
  flags: readonly Flag[],
  words: readonly string[],
  options: RunOptions,
): Promise<void> {
  const typed = inputOf(tool, flags, options, words);
  if (words.length > 0 && tool.primary === undefined) {
    throw new UsageError({
      en: `${tool.command} takes no free text; use its flags (see --help).`,
      "zh-CN": `${tool.command} 不接受自由文本，请使用选项（见 --help）。`,
    });
  }
  const given = await withPipedText(tool, typed, context.stdin);
  const isOrder = tool.effect === "spends" && !asksForQuote(tool, given);
  if (isOrder) {
    refuseUnaskedConsent(context, tool, flags, given);
    if (options.wait) {
      await checkDestination(options.out, expectedResults(tool, parseInput(tool, given)), context.output);
    }
  }
  const interruption = interruptible();
  const workplace = await openWorkplace(context, isOrder && options.wait ? "follow" : "ask");
  let jobId: string | null = null;
  try {
    const { runtime, caller } = workplace;
    if (isOrder) {
      // If the job is only stored, nothing else has checked the folder that its result will need.
      await runtime.media.prepare();
    }
    const known = options.key ? { key: options.key, request: { tool: tool.name, input: given } } : {};
    const input = await takeMedia(runtime, flags, given, caller);
    const reply = await runtime.call({ tool: tool.name, input, caller, ...known });
    const { output } = context;
    const text = terminalText(reply.message, output.locale);
    switch (reply.type) {
      case "answer":
        output.print(text);
        output.document({ message: text, data: reply.data });
        return;
      case "refused": {
        const report = failureReport(reply.failure, output.locale, text);
        output.note(report.text);
        output.document({ error: report.json });
        context.exitWith(report.exitCode);
        return;
      }
      case "job":
        jobId = reply.job.id;
        if (options.wait) {
          const { out } = options;
          await followJob(context, workplace, reply.job, {
            out,
            signal: interruption.signal,
            repeated: reply.repeated,
          });
          return;
        }
        output.note(text);
        noteWhoGoesOn(context, workplace);
        output.print(reply.job.id);
        output.document({ job: runtime.jobJson(reply.job), repeated: reply.repeated, files: [] });
        return;
      default:
        reply satisfies never;
    }
  } catch (error) {
    if (!interruption.signal.aborted) {
      throw error;
    }
    reportInterruption(context, jobId);
  } finally {
    await interruption.untilUrgent(workplace.close());
    interruption.dispose();
  }
}

/** A stored job waits until a process advances it. */
function noteWhoGoesOn({ output }: CommandContext, { configuration }: Workplace): void {
  if (readProcessRecord(serverRecordFile(installationDirectory(configuration))) === null) {
    output.note({
      en: "No server is running on this data: the job waits for `toolcast start`, or for `toolcast job <id> --wait`.",
      "zh-CN": "当前没有服务器在运行：任务会等到 `toolcast start` 或 `toolcast job <编号> --wait` 时再继续。",
    });
  }
}

/**
 * Consent cannot be asked for without a terminal, so its flag is required with the request, before anything is stored.
 */
function refuseUnaskedConsent(
  context: CommandContext,
  tool: Tool,
  flags: readonly Flag[],
  given: Readonly<Record<string, unknown>>,
): void {
  if (isInteractive(context)) {
    return;
  }
  const asked = consentAsked(tool, parseInput(tool, given));
  const flag = flags.find(({ field }) => field === asked?.field);
  if (asked === null || flag === undefined) {
    return;
  }
  const { sentence } = asked.hold;
  throw new UsageError(
    {
      en: `${say(sentence, "en")} Add ${flag.name} to confirm.`,
      "zh-CN": `${say(sentence, "zh-CN")} 如确认，请加上 ${flag.name}。`,
    },
    flag.field,
  );
}
