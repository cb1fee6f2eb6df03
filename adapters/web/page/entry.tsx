import type { EntryView } from "../src/wire.ts";
import { askAgain, showJob } from "./actions.ts";
import { AssetName, isAssetId } from "./asset-name.tsx";
import { age, instant } from "./format.ts";
import { Icon } from "./icons.tsx";
import { toneIcon } from "./message-tone.ts";
import { MessageView } from "./message-view.tsx";
import { now, type Outgoing, sought, toolNamed } from "./store.ts";
import { labelled, t } from "./strings.ts";

export function Entry({ entry, isUnanswered }: { entry: EntryView; isUnanswered: boolean }) {
  if (entry.message === undefined) {
    return <Request entry={entry} isUnanswered={isUnanswered} />;
  }
  const { message } = entry;
  if (entry.collapsed === true) {
    return (
      <li class="entry reply collapsed" data-kind={entry.kind} {...findable(entry)}>
        <button
          type="button"
          class={`collapsed-line ${message.tone}`}
          onClick={() => entry.job !== undefined && void showJob(entry.job.id)}
        >
          <Icon name={toneIcon(message.tone)} />
          <span>{message.title}</span>
          <span class="muted">{t("timeline")}</span>
        </button>
      </li>
    );
  }
  return (
    <li class="entry reply" data-kind={entry.kind} {...findable(entry)}>
      <article class={`bubble message ${message.tone}`} aria-label={message.title}>
        <MessageView message={message} />
        <Time at={entry.at} />
      </article>
    </li>
  );
}

/** Lets a search highlight an entry and focus it. */
function findable({ id }: EntryView) {
  return { id: `entry-${id}`, tabIndex: -1, "data-sought": sought.value === id };
}

function Request({ entry, isUnanswered }: { entry: EntryView; isUnanswered: boolean }) {
  return (
    <li class="entry request" data-kind="request" {...findable(entry)}>
      <div class="bubble">
        <span class="visually-hidden">{labelled(t("you"), "")}</span>
        {entry.form === undefined ? <p class="typed">{entry.text}</p> : <Filled {...entry.form} />}
        <Time at={entry.at} />
      </div>
      {isUnanswered && now.value - entry.at > 5_000 && (
        <p class="unanswered">
          {t("unanswered")}{" "}
          <button type="button" class="link" onClick={() => askAgain(entry)}>
            {t("askAgain")}
          </button>
        </p>
      )}
    </li>
  );
}

/** A form as it was sent: the tool and its inputs by their titles. */
function Filled({ command, input }: { command: string; input: Record<string, unknown> }) {
  const tool = toolNamed(command);
  return (
    <>
      <p class="typed">
        <span class="command">/{command}</span> {tool?.title}
      </p>
      <dl class="filled">
        {Object.entries(input).map(([name, value]) => (
          <div key={name}>
            <dt>{tool?.fields.find((field) => field.name === name)?.title ?? name}</dt>
            <dd>{isAssetId(value) ? <AssetName id={value} /> : String(value)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

export function OutgoingEntry({ outgoing: { ask, isStuck } }: { outgoing: Outgoing }) {
  return (
    <li class="entry request outgoing">
      <div class="bubble">{"text" in ask ? <p class="typed">{ask.text}</p> : <Filled {...ask} />}</div>
      <p class="unanswered">{t(isStuck ? "waitingForServer" : "sending")}</p>
    </li>
  );
}

function Time({ at }: { at: number }) {
  return (
    <time class="time" dateTime={new Date(at).toISOString()} title={instant(at)}>
      {age(at, now.value)}
    </time>
  );
}
