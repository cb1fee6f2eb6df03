import { useEffect, useState } from "preact/hooks";
import type { SearchResultView } from "../src/wire.ts";
import { messageOf, openEntry } from "./actions.ts";
import { age, instant } from "./format.ts";
import { server } from "./server.ts";
import { Sheet } from "./sheet.tsx";
import { now, state, view } from "./store.ts";
import { t } from "./strings.ts";

const typingMs = 200;
const limit = 50;

/** Finds entries of all conversations as people type, and opens the chosen one. */
export function SearchView() {
  const [query, setQuery] = useState("");
  const [results, setResults] = useState<SearchResultView[] | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  useEffect(() => {
    let isCurrent = true;
    const timer = setTimeout(async () => {
      try {
        const found = query.trim() === "" ? null : (await server.search(query, limit)).results;
        if (isCurrent) {
          setResults(found);
          setTrouble(null);
        }
      } catch (error) {
        if (isCurrent) {
          setTrouble(messageOf(error).title);
        }
      }
    }, typingMs);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [query]);
  const close = () => {
    view.value = null;
  };
  const open = (result: SearchResultView) => {
    close();
    void openEntry(result);
  };
  return (
    <Sheet kind="card" title={t("search")} subtitle={t("searchSummary")} onClose={close}>
      <search>
        <form
          class="search"
          onSubmit={(event) => {
            event.preventDefault();
            const [first] = results ?? [];
            if (first !== undefined) {
              open(first);
            }
          }}
        >
          <input
            type="text"
            enterkeyhint="search"
            aria-label={t("searchWords")}
            placeholder={t("searchWords")}
            maxLength={200}
            autoComplete="off"
            spellcheck={false}
            // biome-ignore lint/a11y/noAutofocus: the dialogue was opened to type here
            autoFocus
            value={query}
            onInput={({ currentTarget }) => setQuery(currentTarget.value)}
          />
        </form>
      </search>
      <p class="visually-hidden" aria-live="polite">
        {results !== null && results.length > 0 && t("searchFound", { count: results.length })}
      </p>
      {trouble !== null && (
        <p class="problem" role="alert">
          {trouble}
        </p>
      )}
      {results?.length === 0 && (
        <p class="muted nothing" role="status">
          {t("searchNothing")}
        </p>
      )}
      <ul class="results">
        {results?.map((result) => (
          <li key={result.id}>
            <Result result={result} onOpen={open} />
          </li>
        ))}
      </ul>
      {results?.length === limit && <p class="muted">{t("searchMore", { count: limit })}</p>}
    </Sheet>
  );
}

function Result({ result, onOpen }: { result: SearchResultView; onOpen: (result: SearchResultView) => void }) {
  const { kind, at, conversation, excerpt } = result;
  const where = state.value?.conversations.find(({ id }) => id === conversation)?.title ?? conversation;
  return (
    <button type="button" onClick={() => onOpen(result)}>
      <span class="result-line muted">
        <span>{t(kind === "request" ? "you" : "answer")}</span>
        <span class="result-where">{where}</span>
        <time dateTime={new Date(at).toISOString()} title={instant(at)}>
          {age(at, now.value)}
        </time>
      </span>
      <span class="excerpt">
        {excerpt.before}
        <mark>{excerpt.match}</mark>
        {excerpt.after}
      </span>
    </button>
  );
}
