import { useEffect } from "preact/hooks";
import { askToDelete, refreshVoices } from "./deleting.ts";
import { Icon } from "./icons.tsx";
import { MessageView } from "./message-view.tsx";
import { Choose, SelectionBar, useSelection } from "./selection.tsx";
import { Sheet } from "./sheet.tsx";
import { form, state, view, voices } from "./store.ts";
import { labelled, t } from "./strings.ts";

/** The person's own voices, to use, share and delete. */
export function VoicesView() {
  useEffect(() => void refreshVoices(), []);
  const all = voices.value ?? [];
  const selection = useSelection(all.map(({ id }) => id));
  // A voice belongs to somebody: a tool that makes one asks for consent.
  const cloning = state.value?.tools.filter(({ fields }) => fields.some(({ role }) => role === "consent"));
  const close = () => {
    view.value = null;
  };
  return (
    <Sheet kind="card" title={t("voices")} subtitle={t("voicesSummary")} onClose={close}>
      <SelectionBar selection={selection} kind="voice" count={all.length} />
      {voices.value !== null && all.length === 0 && (
        <div class="nothing">
          <p class="muted">{t("voicesEmpty")}</p>
          {cloning?.map(({ command, title }) => (
            <button
              key={command}
              type="button"
              class="plain"
              onClick={() => {
                close();
                form.value = { command, input: {} };
              }}
            >
              {title}
            </button>
          ))}
        </div>
      )}
      <ul class="voices">
        {all.map(({ id, name, message }) => (
          <li key={id} class="message info">
            <div class="voice-top">
              <Choose selection={selection} id={id} name={name} />
              <h3>{name}</h3>
              <button
                type="button"
                class="quiet icon-only"
                title={t("delete")}
                aria-label={labelled(t("delete"), name)}
                onClick={() => void askToDelete([{ kind: "voice", id }])}
              >
                <Icon name="bin" />
              </button>
            </div>
            {/* biome-ignore lint/a11y/noStaticElementInteractions: its buttons are pressed, not this */}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: a button's key is a click */}
            <div
              onClick={({ target }) => {
                // What a button asks for is shown in the conversation, once the press has begun.
                if ((target as Element).closest(".actions button") !== null) {
                  setTimeout(close);
                }
              }}
            >
              <MessageView message={message} isTitled={false} />
            </div>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}
