import { kill } from "./actions.ts";
import { CopyButton } from "./copy-button.tsx";
import { Icon } from "./icons.tsx";
import { connection, notice, state } from "./store.ts";
import { labelled, t } from "./strings.ts";

/** Says when the server is away, and that nothing was lost when it comes back. */
export function ConnectionLine() {
  const isLost = connection.value === "lost";
  const tone = isLost ? "warning" : (notice.value?.tone ?? "quiet");
  const text = isLost ? t("serverGone") : notice.value?.text();
  return (
    <div class="connection" role="status">
      {text !== undefined && (
        <p class={`line ${tone}`} data-connection={connection.value}>
          <Icon name={isLost ? "alert" : "check"} />
          {text}
        </p>
      )}
    </div>
  );
}

/** What the sandbox is, how to provoke its failures, and the button that kills the server. */
export function SandboxLine() {
  const sandbox = state.value?.sandbox;
  if (sandbox === undefined) {
    return null;
  }
  return (
    <section class="sandbox" aria-label={t("sandbox")}>
      <p class="sandbox-text">
        <strong>{t("sandbox")}</strong> <span>{t("sandboxHint")}</span>
      </p>
      <div class="sandbox-tools">
        {sandbox.markers.length > 0 && (
          <details
            class="popover"
            onKeyDown={({ key, currentTarget }) => {
              if (key === "Escape" && currentTarget.open) {
                currentTarget.open = false;
                currentTarget.querySelector("summary")?.focus();
              }
            }}
          >
            <summary>{t("markers")}</summary>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the list scrolls, so the keyboard must reach it */}
            <section class="popover-body" tabIndex={0} aria-label={t("markers")}>
              <p>{t("markersHint")}</p>
              <dl>
                {sandbox.markers.map(({ example, marker, summary }) => (
                  <div key={marker}>
                    <dt>
                      <code>{example}</code>
                      <CopyButton label={labelled(t("copy"), example)} value={example} />
                    </dt>
                    <dd>{summary}</dd>
                  </div>
                ))}
              </dl>
              {sandbox.ledgerUrl !== undefined && (
                <a href={sandbox.ledgerUrl} target="_blank" rel="noreferrer">
                  {t("ledger")}
                </a>
              )}
            </section>
          </details>
        )}
        {sandbox.canKill && (
          <button type="button" class="danger small" title={t("killHint")} onClick={() => void kill()}>
            <Icon name="bolt" />
            {t("kill")}
          </button>
        )}
      </div>
    </section>
  );
}
