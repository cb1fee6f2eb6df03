import type { Runtime } from "@toolcast/core";

/** Answers some paths, and null for the others. */
export type PartialAnswer = (request: Request) => Promise<Response | null>;

/** Answers what the outside may ask of us (`/media`, `/links`, `/callbacks`, `/healthz`, and what `more` adds) and nothing else. */
export function publicAnswer(
  runtime: Pick<Runtime, "handlePublic">,
  more: PartialAnswer = async () => null,
): (request: Request) => Promise<Response> {
  return async (request) => {
    if (new URL(request.url).pathname === "/healthz") {
      return new Response("ok\n", { headers: { "content-type": "text/plain; charset=utf-8" } });
    }
    return (
      (await more(request)) ?? (await runtime.handlePublic(request)) ?? new Response("not found\n", { status: 404 })
    );
  };
}
