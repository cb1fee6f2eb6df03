import type { Runtime } from "@toolcast/core";
import { type Condition, say } from "@toolcast/core/surface";
import type { Role } from "./role.ts";

/**
 * `/healthz`: this process is alive, a restart would fix nothing, and what its role is. `/readyz`: whether it can store requests (503
 * while it cannot), how much space is left, and which surfaces are away. Surfaces that are away do not make it unready,
 * nor does a store held as a copy, or one that nobody works on: vendors and people still have to reach it.
 */
export function healthAnswer(
  runtime: Pick<Runtime, "condition">,
  role: Role,
): (request: Request) => Promise<Response | null> {
  return async (request) => {
    switch (new URL(request.url).pathname) {
      case "/healthz":
        return new Response(`ok\nrole: ${role}\n`, { headers: { "content-type": "text/plain; charset=utf-8" } });
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

function readyJson({ ready, store, media, held, workers, freeBytes, isSpaceShort, away }: Condition) {
  return {
    ready,
    store: store === null ? "ok" : say(store, "en"),
    media: media === null ? "ok" : say(media, "en"),
    ...(held === null ? {} : { held: say(held, "en") }),
    ...(workers === null ? {} : { workers: say(workers, "en") }),
    ...(freeBytes === null ? {} : { freeBytes, spaceIsShort: isSpaceShort }),
    surfacesAway: Object.fromEntries(away.map(({ surface, reason }) => [surface, reason.en])),
  };
}
