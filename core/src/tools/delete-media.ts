import { UsageError } from "../errors/errors.ts";
import { assetsOf, type Job } from "../job/job.ts";
import type { Asset } from "../media/media.ts";
import { dateTimeFormat } from "../messages/formats.ts";
import { messages, type Sentence, say } from "../messages/sentence.ts";
import type { MessageAction, MessageField } from "../surface/message.ts";
import { confirmDeletion } from "./confirm-deletion.ts";
import { flag, text } from "./field.ts";
import { defineTool, type Suggestion, type ToolAnswer, type ToolContext } from "./tool.ts";
import { keptByVendorsOf, vendorsOf } from "./vendor-names.ts";

type MessageForm = NonNullable<MessageAction["form"]>;

/** How many files are listed if none is named. */
const newest = 10;
const buttons = 5;
const suggested = 25;

/** Deletes one of the caller's files, all files of a job, or the whole job, once they have confirmed. */
export const deleteMedia = defineTool({
  name: "delete_media",
  command: "delete",
  effect: "changes",
  title: { en: "Delete files", "zh-CN": "删除文件" },
  summary: {
    en: "Deletes your own results or uploads for good. Asks before it does.",
    "zh-CN": "永久删除您的结果或上传文件，执行前先确认。",
  },
  primary: "item",
  private: true,
  input: {
    item: text({
      title: { en: "File or job", "zh-CN": "文件或任务" },
      summary: {
        en: "The id of a file, or of a job for all its files. Left out: lists your newest files.",
        "zh-CN": "文件编号，或任务编号（全部文件）。不填则列出最近文件。",
      },
      maxLength: 80,
      completes: true,
      optional: true,
    }),
    record: flag({
      title: { en: "The job, too", "zh-CN": "连同任务" },
      summary: {
        en: "Yes deletes a job with its request and what it made. Default no: only files.",
        "zh-CN": "“是”则连同任务的请求和结果一起删除。默认否，只删文件。",
      },
      optional: true,
    }),
    confirm: confirmDeletion,
  },
  async complete(_field, partial, context): Promise<Suggestion[]> {
    const wanted = partial.trim().toLowerCase();
    const jobs = await context.jobs.list({ limit: suggested });
    // Those of the newest jobs: to find all files reads all records, and this is asked with every character.
    const named = [...new Set(jobs.flatMap(idsOf))];
    const files = (await Promise.all(named.map((id) => context.asset(id)))).filter((asset) => asset !== null);
    const newestFirst = files.sort((one, other) => other.createdAt - one.createdAt);
    return [
      ...newestFirst.map((asset) => ({ value: asset.id, label: labelOf(asset, context) })),
      ...jobs.map((job) => ({ value: job.id, label: context.jobs.name(job) })),
    ]
      .filter(({ value, label }) => `${value} ${label}`.toLowerCase().includes(wanted))
      .slice(0, suggested);
  },
  async answer({ item, record, confirm }, context): Promise<ToolAnswer> {
    const { locale } = context.caller;
    if (item === undefined) {
      return listed(await context.gallery(newest), context);
    }
    if (record === true) {
      return deleteJob(item.trim(), confirm === true, context);
    }
    const assets = await filesOf(item.trim(), context);
    const ids = assets.map(({ id }) => id);
    if (assets.length === 0) {
      return {
        message: { tone: "info", title: say({ key: "delete.media-already" }, locale) },
        data: { deleted: true, files: [] },
      };
    }
    if (confirm === true) {
      await context.deletions.media(assets);
      return {
        message: {
          tone: "success",
          title: say({ key: "delete.media-done", values: { count: assets.length } }, locale),
          fields: assets.map((asset) => fieldOf(asset, context)),
        },
        data: { deleted: true, files: ids },
      };
    }
    const isOne = assets.length === 1;
    const lines = [...goingFiles(isOne, context), { key: "delete.media-elsewhere" } as const];
    return {
      message: {
        tone: "question",
        title: say(
          isOne ? { key: "delete.file-ask" } : { key: "delete.media-ask", values: { count: assets.length } },
          locale,
        ),
        lines: lines.map((line) => say(line, locale)),
        fields: assets.map((asset) => fieldOf(asset, context)),
        actions: [deleteAction(item.trim(), say({ key: "delete.confirm" }, locale), true)],
      },
      data: { deleted: false, files: ids, confirmWith: { item: item.trim(), confirm: true } },
    };
  },
});

