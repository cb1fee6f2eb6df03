import { locale } from "./locale.ts";
import { jobs } from "./store.ts";
import { type StringName, t } from "./strings.ts";

/** What is known after a restart about the jobs that were open before it, and those that are open now. */
export interface AfterRestart {
  /** Those that ended meanwhile. */
  ended: number;
  goingOn: number;
  /** Those that wait for a person. */
  waiting: number;
  /** Whether every job that was open before is still known. */
  isAllThere: boolean;
}

/** `before`: the ids of the jobs that were open. */
export function afterRestart(before: readonly string[]): AfterRestart {
  const known = new Map(jobs.value.map((job) => [job.id, job]));
  const open = jobs.value.filter(({ ended }) => !ended);
  const waiting = open.filter(({ phase }) => phase === "held" || phase === "unresolved").length;
  return {
    ended: before.filter((id) => known.get(id)?.ended).length,
    goingOn: open.length - waiting,
    waiting,
    isAllThere: before.every((id) => known.has(id)),
  };
}

/** Promises nothing beyond what is known. */
export function restartText({ ended, goingOn, waiting, isAllThere }: AfterRestart): string {
  const counts: readonly (readonly [StringName, number])[] = [
    ["restartEnded", ended],
    ["restartGoesOn", goingOn],
    ["restartWaits", waiting],
  ];
  const facts = counts.flatMap(([name, count]) => (count === 0 ? [] : [t(name, { count })]));
  const kept = isAllThere && facts.length > 0 ? [t("restartKept")] : [];
  return [t("restarted"), ...(facts.length === 0 && isAllThere ? [t("restartIdle")] : facts), ...kept].join(
    locale.value === "zh-CN" ? "" : " ",
  );
}
