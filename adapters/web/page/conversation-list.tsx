import { useEffect, useRef, useState } from "preact/hooks";
import type { ConversationView } from "../src/wire.ts";
import {
  newConversation,
  openConversation,
  refreshState,
  removeConversation,
  renameConversation,
  restoreConversation,
} from "./actions.ts";
import { age } from "./format.ts";
import { Icon } from "./icons.tsx";
import { Choose, SelectionBar, useSelection } from "./selection.tsx";
import { Sheet } from "./sheet.tsx";
import { conversation, now, state, view } from "./store.ts";
import { labelled, t } from "./strings.ts";

const mostTitleCharacters = 80;

/** All conversations, to open, rename or remove. A removed one stays in its place with an undo button. */
export function ConversationList() {
  const [removed, setRemoved] = useState<ConversationView[]>([]);
  useEffect(() => void refreshState(), []);
  const gone = new Set(removed.map(({ id }) => id));
  const rows = [...(state.value?.conversations ?? []).filter(({ id }) => !gone.has(id)), ...removed].sort(
    (one, other) => other.lastAt - one.lastAt,
  );
  const selection = useSelection(rows.map(({ id }) => id).filter((id) => !gone.has(id)));
  const remove = async (items: readonly ConversationView[]) => {
    for (const item of items) {
      if (await removeConversation(item.id)) {
        setRemoved((before) => [...before, item]);
      }
    }
  };
  const close = () => {
    view.value = null;
    // The open conversation may be one of those removed.
    void refreshState();
  };
  return (
    <Sheet kind="card" title={t("conversations")} subtitle={t("conversationsSummary")} onClose={close}>
      <button
        type="button"
        class="primary new-conversation"
        onClick={() => {
          newConversation();
          close();
        }}
      >
        <Icon name="plus" />
        {t("newConversation")}
      </button>
      <SelectionBar
        selection={selection}
        kind="conversation"
        count={rows.length - gone.size}
        deleteLabel={t("deleteConversations")}
      >
        <button
          type="button"
          class="plain small"
          aria-disabled={selection.chosen.length === 0}
          onClick={() => void remove(rows.filter(({ id }) => selection.chosen.includes(id)))}
        >
          {t("remove")}
        </button>
      </SelectionBar>
      {rows.length === 0 && <p class="muted nothing">{t("conversationsEmpty")}</p>}
      <ul class="conversation-list">
        {rows.map((item) => (
          <li key={item.id} class={item.id === conversation.value ? "current" : ""}>
            {gone.has(item.id) ? (
              <Removed
                item={item}
                onRestore={async () => {
                  await restoreConversation(item.id);
                  setRemoved((before) => before.filter(({ id }) => id !== item.id));
                  focusRow(item.id);
                }}
              />
            ) : (
              <>
                <Choose selection={selection} id={item.id} name={item.title} />
                <Row
                  item={item}
                  onOpen={() => {
                    void openConversation(item.id);
                    close();
                  }}
                  onRemove={() => remove([item])}
                />
              </>
            )}
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

/** The focused element is gone: the conversation itself takes the focus once it is drawn. */
function focusRow(id: string): void {
  setTimeout(() => document.getElementById(`conversation-${id}`)?.focus());
}

function Row(props: { item: ConversationView; onOpen: () => void; onRemove: () => Promise<void> }) {
  const { item, onOpen, onRemove } = props;
  const [isNaming, setNaming] = useState(false);
  if (isNaming) {
    return (
      <Naming
        item={item}
        onEnd={() => {
          setNaming(false);
          focusRow(item.id);
        }}
      />
    );
  }
  return (
    <>
      <button
        type="button"
        id={`conversation-${item.id}`}
        class="conversation-open"
        {...(item.id === conversation.value ? { "aria-current": "true" as const } : {})}
        onClick={onOpen}
      >
        <span class="conversation-title">{item.title}</span>
        <span class="muted">{age(item.lastAt, now.value)}</span>
      </button>
      <button
        type="button"
        class="quiet icon-only"
        title={t("rename")}
        aria-label={labelled(t("rename"), item.title)}
        onClick={() => setNaming(true)}
      >
        <Icon name="pencil" />
      </button>
      <button
        type="button"
        class="quiet icon-only"
        title={t("remove")}
        aria-label={labelled(t("remove"), item.title)}
        onClick={() => void onRemove()}
      >
        <Icon name="bin" />
      </button>
    </>
  );
}

function Naming({ item, onEnd }: { item: ConversationView; onEnd: () => void }) {
  const [title, setTitle] = useState(item.named ? item.title : "");
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);
  return (
    <form
      class="naming"
      onSubmit={async (event) => {
        event.preventDefault();
        await renameConversation(item.id, title.trim());
        onEnd();
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") {
          // Ends the renaming, not the whole dialogue.
          event.preventDefault();
          event.stopPropagation();
          onEnd();
        }
      }}
    >
      <input
        ref={input}
        type="text"
        aria-label={t("conversationName")}
        placeholder={item.title}
        maxLength={mostTitleCharacters}
        autoComplete="off"
        value={title}
        onInput={({ currentTarget }) => setTitle(currentTarget.value)}
      />
      <button type="submit" class="primary small">
        {t("save")}
      </button>
      <button type="button" class="quiet small" onClick={onEnd}>
        {t("cancel")}
      </button>
    </form>
  );
}

function Removed({ item, onRestore }: { item: ConversationView; onRestore: () => Promise<void> }) {
  const button = useRef<HTMLButtonElement>(null);
  // The focused button is gone; the undo button takes the focus.
  useEffect(() => button.current?.focus(), []);
  return (
    <div class="removed" role="status">
      <span>{t("removedConversation", { title: item.title })}</span>
      <button ref={button} type="button" class="plain small" onClick={() => void onRestore()}>
        {t("undo")}
      </button>
    </div>
  );
}
