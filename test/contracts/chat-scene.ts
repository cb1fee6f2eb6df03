import { builtInTools } from "@toolcast/core";
import { say } from "@toolcast/core/surface";
import type { ChatPerson, ChatRoom, ShownMessage } from "./chat-room.ts";

export const minuteMs = 60_000;
export const never = () => new Promise<never>(() => {});

export function open(room: ChatRoom, operator: ChatPerson, options: Parameters<ChatRoom["open"]>[0] = {}) {
  return room.open({ policy: { operators: [operator.id] }, ...options });
}

export const starts = ({ installation }: ChatRoom) => installation.provider.starts.length;
export const results = (person: ChatPerson) => person.sees().filter(({ media }) => media > 0);
export const placeholders = (person: ChatPerson) => person.sees().filter(({ isPlaceholder }) => isPlaceholder);
export const sum = (messages: readonly ShownMessage[]) => messages.reduce((total, { media }) => total + media, 0);
export const label = (what: "again" | "change" | "details", locale: "en" | "zh-CN") =>
  say({ key: `action.${what}` }, locale);

/** For text whose names and values are digits or Latin: the rest is our text, except for vendors' own words. */
export function languageOf(text: string): "en" | "zh-CN" {
  return /\p{Script=Han}/u.test(text.replaceAll(/声音|^Vendor's message.*$/gm, "")) ? "zh-CN" : "en";
}

export function toolOf(command: string) {
  return builtInTools.find((tool) => tool.command === command)!;
}

export function newest({ installation }: ChatRoom) {
  return installation
    .jobs()
    .sort((one, other) => one.createdAt - other.createdAt)
    .at(-1)!;
}

/** What reaches somebody from now on, in order: each new message and each edit, in its state at that time. */
export function arrivalsAt(room: ChatRoom, person: ChatPerson): (ShownMessage & { at: number })[] {
  const arrived: (ShownMessage & { at: number })[] = [];
  const facesOf = () => new Map(person.sees().map((message) => [message.id, JSON.stringify(message)]));
  let before = facesOf();
  room.onChange(() => {
    const now = facesOf();
    for (const message of person.sees()) {
      if (before.get(message.id) !== now.get(message.id)) {
        arrived.push({ ...message, at: room.installation.clock.now() });
      }
    }
    before = now;
  });
  return arrived;
}

/** Waits until every job has ended and its people have been notified. */
export function finished(room: ChatRoom, stepMs = 15_000): Promise<void> {
  const ended = ["succeeded", "failed", "cancelled"];
  return room.until(
    () =>
      [...room.installation.store.entries.values()].every(
        ({ job }) => ended.includes(job.state.phase) && job.notices.every(({ state }) => state === "sent"),
      ),
    120 * minuteMs,
    stepMs,
  );
}

/** The next picture takes this many minutes, with progress once a minute. */
export function untilThen({ installation }: ChatRoom, minutes: number): void {
  const { provider, clock } = installation;
  provider.nextStart("image", { end: "operation", reference: { until: clock.now() + minutes * minuteMs } });
  provider.everyCheck = (reference) => {
    const left = (reference as { until: number }).until - clock.now();
    return left <= 0 ? null : { state: "pending", fraction: 1 - left / minutes / minuteMs, checkAfterMs: minuteMs };
  };
}
