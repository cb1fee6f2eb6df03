import type { InputRequiredResult, McpServer, ServerContext } from "@modelcontextprotocol/server";
import { z } from "zod";

/** Long, because the person has to read and think, or may be at lunch. */
const patienceMs = 10 * 60_000;

const formRequest = z.object({
  method: z.literal("elicitation/create"),
  params: z.looseObject({ mode: z.literal("form"), message: z.string() }),
});

/**
 * Asks the person behind a 2025-era client while its call is in progress; 2026 clients get the question as the result.
 * Throws when no answer comes, which is neither consent nor refusal.
 */
export async function askPerson(
  { server }: McpServer,
  { inputRequests = {} }: InputRequiredResult,
  { mcpReq: { id, signal } }: ServerContext,
): Promise<Record<string, unknown>> {
  const answers = Object.entries(inputRequests).map(async ([key, request]) => {
    const { method, params } = formRequest.parse(request);
    const answer = await server.request({ method, params }, z.looseObject({ action: z.string() }), {
      relatedRequestId: id,
      timeout: patienceMs,
      signal,
    });
    return [key, answer] as const;
  });
  return Object.fromEntries(await Promise.all(answers));
}
