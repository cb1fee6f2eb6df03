import type { Job } from "@toolcast/core";
import type { HttpRequest } from "@toolcast/core/provider";

/** Where a request's life crosses from one effect to the next; each has two sides at which a process can die. */
const effects = [
  "create",
  ...["dispatched", "operation-begun", "result-made", "step-done", "finished", "sending", "delivery"].map(
    (event) => `write ${event}`,
  ),
  ...["start-deferred", "start-unknown", "start-refused", "operation-failed"].map((event) => `write ${event}`),
  ...["progressed", "check-missed", "waited", "rested"].map((event) => `write ${event}`),
  ...["released", "started-again", "left", "cancel-wished", "cancel-answered"].map((event) => `write ${event}`),
  ...["start", "check", "detect", "token", "balance", "download"].map((call) => `http ${call}`),
  ...["media", "voices", "provider-xjc", "estimates", "circuits"].map((namespace) => `keep ${namespace}`),
  "deliver",
  "find",
  "wake",
];

/** Every named point at which an app can be told to kill itself. */
export const arrows: readonly string[] = effects.flatMap((effect) => [`${effect}:before`, `${effect}:after`]);

/** What a write is about: the newest line of the timeline, or a send that begins. */
export function writeName(job: Job): string {
  const sending = job.notices.some(({ state }) => state === "sending");
  return `write ${sending ? "sending" : job.timeline.at(-1)?.event}`;
}

/** What a request to a vendor is for. */
export function httpName({ url, body }: Pick<HttpRequest, "url" | "body">): string {
  const { pathname } = new URL(url);
  if (pathname.endsWith("/customization")) return /"query_voice"/.test(String(body)) ? "http check" : "http start";
  if (/(?:\/tti|\/works\/create|\/train|\/voice\/\w+\/create)$/.test(pathname)) return "http start";
  if (/\/(?:image-synthesis|video-synthesis|SpeechSynthesizer)$/.test(pathname)) return "http start";
  if (/(?:\/inspect|\/detail|\/tasks\/[^/]+)$/.test(pathname)) return "http check";
  if (pathname.endsWith("/face-detect")) return "http detect";
  return pathname.endsWith("/oauth/token") ? "http token" : "http balance";
}

/** Calls `die` at the n-th crossing of the named arrow: `<arrow>#<n>`; never without a name. */
export function createCrossing(killAt: string | undefined, die: (arrow: string) => void): (arrow: string) => void {
  const [wanted, count] = killAt?.split("#") ?? [];
  let left = Number(count ?? 1);
  return (arrow) => {
    if (arrow === wanted) {
      left -= 1;
      if (left === 0) die(arrow);
    }
  };
}

type Names<Target> = { [Method in keyof Target]?: (...values: never[]) => string };

/** The same object, with both sides of the named methods as arrows. */
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
