import { chooseLocale, newConversation, openConversation, toggleJobs } from "./actions.ts";
import { Icon, Mark } from "./icons.tsx";
import { locale } from "./locale.ts";
import { conversation, entries, isJobsOpen, openJobs, state } from "./store.ts";
import { t } from "./strings.ts";
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
        <fieldset class="languages">
          <legend class="visually-hidden">{t("language")}</legend>
          <button type="button" lang="en" aria-pressed={locale.value === "en"} onClick={() => chooseLocale("en")}>
            EN
          </button>
          <button
            type="button"
            lang="zh-CN"
            aria-pressed={locale.value === "zh-CN"}
            onClick={() => chooseLocale("zh-CN")}
          >
            中文
          </button>
        </fieldset>
        <button
          type="button"
          class="quiet jobs-toggle"
          aria-expanded={isJobsOpen.value}
          aria-controls="jobs"
          aria-label={t("jobs")}
          onClick={toggleJobs}
        >
          <Icon name="jobs" />
          <span>{t("jobs")}</span>
          {openJobs.value.length > 0 && <span class="count">{openJobs.value.length}</span>}
        </button>
      </div>
    </header>
  );
}

function ConversationChoice() {
  const known = state.value?.conversations ?? [];
  const isKnown = known.some(({ id }) => id === conversation.value);
  const first = entries.value.find(({ kind }) => kind === "request");
  const here = first?.text ?? (first?.form === undefined ? undefined : `/${first.form.command}`);
  return (
    <div class="conversations">
      <select
        aria-label={t("conversation")}
        value={conversation.value}
        onChange={(event) => void openConversation(event.currentTarget.value)}
      >
        {!isKnown && <option value={conversation.value}>{here ?? t("unnamed")}</option>}
        {known.map(({ id, title }) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </select>
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
