import type { Caller, Job, Locale, Message, Runtime } from "@toolcast/core";
import { hasEnded } from "@toolcast/core/engine";
import { describeTool } from "@toolcast/core/surface";
import type { ConversationLog, LogEntry } from "./conversation-log.ts";
import type { EntryView, JobDetailView, JobView } from "./wire.ts";

/** Stored entries and jobs as the page shows them now, in the viewer's language. */
export interface LiveView {
  entry(entry: LogEntry, caller: Caller): Promise<EntryView>;
  /** What was asked for, in a few words. */
  about(job: Job, locale: Locale): string;
  job(job: Job, caller: Caller): Promise<JobView>;
  jobDetail(job: Job, caller: Caller): Promise<JobDetailView>;
}

export function createLiveView(runtime: Runtime, log: ConversationLog): LiveView {
  const titleOf = (job: Job, locale: Locale) => {
    const tool = runtime.tools.find(({ name }) => name === job.tool);
    return tool === undefined ? job.tool : describeTool(tool, locale).title;
  };
  const aboutOf = (job: Job) => {
    const primary = runtime.tools.find(({ name }) => name === job.tool)?.primary;
    const value = primary === undefined ? undefined : job.input[primary];
    return typeof value === "string" ? value : "";
  };
  const jobView = async (job: Job, caller: Caller): Promise<JobView> => ({
    id: job.id,
    title: titleOf(job, caller.locale),
    about: aboutOf(job),
    phase: job.state.phase,
    ended: hasEnded(job),
    own: job.caller.id === caller.id,
    conversation: job.caller.place.conversation,
    createdAt: job.createdAt,
    updatedAt: job.updatedAt,
    message: await runtime.jobMessage(job, caller),
  });

  /** The first answer follows its job until its content is in the conversation as a separate entry. */
  const reply = async (view: EntryView, stored: Message, job: Job, caller: Caller): Promise<EntryView> => {
    const { phase } = job.state;
    const isContinuedBelow =
      (hasEnded(job) && !job.notices.some(({ state }) => state === "kept" || state === "undeliverable")) ||
      (await log.ofJob(job.id)).some(({ content }) => content.kind === "result" && content.phase === phase);
    const message = await runtime.jobMessage(job, caller);
    if (!isContinuedBelow) {
      return { ...view, message: { ...message, private: stored.private } };
    }
    const { tone, title } = message;
    return { ...view, collapsed: true, message: { tone, title, private: stored.private, jobId: job.id } };
  };

  /**
   * What was delivered, in the current viewer's language and with what has become known since, e.g. evidence that was
   * still being gathered. Its media are those it was delivered with.
   */
  const deliveredNow = async (delivered: Message, job: Job, caller: Caller): Promise<Message> => {
    const { media: all = [], ...rest } = await runtime.jobMessage(job, caller);
    const media = (delivered.media ?? []).map((item) => {
      const { alternative = item.alternative } = all.find(({ assetId }) => assetId === item.assetId) ?? {};
      return { ...item, alternative };
    });
    return { ...rest, ...(media.length === 0 ? {} : { media }), private: delivered.private };
  };

  /**
   * A question asked again, for example after a second start with an unknown outcome, appears below; the earlier one is
   * over.
   */
  const isAskedAgain = async (job: Job, sequence: number): Promise<boolean> =>
    !hasEnded(job) &&
    (await log.ofJob(job.id)).some(
      (other) =>
        other.sequence > sequence && other.content.kind === "result" && other.content.phase === job.state.phase,
    );

  return {
    about: (job, locale) => aboutOf(job) || titleOf(job, locale),
    job: jobView,
    async jobDetail(job, caller) {
      return {
        ...(await jobView(job, caller)),
        timeline: await runtime.jobMessage(job, caller, "timeline"),
        json: runtime.jobJson(job),
      };
    },
    async entry({ sequence, id, conversation, at, content, replyTo, jobId }, caller) {
      const { kind } = content;
      const view: EntryView = { sequence, id, conversation, at, kind, replyTo };
      if (kind === "request") {
        return { ...view, ...(content.form === undefined ? { text: content.text ?? "" } : { form: content.form }) };
      }
      const translated = content.kind === "reply" ? content.translations?.[caller.locale] : undefined;
      const message = translated ?? content.message;
      const job = jobId === undefined ? null : await runtime.job(jobId, caller);
      if (job === null) {
        return { ...view, message };
      }
      const { phase } = job.state;
      const withJob: EntryView = { ...view, job: { id: job.id, phase, ended: hasEnded(job) } };
      if (kind === "reply") {
        return reply(withJob, message, job, caller);
      }
      if (content.kind === "result" && content.phase === phase && !(await isAskedAgain(job, sequence))) {
        return { ...withJob, message: await deliveredNow(message, job, caller) };
      }
      // Buttons for an earlier state could only answer that it has passed.
      const isCurrent = content.kind === "result" && content.phase === undefined;
      const actions = message.actions?.filter((action) => isCurrent || action.form !== undefined);
      return { ...withJob, message: { ...message, actions } };
    },
  };
}
