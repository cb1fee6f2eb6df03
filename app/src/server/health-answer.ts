import type { Runtime } from "@toolcast/core";
import { type Condition, say } from "@toolcast/core/surface";

/**
 * `/healthz`: this process lives; a restart would mend nothing. `/readyz`: whether it can store what it is asked for (503
 * while it cannot), how much room is left, and which surfaces are away; those alone make nobody
 * unready, and no more does a store that is held as a copy: vendors and people still have to reach it.
 */
export function healthAnswer(runtime: Pick<Runtime, "condition">): (request: Request) => Promise<Response | null> {
  return async (request) => {
    switch (new URL(request.url).pathname) {
      case "/healthz":
        return new Response("ok\n", { headers: { "content-type": "text/plain; charset=utf-8" } });
      case "/readyz": {
        const condition = await runtime.condition();
        return Response.json(readyJson(condition), {
          status: condition.ready ? 200 : 503,
          headers: { "cache-control": "no-store" },
        });
      }
      default:
        return null;
    }
  };
}

function readyJson({ ready, store, media, held, freeBytes, isSpaceShort, away }: Condition) {
  return {
    ready,
    store: store === null ? "ok" : say(store, "en"),
    media: media === null ? "ok" : say(media, "en"),
    ...(held === null ? {} : { held: say(held, "en") }),
    ...(freeBytes === null ? {} : { freeBytes, spaceIsShort: isSpaceShort }),
    surfacesAway: Object.fromEntries(away.map(({ surface, reason }) => [surface, reason.en])),
  };
}
