import type { Runtime } from "@toolcast/core";
import { healthAnswer } from "./health-answer.ts";
import type { Role } from "./role.ts";
import type { StopNotice } from "./stop-notice.ts";

/** Answers some paths; null for the others. */
export type PartialAnswer = (request: Request) => Promise<Response | null>;

/**
 * Answers the paths open to the outside (`/media`, `/links`, `/callbacks`, `/healthz`, `/readyz`, and what `more` adds)
 * and nothing else.
 */
export function publicAnswer(
  runtime: Pick<Runtime, "handlePublic" | "condition">,
  role: Role,
  notice: Pick<StopNotice, "given" | "asked">,
  more: PartialAnswer = async () => null,
): (request: Request) => Promise<Response> {
  const health = healthAnswer(runtime, role, notice);
  return async (request) =>
    (await health(request)) ??
    (await more(request)) ??
    (await runtime.handlePublic(request)) ??
    new Response("not found\n", { status: 404 });
}
