import { UsageError } from "../errors/errors.ts";
import type { Json } from "../ground/json.ts";
import type { Locale } from "../ground/locale.ts";
import { hasEnded, type Job, openPhases, type PhaseName } from "../job/job.ts";
import { dateTimeFormat } from "../messages/formats.ts";
import { type MessageKey, say } from "../messages/sentence.ts";
import { jobMoney } from "../money/job-money.ts";
import type { MessageField } from "../surface/message.ts";
import { choice, integer, text } from "./field.ts";
import { defineTool, type Suggestion, type ToolContext } from "./tool.ts";

const jobField = text({
  title: { en: "Job", "zh-CN": "任务编号" },
  summary: {
    en: "The job's id or its unique beginning.",
    "zh-CN": "任务编号或其唯一前缀。",
  },
  maxLength: 60,
  completes: true,
});

async function suggestJobs(partial: string, context: ToolContext, open: boolean): Promise<Suggestion[]> {
  return (await context.jobs.list({ limit: 100 }))
    .filter((job) => job.id.includes(partial.trim()) && !(open && hasEnded(job)))
    .slice(0, 25)
    .map((job) => ({
      value: job.id,
      label: summaryOf(job, context),
    }));
}

async function findJob(id: string, { jobs }: ToolContext): Promise<Job> {
  const job = await jobs.find(id.trim());
  if (job === null) {
    throw new UsageError({ key: "job.not-found", values: { id } }, "job");
  }
  return job;
}

/** One job with its whole timeline. */
export const getJob = defineTool({
  name: "get_job",
  command: "job",
  effect: "reads",
  answers: "job",
  title: { en: "One job", "zh-CN": "任务详情" },
  summary: {
    en: "Shows one job: its state, result, cost and timeline.",
    "zh-CN": "查看任务的状态、结果、费用和过程。",
  },
  primary: "job",
  private: true,
  input: { job: jobField },
  complete: (_field, partial, context) => suggestJobs(partial, context, false),
  async answer(input, context) {
    const job = await findJob(input.job, context);
    const message = await context.jobs.message(job, "timeline");
    return {
      message,
      job,
      // Not made for those who show the job itself.
      get data() {
        return context.jobs.json(job);
      },
    };
  },
});

const stateNames = ["open", "held", "queued", "running", "succeeded", "failed", "cancelled", "unresolved"] as const;
const phasesOf: Record<(typeof stateNames)[number], readonly PhaseName[]> = {
  open: openPhases,
  held: ["held"],
  queued: ["queued"],
  running: ["starting", "running"],
  succeeded: ["succeeded"],
  failed: ["failed"],
  cancelled: ["cancelled"],
  unresolved: ["unresolved"],
};

/** The caller's own jobs, newest first. */
export const listJobs = defineTool({
  name: "list_jobs",
  command: "jobs",
  effect: "reads",
  answers: "jobs",
  title: { en: "Your jobs", "zh-CN": "我的任务" },
  summary: { en: "Lists your jobs, newest first.", "zh-CN": "列出您的任务，最新的在前。" },
  primary: "state",
  private: true,
  input: {
    state: choice({
      title: { en: "State", "zh-CN": "状态" },
      summary: { en: "Only jobs in this state. Default all.", "zh-CN": "只看该状态的任务，默认全部。" },
      choices: stateNames.map((value) => ({
        value,
        title:
          value === "open"
            ? { en: "not finished", "zh-CN": "未完成" }
            : {
                en: say({ key: `job.phase.${value}` as MessageKey }, "en"),
                "zh-CN": say({ key: `job.phase.${value}` as MessageKey }, "zh-CN"),
              },
      })),
      optional: true,
    }),
    limit: integer({
      title: { en: "How many", "zh-CN": "数量" },
      summary: { en: "From 1 to 100. Default 10.", "zh-CN": "1 到 100，默认 10。" },
      minimum: 1,
      maximum: 100,
      optional: true,
    }),
  },
  async answer(input, context) {
    const { caller, jobs } = context;
    const limit = input.limit ?? 10;
    const newest = await jobs.list({
      ...(input.state === undefined ? {} : { phases: phasesOf[input.state] }),
      limit: limit + 1,
    });
    const found = newest.slice(0, limit);
    const title = newest.length > limit ? "jobs.title-newest" : found.length > 0 ? "jobs.title" : "jobs.none";
    const { locale } = caller;
    // Shown only if it distinguishes jobs.
    const places = new Set(found.map((job) => job.caller.place.conversation));
    const placeOf = (job: Job) => (places.size > 1 ? job.caller.place.conversation : undefined);
    return {
      message: {
        tone: "info",
        title: say({ key: title, values: { count: found.length } }, locale),
        fields: found.map((job) => ({
          label: summaryOf(job, context, placeOf(job)),
          value: job.id,
          copyable: true,
          moments: [{ text: createdAt(job, locale), at: job.createdAt, detail: "ago" }],
        })),
        actions: found.slice(0, 5).map((job) => ({
          action: "details",
          subject: job.id,
          label: say(
            { key: "about", values: { subject: say({ key: "action.details" }, locale), words: job.id.slice(0, 10) } },
            locale,
          ),
          style: "plain",
        })),
      },
      data: {
        jobs: found.map((job) => ({
          ...(jobs.json(job) as Record<string, Json>),
          name: jobs.name(job),
          place: { surface: job.caller.place.surface, conversation: job.caller.place.conversation },
        })),
      },
    };
  },
});

function createdAt(job: Job, locale: Locale): string {
  return dateTimeFormat(locale, { dateStyle: "short", timeStyle: "short" }).format(job.createdAt);
}

function summaryOf(job: Job, { caller, jobs }: ToolContext, place?: string): string {
  const { locale } = caller;
  const undelivered = job.notices.some(({ state }) => state === "undeliverable");
  return [
    jobs.name(job),
    say({ key: `job.phase.${job.state.phase}` }, locale),
    createdAt(job, locale),
    ...(place === undefined ? [] : [place]),
    ...(undelivered ? [say({ key: "job.delivery.undelivered" }, locale)] : []),
  ].join(" · ");
}

/** Ends a job that has not started; asks the vendor to stop one that has. */
export const cancelJob = defineTool({
  name: "cancel_job",
  command: "cancel",
  effect: "changes",
  answers: "job",
  title: { en: "Cancel a job", "zh-CN": "取消任务" },
  summary: {
    en: "Cancels a job. Work already started at a vendor may go on and be charged.",
    "zh-CN": "取消任务。服务商已开始的部分可能继续并扣费。",
  },
  primary: "job",
  private: true,
  input: { job: jobField },
  complete: (_field, partial, context) => suggestJobs(partial, context, true),
  async answer(input, context) {
    const job = await context.jobs.cancel(await findJob(input.job, context));
    const message = await context.jobs.message(job);
    const { charged, mayStillBeCharged } = jobMoney(job);
    const { locale } = context.caller;
    const money: MessageField = {
      kind: "charged",
      label: say({ key: "job.field.charged" }, locale),
      value: say(
        { key: charged === "unknown" && mayStillBeCharged ? "job.charged.open" : `job.charged.${charged}` },
        locale,
      ),
    };
    return { message: { ...message, fields: [money, ...(message.fields ?? [])] }, data: context.jobs.json(job), job };
  },
});
