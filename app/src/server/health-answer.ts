import type { Locale, LocalizedText, Runtime } from "@toolcast/core";
import { acceptedLocale, type Condition, say } from "@toolcast/core/surface";
import type { Role } from "./role.ts";
import type { StopNotice } from "./stop-notice.ts";

const stopping: LocalizedText = {
  en: "This server is stopping. It still answers what reaches it; send new requests to another one.",
  "zh-CN": "该服务器正在停止，仍会处理已到达的请求；请将新请求发往其他服务器。",
};

/**
 * `/healthz`: this process is alive, a restart would fix nothing, and what its role is. `/readyz`: whether it can store requests (503
 * while it cannot, and from the request to stop on), how much space is left, and which surfaces are away, in the language
 * that is asked for. Surfaces that are away do not make it unready, nor does a store held as a copy, or one that nobody
 * works on: vendors and people still have to reach it.
 */
export function healthAnswer(
  runtime: Pick<Runtime, "condition">,
  role: Role,
  notice: Pick<StopNotice, "given" | "asked">,
): (request: Request) => Promise<Response | null> {
  return async (request) => {
    switch (new URL(request.url).pathname) {
      case "/healthz":
        return new Response(`ok\nrole: ${role}\n`, { headers: { "content-type": "text/plain; charset=utf-8" } });
      case "/readyz": {
        notice.asked();
        const condition = await runtime.condition();
        // Read last: the answer must not be older than what it says.
        const ready = condition.ready && !notice.given;
        const locale = acceptedLocale(request.headers.get("accept-language")) ?? "en";
        const stated = { ready, ...(notice.given ? { stopping: stopping[locale] } : {}) };
        return Response.json(
          { ...stated, ...readyJson(condition, locale) },
          {
            status: ready ? 200 : 503,
            headers: { "cache-control": "no-store" },
          },
        );
      }
      default:
        return null;
    }
  };
}

function readyJson({ store, media, held, workers, freeBytes, isSpaceShort, away }: Condition, locale: Locale) {
  return {
    store: store === null ? "ok" : say(store, locale),
    media: media === null ? "ok" : say(media, locale),
    ...(held === null ? {} : { held: say(held, locale) }),
    ...(workers === null ? {} : { workers: say(workers, locale) }),
    ...(freeBytes === null ? {} : { freeBytes, spaceIsShort: isSpaceShort }),
    surfacesAway: Object.fromEntries(away.map(({ surface, reason }) => [surface, reason[locale]])),
  };
}
