import type { Runtime } from "@toolcast/core";

/** Answers what the outside may ask of us (`/media`, `/callbacks`, `/healthz`) and nothing else. */
export function publicAnswer(runtime: Pick<Runtime, "handlePublic">): (request: Request) => Promise<Response> {
  return async (request) => {
    if (new URL(request.url).pathname === "/healthz") {
      return new Response("ok\n", { headers: { "content-type": "text/plain; charset=utf-8" } });
    }
    return (await runtime.handlePublic(request)) ?? new Response("not found\n", { status: 404 });
  };
}
