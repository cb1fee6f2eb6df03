import type { Message, MessageAction, MessageField, MessageMedia } from "@toolcast/core";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { press } from "./actions.ts";
import { CopyButton } from "./copy-button.tsx";
import { inReadersZone, percent } from "./format.ts";
import { Icon } from "./icons.tsx";
import { MediaView } from "./media-view.tsx";
import { toneIcon } from "./message-tone.ts";
import { labelled, t } from "./strings.ts";
import { WholeWords } from "./whole-words-text.tsx";

/** The title of a message, with its tone and whether others see it. */
export function MessageTitle({ message: { title, tone, private: isPrivate } }: { message: Message }) {
  return (
    <span class="title">
      {tone === "progress" ? <span class="pulse" aria-hidden="true" /> : <Icon name={toneIcon(tone)} />}
      <span>
        <WholeWords text={title} />
      </span>
      {isPrivate && (
        <span class="private" title={t("onlyYou")}>
          <Icon name="lock" />
          <span class="visually-hidden">{t("onlyYou")}</span>
        </span>
      )}
    </span>
  );
}

/**
 * A message of core. Every string is shown as text: nothing in it can be markup. `isTitled`: whether its title is part
 * of it; otherwise it is the headline above. Default true.
 */
export function MessageView({ message, isTitled = true }: { message: Message; isTitled?: boolean }) {
  const { title, lines = [], fields = [], media = [], actions = [], progress, moments } = message;
  return (
    <>
      {isTitled && (
        <p>
          <MessageTitle message={message} />
        </p>
      )}
      {progress !== undefined && <ProgressView progress={progress} title={title} />}
      <MediaSet media={media} actions={actions} />
      {lines.map((line, index) => (
        <p key={index} class="text">
          {inReadersZone(line, moments)}
        </p>
      ))}
      {fields.length > 0 && (
        <dl class="facts">
          {fields.map((field) => (
            <Fact key={field.label + field.value} field={field} />
          ))}
        </dl>
      )}
      <MessageActions actions={media.length > 1 ? actions.filter((action) => !names(action, media)) : actions} />
    </>
  );
}

/** Whether a button opens a form filled with one of these media. */
function names({ form }: MessageAction, media: MessageMedia[]): boolean {
  return Object.values(form?.input ?? {}).some((value) => media.some(({ assetId }) => assetId === value));
}

/**
 * Several media are shown side by side, each with its own way to use it again, because a button below all of them would
 * not say which it means. A single one offers this only if no button of the message does.
 */
function MediaSet({ media, actions }: { media: MessageMedia[]; actions: MessageAction[] }) {
  const views = media.map((item) => (
    <MediaView
      key={item.assetId}
      media={item}
      canUse={media.length > 1 || !actions.some((action) => names(action, [item]))}
    />
  ));
  return media.length > 1 ? <div class="media-set">{views}</div> : views;
}

export function MessageActions({ actions }: { actions: MessageAction[] }) {
  return actions.length === 0 ? null : (
    <div class="actions">
      {actions.map((action) => (
        <ActionButton key={action.action + action.subject + action.label} action={action} />
      ))}
    </div>
  );
}

function ProgressView({ progress, title }: { progress: NonNullable<Message["progress"]>; title: string }) {
  const { fraction, estimated, label } = progress;
  return (
    <div class="progress">
      <progress aria-label={title} {...(fraction === undefined ? {} : { value: fraction, max: 1 })} />
      <span class="progress-label">
        {label}
        {fraction !== undefined && (
          <span class="muted">
            {" "}
            {estimated ? "≈ " : ""}
            {percent(fraction)}
          </span>
        )}
      </span>
    </div>
  );
}

function Fact({ field: { label, value, copyable, moments } }: { field: MessageField }) {
  return (
    <div>
      <dt>{inReadersZone(label, moments)}</dt>
      <dd>{copyable === true ? <Copyable label={label} value={value} /> : inReadersZone(value, moments)}</dd>
    </div>
  );
}

function Copyable({ label, value }: { label: string; value: string }) {
  return (
    <span class="copyable">
      <code>{value}</code>
      <CopyButton label={labelled(t("copy"), label)} value={value} />
    </span>
  );
}

/** Ignores further presses until its own has been answered. */
function ActionButton({ action }: { action: MessageAction }) {
  const [isBusy, setBusy] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  // A decision removes its buttons: the focus stays with the message.
  useLayoutEffect(
    () => () => {
      if (button.current !== null && document.activeElement === button.current) {
        button.current.closest<HTMLElement>("[tabindex='-1']")?.focus({ preventScroll: true });
      }
    },
    [],
  );
  const act = async () => {
    if (!isBusy) {
      setBusy(true);
      await press(action);
      setBusy(false);
    }
  };
  return (
    // Not `disabled`: that would lose the focus.
    <button
      ref={button}
      type="button"
      class={`${action.style} small`}
      aria-disabled={isBusy}
      onClick={() => void act()}
    >
      {action.label}
    </button>
  );
}
