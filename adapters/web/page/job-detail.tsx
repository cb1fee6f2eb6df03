import { askToDelete } from "./deleting.ts";
import { Icon } from "./icons.tsx";
import { MessageTitle, MessageView } from "./message-view.tsx";
import { Sheet } from "./sheet.tsx";
import { jobDetail } from "./store.ts";
import { t } from "./strings.ts";

/** One job with its timeline, for people and, below that, for programs. */
export function JobDetail() {
  const job = jobDetail.value;
  if (job === null) {
    return null;
  }
  return (
    <Sheet
      key={job.id}
      kind="side"
      title={<MessageTitle message={job.timeline} />}
      onClose={() => {
        jobDetail.value = null;
      }}
    >
      <div class={`message timeline ${job.timeline.tone}`}>
        <MessageView message={job.timeline} isTitled={false} />
      </div>
      {job.own && job.ended && (
        <button
          type="button"
          class="quiet small job-delete"
          onClick={() => void askToDelete([{ kind: "job", id: job.id }])}
        >
          <Icon name="bin" />
          {t("delete")}
        </button>
      )}
      <details class="json">
        <summary>{t("forPrograms")}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
        <pre tabIndex={0}>{JSON.stringify(job.json, null, 2)}</pre>
      </details>
    </Sheet>
  );
}