/** What has to be said before files are deleted. */
export function goingFiles(
  isOne: boolean,
  context: Pick<ToolContext, "providers" | "caller">,
): [goes: Sentence, vendors: Sentence] {
  const values = { vendors: vendorsOf(context) };
  return isOne
    ? [{ key: "delete.file-goes" }, { key: "delete.file-vendors", values }]
    : [{ key: "delete.media-goes" }, { key: "delete.media-vendors", values }];
}

async function deleteJob(item: string, isConfirmed: boolean, context: ToolContext): Promise<ToolAnswer> {
  const { caller, jobs, deletions } = context;
  const { locale } = caller;
  const job = item.startsWith("asset_") ? null : await jobs.find(item);
  if (job === null || job.caller.id !== caller.id) {
    const isFile = (await context.asset(item)) !== null;
    throw new UsageError(
      isFile ? { key: "delete.record-needs-job" } : { key: "delete.media-not-there", values: { id: item } },
      "item",
    );
  }
  const { id } = job;
  if (isConfirmed) {
    await deletions.job(job);
    return {
      message: { tone: "success", title: say({ key: "delete.job-done" }, locale) },
      data: { deleted: true, job: id },
    };
  }
  return {
    message: {
      tone: "question",
      title: say({ key: "delete.job-ask", values: { job: jobs.name(job) } }, locale),
      lines: [
        say({ key: "delete.job-goes" }, locale),
        ...keptByVendorsOf([job], context).map((line) => say(line, locale)),
        say({ key: "delete.media-elsewhere" }, locale),
      ],
      actions: [
        {
          action: "form",
          subject: id,
          label: say({ key: "delete.confirm" }, locale),
          style: "danger",
          form: { command: "delete", input: { item: id, record: true, confirm: true } },
        },
      ],
    },
    data: { deleted: false, job: id, confirmWith: { item: id, record: true, confirm: true } },
  };
}

/** The caller's files that are meant and still kept; none if they have deleted them already. */
async function filesOf(id: string, context: ToolContext): Promise<Asset[]> {
  const { caller, jobs, deletions } = context;
  const asset = await context.asset(id);
  if (asset !== null) {
    return [asset];
  }
  if (await deletions.has(id)) {
    return [];
  }
  const job = await jobs.find(id);
  // An operator finds everybody's jobs, but only the owner of files may delete them.
  if (job === null || job.caller.id !== caller.id) {
    throw new UsageError({ key: "delete.media-not-there", values: { id } }, "item");
  }
  const named = idsOf(job);
  const found = await Promise.all(named.map((one) => context.asset(one)));
  // An input that another job made belongs to that job.
  const files = found.filter((one) => one !== null && (one.origin?.jobId ?? job.id) === job.id) as Asset[];
  const deleted = await Promise.all(named.map((one) => deletions.has(one)));
  if (files.length === 0 && !deleted.includes(true)) {
    throw new UsageError({ key: "delete.media-job-empty", values: { id: job.id } }, "item");
  }
  return files;
}

/** The job's results and inputs. */
function idsOf(job: Job): string[] {
  const given = Object.values(job.input).filter((value) => typeof value === "string");
  return [...new Set([...assetsOf(job), ...given])];
}

function listed(assets: readonly Asset[], context: ToolContext): ToolAnswer {
  const { locale } = context.caller;
  return {
    message: {
      tone: "info",
      title: say({ key: assets.length === 0 ? "delete.no-files" : "delete.choose" }, locale),
      lines: assets.length === 0 ? [] : [say({ key: "delete.choose-how" }, locale)],
      fields: assets.map((asset) => fieldOf(asset, context)),
      actions: assets.slice(0, buttons).map((asset) => {
        const subject = say({ key: "action.delete" }, locale);
        return deleteAction(asset.id, say({ key: "about", values: { subject, words: asset.name } }, locale), false);
      }),
    },
    data: { files: assets.map(({ id, kind, name }) => ({ id, kind, name })) },
  };
}

function deleteAction(item: string, label: string, confirm: boolean): MessageAction {
  const input: MessageForm["input"] = confirm ? { item, confirm } : { item };
  return { action: "form", subject: item, label, style: "danger", form: { command: "delete", input } };
}

function fieldOf(asset: Asset, context: ToolContext): MessageField {
  return { label: labelOf(asset, context), value: asset.id, copyable: true };
}

function labelOf({ name, kind, createdAt }: Asset, { caller: { locale } }: Pick<ToolContext, "caller">): string {
  const at = dateTimeFormat(locale, { dateStyle: "short", timeStyle: "short" }).format(createdAt);
  return [name, messages[`media.kind.${kind}`][locale], at].join(" · ");
}
