import { useLayoutEffect, useRef } from "preact/hooks";
import { loadEarlier } from "./actions.ts";
import { Entry, OutgoingEntry } from "./entry.tsx";
import { conversation, entries, hasEarlier, outbox, sought, state } from "./store.ts";
import { t } from "./strings.ts";
import { Welcome } from "./welcome.tsx";

/** Within this distance of the end, the view follows new entries. */
const nearEndPixels = 160;

export function Conversation() {
  const scroller = useRef<HTMLElement>(null);
  const isAtEnd = useRef(true);
  const lastTop = useRef(0);
  const known = new Set(entries.value.map(({ id }) => id));
  const waiting = outbox.value.filter(
    (outgoing) =>
      outgoing.conversation === conversation.value &&
      (outgoing.isStuck || !known.has(`request:${outgoing.conversation}:${outgoing.key}`)),
  );
  const answered = new Set(entries.value.map(({ replyTo }) => replyTo));
  const sending = new Set(outbox.value.map(({ conversation: where, key }) => `request:${where}:${key}`));
  const isEmpty = state.value !== null && entries.value.length === 0 && waiting.length === 0;
  /** Scrolls to the end so that people see what they have just sent. */
  const hasSent = outbox.value.length;
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null || isEmpty) {
      // What was shown before may have been scrolled to its end.
      element?.scrollTo({ top: 0 });
      return undefined;
    }
    isAtEnd.current = true;
    const toEnd = () => {
      if (isAtEnd.current) {
        element.scrollTop = element.scrollHeight;
      }
    };
    // Also when something changes size later: a picture that loads, a name that is looked up, the window.
    const observer = new ResizeObserver(toEnd);
    observer.observe(element);
    observer.observe(element.firstElementChild!);
    toEnd();
    return () => observer.disconnect();
  }, [isEmpty, conversation.value, hasSent]);
  useLayoutEffect(() => {
    const element = sought.value === null ? null : document.getElementById(`entry-${sought.value}`);
    if (element !== null) {
      isAtEnd.current = false;
      element.scrollIntoView({ block: "center" });
      element.focus({ preventScroll: true });
    }
  }, [sought.value]);
  return (
    <section
      class="conversation"
      ref={scroller}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        const isNear = scrollHeight - scrollTop - clientHeight < nearEndPixels;
        // Only scrolling up stops following; the end moving away does not.
        isAtEnd.current = isNear || (isAtEnd.current && scrollTop >= lastTop.current);
        lastTop.current = scrollTop;
      }}
      aria-label={t("conversation")}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
      tabIndex={0}
    >
      {isEmpty ? (
        <Welcome />
      ) : (
        <ol class="entries">
          {hasEarlier.value && (
            <li class="earlier">
              <button type="button" class="quiet small" onClick={() => void loadEarlier()}>
                {t("earlier")}
              </button>
            </li>
          )}
          {entries.value.map((entry) => (
            <Entry
              key={entry.id}
              entry={entry}
              isUnanswered={entry.kind === "request" && !answered.has(entry.id) && !sending.has(entry.id)}
            />
          ))}
          {waiting.map((outgoing) => (
            <OutgoingEntry key={outgoing.key} outgoing={outgoing} />
          ))}
        </ol>
      )}
    </section>
  );
}
