import { useLayoutEffect, useRef } from "preact/hooks";
import type { JobView } from "../src/wire.ts";
import { showJob, toggleJobs } from "./actions.ts";
import { age } from "./format.ts";
import { Icon } from "./icons.tsx";
import { LanguageChoice } from "./language-choice.tsx";
import { toneIcon } from "./message-tone.ts";
import { MessageActions } from "./message-view.tsx";
import { canNotify, notifying, toggleNotifying } from "./notify.ts";
import { Choose, type Selection, SelectionBar, useSelection } from "./selection.tsx";
import { isJobsOpen, jobs, now } from "./store.ts";
import { t } from "./strings.ts";
import { ViewButtons } from "./view-buttons.tsx";

/** All jobs of the person, beside the conversation if there is room, otherwise over it. */
export function JobsPanel() {
  const panel = useRef<HTMLElement>(null);
  const wasOpen = useRef(false);
  const deletable = jobs.value.filter(({ own, ended }) => own && ended).map(({ id }) => id);
  const selection = useSelection(deletable);
  // Moves the focus with the panel, not later: that would pull people away from what they had gone on to.
  useLayoutEffect(() => {
    if (isJobsOpen.value) {
      panel.current?.focus();
    } else if (
      wasOpen.current &&
      (document.activeElement === document.body || panel.current?.contains(document.activeElement))
    ) {
      document.querySelector<HTMLElement>(".jobs-toggle")?.focus();
    }
    wasOpen.current = isJobsOpen.value;
  }, [isJobsOpen.value]);
  return (
    <aside
      ref={panel}
      class="jobs"
      id="jobs"
      aria-label={t("jobs")}
      tabIndex={-1}
      onKeyDown={({ key }) => {
        if (key === "Escape" && isJobsOpen.value) {
          toggleJobs();
        }
      }}
    >
      <div class="jobs-menu">
        <LanguageChoice />
        <button type="button" class="quiet icon-only jobs-close" aria-label={t("close")} onClick={toggleJobs}>
          <Icon name="close" />
        </button>
        <ViewButtons />
      </div>
      <h2>{t("jobs")}</h2>
      {canNotify() && <NotifyButton />}
      <SelectionBar selection={selection} kind="job" count={deletable.length} />
      {jobs.value.length === 0 ? (
        <p class="muted">{t("noJobs")}</p>
      ) : (
        <ul>
          {jobs.value.map((job) => (
            <JobCard key={job.id} job={job} selection={selection} />
          ))}
        </ul>
      )}
    </aside>
  );
}

function NotifyButton() {
  return (
    <>
      <button
        type="button"
        class="quiet small notify"
        aria-pressed={notifying.value === "on"}
        onClick={() => void toggleNotifying()}
      >
        <Icon name={notifying.value === "on" ? "check" : "bell"} />
        {t("notify")}
      </button>
      {notifying.value === "denied" && (
        <p class="problem" role="status">
          {t("notifyDenied")}
        </p>
      )}
    </>
  );
}

/** A job in brief; opening an ended one shows its other actions. */
function JobCard({ job, selection }: { job: JobView; selection: Selection }) {
  const { message } = job;
  const facts = (message.fields ?? []).filter(({ copyable }) => copyable !== true).slice(0, 3);
  return (
    <li class={`job ${message.tone}`}>
      {job.own && job.ended && <Choose selection={selection} id={job.id} name={job.about || job.title} />}
      <button type="button" class="job-main" onClick={() => void showJob(job.id)}>
        <span class="job-line">
          {message.tone === "progress" ? (
            <span class="pulse" aria-hidden="true" />
          ) : (
            <Icon name={toneIcon(message.tone)} />
          )}
          <span class="job-title">{job.title}</span>
          <span class="muted">{age(job.createdAt, now.value)}</span>
        </span>
        <span class="job-state muted">{message.title}</span>
      </button>
      {message.progress !== undefined && (
        <progress
          aria-label={message.title}
          {...(message.progress.fraction === undefined ? {} : { value: message.progress.fraction, max: 1 })}
        />
      )}
      {facts.length > 0 && (
        <p class="job-facts muted">{facts.map(({ label, value }) => t("fact", { label, value })).join(" · ")}</p>
      )}
      <MessageActions actions={(message.actions ?? []).filter(({ style }) => !job.ended || style !== "plain")} />
    </li>
  );
}
