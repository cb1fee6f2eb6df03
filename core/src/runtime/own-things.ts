import { failureOf, UsageError } from "../errors/errors.ts";
import type { Job } from "../job/job.ts";
import type { Sentence } from "../messages/sentence.ts";
import { messages, say } from "../messages/sentence.ts";
import type { Caller } from "../people/caller.ts";
import type { Message, MessageField } from "../surface/message.ts";
import { goingFiles } from "../tools/delete-media.ts";
import { atVendor, vendorSentence, whoLoses } from "../tools/delete-voice.ts";
import type { ToolContext } from "../tools/tool.ts";
import { keptByVendorsOf } from "../tools/vendor-names.ts";
import type { OwnThing, Removal, RemovalRequest } from "./runtime.ts";

/** One thing that may be deleted, as its owner recognizes it. */
interface Found extends OwnThing {
  /** If it is a job. */
  job?: Job;
  label: string;
  /** What has to be said about it before, besides what is true of all of its kind. */
  before: Sentence[];
  /** Deletes it; resolves with what has to be said about it afterwards. */
  remove(): Promise<Sentence[]>;
}

/** Deletes what somebody owns, one thing or many: says first what that means, and does it once they have confirmed. */
export async function removeOwn(
  { things, also = [], confirmed }: RemovalRequest,
  context: ToolContext,
  unexpected: (error: unknown, caller: Caller) => void,
): Promise<Removal> {
  const { locale } = context.caller;
  const found = await Promise.all(things.map((thing) => find(thing, context)));
  if (!confirmed && found.includes(null)) {
    throw new UsageError({ key: "delete.not-there" });
  }
  const there = found.filter((thing) => thing !== null);
  if (!confirmed) {
    return { message: question(there, also, context), removed: [] };
  }
  const removed: OwnThing[] = [];
  const lines = new Set<string>();
  const left: MessageField[] = [];
  // One after the other: a file may be needed by a job that goes with it.
  for (const thing of inOrder(there)) {
    try {
      for (const sentence of await thing.remove()) {
        lines.add(say(sentence, locale));
      }
      removed.push({ kind: thing.kind, id: thing.id });
    } catch (error) {
      unexpected(error, context.caller);
      left.push({ label: thing.label, value: say(failureOf(error).sentence, locale) });
    }
  }
  for (const thing of things.filter((_thing, place) => found[place] === null)) {
    // A repeated request finds what it has deleted.
    if (await context.deletions.has(thing.id)) {
      removed.push(thing);
    } else {
      left.push({ label: thing.id, value: say({ key: "delete.not-there" }, locale) });
    }
  }
  const count = removed.length;
  const title: Sentence =
    left.length === 0
      ? { key: "delete.some-done", values: { count: count + also.length } }
      : count === 0
        ? { key: "delete.some-left", values: { count: left.length } }
        : { key: "delete.some-both", values: { count, left: left.length } };
  return {
    message: {
      tone: left.length === 0 ? "success" : "warning",
      title: say(title, locale),
      lines: [...lines],
      fields: left,
      private: true,
    },
    removed,
  };
}

const order: Record<OwnThing["kind"], number> = { job: 0, file: 1, voice: 2 };

function inOrder(things: readonly Found[]): Found[] {
  return [...things].sort((one, other) => order[one.kind] - order[other.kind]);
}

async function find({ kind, id }: OwnThing, context: ToolContext): Promise<Found | null> {
  const { caller, voices, jobs, deletions, providers } = context;
  switch (kind) {
    case "file": {
      const asset = await context.asset(id);
      const remove = async () => {
        // Gone with its job, if that was deleted just before.
        const current = await context.asset(id);
        await deletions.media(current === null ? [] : [current]);
        return [];
      };
      if (asset === null) {
        return null;
      }
      // Many results have the same name: what was asked for tells them apart.
      const job = asset.origin === undefined ? null : await jobs.find(asset.origin.jobId);
      const label = job === null ? asset.name : `${jobs.name(job)} · ${asset.name}`;
      return { kind, id, label, before: [], remove };
    }
    case "job": {
      const job = await jobs.find(id);
      const remove = async () => {
        await deletions.job(job!);
        return [];
      };
      return job?.id === id && job.caller.id === caller.id
        ? { kind, id, job, label: jobs.name(job), before: [], remove }
        : null;
    }
    case "voice": {
      const voice = await voices.read(id);
      if (voice === null || voice.owner !== caller.id || voice.deletingSince !== undefined) {
        return null;
      }
      const provider = providers.find((one) => one.id === voice.provider)?.title ?? voice.provider;
      const remove = async () => [vendorSentence(await deletions.voice(voice), provider)];
      return { kind, id, label: voice.name, before: [...whoLoses(voice), atVendor(voice, providers)], remove };
    }
    default:
      return kind satisfies never;
  }
}

function question(things: readonly Found[], also: readonly string[], context: ToolContext): Message {
  const { locale } = context.caller;
  const has = (kind: OwnThing["kind"]) => things.some((thing) => thing.kind === kind);
  const isOne = things.length + also.length === 1;
  const jobs = things.flatMap(({ job }) => job ?? []);
  const [goes, vendors] = goingFiles(isOne, context);
  const lines: Sentence[] = [
    ...(has("job") ? [{ key: isOne ? "delete.job-goes" : "delete.jobs-goes" } as const] : []),
    ...keptByVendorsOf(jobs, context),
    ...(has("file") ? [goes, vendors] : []),
    ...(has("voice") ? [{ key: "delete.voices-go" } as const] : []),
    ...things.flatMap(({ before }) => before),
    ...(has("file") || has("job") ? [{ key: "delete.media-elsewhere" } as const] : []),
  ];
  const count = things.length + also.length;
  return {
    tone: "question",
    title: say(isOne ? { key: "delete.one-ask" } : { key: "delete.some-ask", values: { count } }, locale),
    lines: [...new Set(lines.map((line) => say(line, locale)))],
    fields: [
      ...also.map((value) => ({ label: messages["delete.kind.conversation"][locale], value })),
      ...things.map(({ kind, label }) => ({ label: messages[`delete.kind.${kind}`][locale], value: label })),
    ],
    private: true,
  };
}
