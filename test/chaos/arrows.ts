import type { Job } from "@toolcast/core";
import type { JobEvent } from "@toolcast/core/engine";
import type { HttpRequest } from "@toolcast/core/provider";

/** A record rather than a list: an event without its arrow then does not compile. */
const events: Record<JobEvent["event"], true> = {
  prepared: true,
  waited: true,
  rested: true,
  held: true,
  released: true,
  dispatched: true,
  "operation-begun": true,
  "result-made": true,
  "step-done": true,
  "text-grew": true,
  "start-deferred": true,
  "start-refused": true,
  "provider-changed": true,
  "start-unanswered": true,
  "start-unknown": true,
  progressed: true,
  "check-missed": true,
  "operation-failed": true,
  "operation-overdue": true,
  "looked-in-vain": true,
  rejected: true,
  finished: true,
  "cancel-wished": true,
  "cancel-answered": true,
  "started-again": true,
  "looked-again": true,
  left: true,
};

/** The effects in a request's life, in order; a process can die on either side of each. */
const effects = [
  "create",
  ...[...Object.keys(events), "sending", "delivery"].map((event) => `write ${event}`),
  ...["start", "check", "detect", "token", "balance", "cancel", "download"].map((call) => `http ${call}`),
  ...["media", "voices", "provider-xjc", "estimates", "circuits", "installation"].map((name) => `keep ${name}`),
  ...["take", "claim", "change"].map((call) => `inbox ${call}`),
  ...["deliver", "find", "wake", "lock", "unlock"],
];

/** Every named point at which an app can be ordered to kill itself. */
export const arrows: readonly string[] = effects.flatMap((effect) => [`${effect}:before`, `${effect}:after`]);

/** What a write is about: the newest entry of the timeline, or a send that is starting. */
export function writeName(job: Job): string {
  const sending = job.notices.some(({ state }) => state === "sending");
  return `write ${sending ? "sending" : job.timeline.at(-1)?.event}`;
}

/** What a request to a vendor is for. */
export function httpName({ url, body }: Pick<HttpRequest, "url" | "body">): string {
  const { pathname } = new URL(url);
  if (pathname.endsWith("/customization")) return /"query_voice"/.test(String(body)) ? "http check" : "http start";
  if (/(?:\/tti|\/works\/create|\/train|\/voice\/\w+\/create)$/.test(pathname)) return "http start";
  if (/\/(?:image-synthesis|image-generation\/generation|video-synthesis|SpeechSynthesizer)$/.test(pathname))
    return "http start";
  if (/\/chat(?:\/completions)?$/.test(pathname)) return "http start";
  if (/(?:\/inspect|\/detail|\/tasks\/[^/]*)$/.test(pathname)) return "http check";
  if (pathname.endsWith("/cancel")) return "http cancel";
  if (pathname.endsWith("/face-detect")) return "http detect";
  return pathname.endsWith("/oauth/token") ? "http token" : "http balance";
}

/** Calls `die` at the n-th crossing of one of the named arrows. Format: `<arrow>#<n>`, separated by commas. */
export function createCrossing(killAt: string | undefined, die: (arrow: string) => void): (arrow: string) => void {
  const left = new Map(
    (killAt?.split(",") ?? []).map((wanted) => {
      const [arrow = "", count] = wanted.split("#");
      return [arrow, Number(count ?? 1)] as const;
    }),
  );
  return (arrow) => {
    const crossings = left.get(arrow);
    if (crossings !== undefined) {
      left.set(arrow, crossings - 1);
      if (crossings === 1) die(arrow);
    }
  };
}

type Names<Target> = { [Method in keyof Target]?: (...values: never[]) => string };

/** The same object, with an arrow on either side of each named method. */
export function withArrows<Target extends object>(
  target: Target,
  names: Names<Target>,
  cross: (arrow: string) => void,
): Target {
  return new Proxy(target, {
    get(object, property) {
      const value: unknown = Reflect.get(object, property);
      if (typeof value !== "function") return value;
      const method = value.bind(object) as (...values: unknown[]) => unknown;
      const nameOf = names[property as keyof Target] as ((...values: unknown[]) => string) | undefined;
      if (nameOf === undefined) return method;
      return async (...values: unknown[]) => {
        const name = nameOf(...values);
        cross(`${name}:before`);
        try {
          return await method(...values);
        } finally {
          cross(`${name}:after`);
        }
      };
    },
  });
}
