import { keep, kept, keptNames } from "./kept.ts";
import { ServerError, server } from "./server.ts";
import { addEntries, form, needsLogin, type Outgoing, outbox } from "./store.ts";
import { draft } from "./typed.ts";

const firstPauseMs = 1_000;
const longestPauseMs = 30_000;

const nameOf = (key: string) => `outbox.${key}`;

/** Keys of requests that are on their way now. */
const underWay = new Set<string>();
let failures = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let report: (error: unknown) => void = () => {};

/** Takes up what an earlier page could not deliver. `reportFailure` shows why a request was refused. */
export function openOutbox(reportFailure: (error: unknown) => void): void {
  report = reportFailure;
  outbox.value = keptNames(nameOf(""))
    .flatMap((name) => {
      const outgoing = kept(name);
      return isOutgoing(outgoing) ? [outgoing] : [];
    })
    .sort((one, other) => one.at - other.at);
  addEventListener("online", () => void deliverAll());
}

/** Sends a request until the server has answered, always under its key, which makes all of them one request. */
export function send(outgoing: Omit<Outgoing, "at" | "isStuck">): Promise<void> {
  const added = { ...outgoing, at: Date.now(), isStuck: false };
  keep(nameOf(added.key), added);
  outbox.value = [...outbox.value.filter(({ key }) => key !== added.key), added];
  return deliver(added).then(() => {});
}

/** Adds a request that was sent once and may have arrived. */
export function sendLater(outgoing: Omit<Outgoing, "at" | "isStuck">): void {
  const added = { ...outgoing, at: Date.now(), isStuck: true };
  keep(nameOf(added.key), added);
  outbox.value = [...outbox.value.filter(({ key }) => key !== added.key), added];
  waitAndRetry();
}

/** Tries everything that waits now, in the order in which it was typed. */
export async function deliverAll(): Promise<void> {
  clearTimeout(timer);
  for (const outgoing of outbox.value) {
    if (!(await deliver(outgoing))) {
      return;
    }
  }
}

/** False if the server could not be reached: the others need not be tried. */
async function deliver(outgoing: Outgoing): Promise<boolean> {
  const { key } = outgoing;
  if (underWay.has(key)) {
    return true;
  }
  underWay.add(key);
  try {
    const { entries: added } = await server.ask(outgoing.conversation, outgoing.ask, key);
    addEntries(added);
  } catch (error) {
    if (error instanceof ServerError && (error.isPassing || error.status === 401)) {
      outbox.value = outbox.value.map((other) => (other.key === key ? { ...other, isStuck: true } : other));
      needsLogin.value ||= error.status === 401;
      if (error.isPassing) {
        waitAndRetry();
      }
      return false;
    }
    refuse(outgoing, error);
  } finally {
    underWay.delete(key);
  }
  failures = 0;
  keep(nameOf(key), undefined);
  outbox.value = outbox.value.filter((other) => other.key !== key);
  return true;
}

function waitAndRetry(): void {
  clearTimeout(timer);
  const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** failures);
  failures += 1;
  timer = setTimeout(() => void deliverAll(), pauseMs);
}

/** A refused line that is in the conversation stays there; any other is given back, to be corrected. */
function refuse({ ask }: Outgoing, error: unknown): void {
  const added = error instanceof ServerError ? error.answer.entries : undefined;
  if (added !== undefined) {
    addEntries(added);
    return;
  }
  if ("text" in ask) {
    draft.value ||= ask.text;
  } else {
    form.value ??= { command: ask.command, input: ask.input as NonNullable<typeof form.value>["input"] };
  }
  report(error);
}

function isOutgoing(value: unknown): value is Outgoing {
  const { key, conversation, ask, at } = (value ?? {}) as Partial<Record<keyof Outgoing, unknown>>;
  const { text, command } = (ask ?? {}) as Partial<Record<"text" | "command", unknown>>;
  return (
    typeof key === "string" &&
    typeof conversation === "string" &&
    typeof at === "number" &&
    (typeof text === "string" || typeof command === "string")
  );
}
