import type { JobView } from "../src/wire.ts";
import { showJob, toggleJobs } from "./actions.ts";
import { age } from "./format.ts";
import { Icon } from "./icons.tsx";
import { toneIcon } from "./message-tone.ts";
import { MessageActions } from "./message-view.tsx";
import { jobs, now } from "./store.ts";
import { t } from "./strings.ts";
import { ViewButtons } from "./view-buttons.tsx";

/** All jobs of the person, beside the conversation where there is room and over it where there is not. */
export function JobsPanel() {
  return (
    <aside class="jobs" id="jobs" aria-label={t("jobs")}>
      <ViewButtons />
      <header class="jobs-header">
        <h2>{t("jobs")}</h2>
        <button type="button" class="quiet icon-only jobs-close" aria-label={t("close")} onClick={toggleJobs}>
          <Icon name="close" />
        </button>
      </header>
      {jobs.value.length === 0 ? (
        <p class="muted">{t("noJobs")}</p>
      ) : (
        <ul>
          {jobs.value.map((job) => (
            <JobCard key={job.id} job={job} />
          ))}
        </ul>
      )}
    </aside>
  );
}

function JobCard({ job }: { job: JobView }) {
  const { message } = job;
  const facts = (message.fields ?? []).filter(({ copyable }) => copyable !== true).slice(0, 3);
  return (
    <li class={`job ${message.tone}`}>
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
        <p class="job-facts muted">{facts.map(({ label, value }) => `${label}: ${value}`).join(" · ")}</p>
      )}
      <MessageActions actions={message.actions ?? []} />
    </li>
  );
}
