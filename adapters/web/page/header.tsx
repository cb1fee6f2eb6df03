import { newConversation, toggleJobs } from "./actions.ts";
import { firstText } from "./first-text.ts";
import { amount } from "./format.ts";
import { Icon, Mark } from "./icons.tsx";
import { LanguageChoice } from "./language-choice.tsx";
import { conversation, entries, isJobsOpen, openJobs, state, view } from "./store.ts";
import { labelled, t } from "./strings.ts";
import { ViewButtons } from "./view-buttons.tsx";

export function Header() {
  return (
    <header class="header">
      <h1 class="brand">
        <Mark />
        <span>Toolcast</span>
      </h1>
      <ConversationChoice />
      <div class="header-end">
        <ViewButtons />
        <LanguageChoice />
        <button
          type="button"
          class="quiet jobs-toggle"
          aria-expanded={isJobsOpen.value}
          aria-controls="jobs"
          onClick={toggleJobs}
        >
          <Icon name="jobs" />
          <span class="jobs-name">{t("jobs")}</span>
          {openJobs.value.length > 0 && (
            <>
              <span class="count">{amount(openJobs.value.length)}</span>
              <span class="visually-hidden">{t("jobsOpen")}</span>
            </>
          )}
        </button>
      </div>
    </header>
  );
}

/** The name of this conversation; pressing it lists them all. */
function ConversationChoice() {
  const known = state.value?.conversations.find(({ id }) => id === conversation.value);
  const first = entries.value.find(({ kind }) => kind === "request");
  const here = first?.text ?? (first?.form && `/${first.form.command} ${firstText(first.form.input)}`);
  const title = known?.title ?? here ?? t("unnamed");
  return (
    <div class="conversations">
      <button
        type="button"
        class="conversation-choice"
        aria-haspopup="dialog"
        aria-label={labelled(t("conversation"), title)}
        title={t("conversations")}
        onClick={() => {
          view.value = "conversations";
        }}
      >
        <span>{title}</span>
        <Icon name="chevron" />
      </button>
      <button
        type="button"
        class="quiet icon-only"
        aria-label={t("newConversation")}
        title={t("newConversation")}
        onClick={newConversation}
      >
        <Icon name="plus" />
      </button>
    </div>
  );
}
