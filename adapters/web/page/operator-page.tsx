import { useEffect, useState } from "preact/hooks";
import type { OverviewView } from "../src/wire.ts";
import { report } from "./actions.ts";
import { age, amount, duration } from "./format.ts";
import { Icon } from "./icons.tsx";
import { MessageView } from "./message-view.tsx";
import { ServerError, server } from "./server.ts";
import { Sheet } from "./sheet.tsx";
import { ProbableTable, SpendTable } from "./spend-table.tsx";
import { now, view } from "./store.ts";
import { t } from "./strings.ts";

const refreshMs = 2_000;

/** The whole installation: what awaits a decision, what runs, what was charged and which providers do not answer. */
export function OperatorPage() {
  const overview = useOverview();
  return (
    <Sheet
      kind="wide"
      title={t("operators")}
      subtitle={t("operatorsSummary")}
      onClose={() => {
        view.value = null;
      }}
    >
      {overview !== null && (
        <div class="operator">
          {overview.held !== null && (
            <p class="store-held" role="alert">
              {overview.held}
            </p>
          )}
          <Away reasons={overview.away} />
          <dl class="phases" aria-label={t("jobsByPhase")}>
            {overview.phases.map(({ phase, title, count }) => (
              <div key={phase} class={`phase ${phase} ${count === 0 ? "none" : ""}`}>
                <dt>{title}</dt>
                <dd>{amount(count)}</dd>
              </div>
            ))}
          </dl>
          <Waiting waiting={overview.waiting} />
          <Providers providers={overview.providers} />
          <SpendTable spend={overview.spend} />
          <ProbableTable probable={overview.probable} />
        </div>
      )}
    </Sheet>
  );
}

/** The newest state, refreshed while the page is visible. */
function useOverview(): OverviewView | null {
  const [overview, setOverview] = useState<OverviewView | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOpen = true;
    let isTold = false;
    const read = async () => {
      try {
        const news = document.hidden ? null : await server.overview();
        if (isOpen && news !== null) {
          setOverview(news);
          isTold = false;
        }
      } catch (error) {
        // Keeps showing the last known state. The banner above the conversation reports a server that is away, and any
        // other problem is shown only once.
        if (isOpen && !isTold && !(error instanceof ServerError && error.isPassing)) {
          report(error);
          isTold = true;
        }
      }
      if (isOpen) {
        timer = setTimeout(() => void read(), refreshMs);
      }
    };
    void read();
    return () => {
      isOpen = false;
      clearTimeout(timer);
    };
  }, []);
  return overview;
}

/** Platforms on which people get no answers at the moment. */
function Away({ reasons }: { reasons: OverviewView["away"] }) {
  return reasons.length === 0 ? null : (
    <section aria-label={t("away")}>
      {reasons.map((reason) => (
        <article key={reason} class="message warning">
          <p>{reason}</p>
        </article>
      ))}
    </section>
  );
}

function Waiting({ waiting }: { waiting: OverviewView["waiting"] }) {
  return (
    <section>
      <h3>{t("needsDecision")}</h3>
      {waiting.length === 0 ? (
        <p class="muted">{t("nothingWaits")}</p>
      ) : (
        <ul class="waiting">
          {waiting.map(({ job, person, surface }) => (
            <li key={job.id}>
              <article class={`message ${job.message.tone}`} aria-label={job.message.title}>
                <p class="muted">
                  {t("askedBy", { person, surface })} · {age(job.createdAt, now.value)}
                </p>
                <MessageView message={job.message} />
              </article>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Providers({ providers }: { providers: OverviewView["providers"] }) {
  return (
    <section>
      <h3>{t("providers")}</h3>
      <ul class="providers">
        {providers.map(({ id, title, running, concurrent, restsForMs }) => (
          <li key={id} class={restsForMs === null ? "" : "resting"}>
            <p class="provider-name">{title}</p>
            <p class="provider-state">
              <Icon name={restsForMs === null ? "check" : "alert"} />
              {restsForMs === null ? t("answers") : t("rests", { duration: duration(restsForMs) })}
            </p>
            <p class="muted">{t("runningOf", { running: amount(running), concurrent: amount(concurrent) })}</p>
            <meter aria-label={title} min={0} max={concurrent} value={running} />
          </li>
        ))}
      </ul>
    </section>
  );
}
