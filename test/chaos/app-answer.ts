import type { Caller, Reply, Runtime } from "@toolcast/core";
import { locales } from "@toolcast/core/surface";
import { z } from "zod";
import { roomId } from "./room-surface.ts";

const callSchema = z.object({
  tool: z.string(),
  input: z.record(z.string(), z.unknown()),
  key: z.string(),
  person: z.string(),
});
const pressSchema = z.object({ action: z.string(), subject: z.string(), person: z.string() });
export type CallBody = z.infer<typeof callSchema>;
export type PressBody = z.infer<typeof pressSchema>;

/** What a person sees at once. */
export type AppReply =
  | { type: "job"; id: string; repeated: boolean }
  | { type: "answer" }
  | { type: "refused"; sentence: string };

const maxUploadBytes = 10_000_000;

/** The HTTP interface of an app: what people do, and what vendors fetch and call back. */
export function createAppAnswer(runtime: Runtime): (request: Request) => Promise<Response> {
  async function acknowledged(reply: Reply): Promise<AppReply> {
    switch (reply.type) {
      case "answer":
        return { type: "answer" };
      case "refused":
        return { type: "refused", sentence: reply.message.title };
      case "job":
        await runtime.acknowledged(reply.job.id, { message: reply.job.id });
        return { type: "job", id: reply.job.id, repeated: reply.repeated };
    }
  }

  return async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    switch (`${request.method} ${pathname}`) {
      case "POST /calls": {
        const { tool, input, key, person } = callSchema.parse(await request.json());
        const reply = await runtime.call({ tool, input, key, caller: callerOf(person) });
        return isOutOfRoom(reply) ? outOfRoom() : Response.json(await acknowledged(reply));
      }
      case "POST /presses": {
        const { action, subject, person } = pressSchema.parse(await request.json());
        const reply = await runtime.press({ action, subject, caller: callerOf(person) });
        return isOutOfRoom(reply) ? outOfRoom() : Response.json({ type: reply.type });
      }
      case "POST /uploads": {
        const bytes = new Uint8Array(await request.arrayBuffer());
        const owner = callerOf(searchParams.get("person") ?? "").id;
        const { id } = await runtime.media.keep(bytes, { owner, maxBytes: maxUploadBytes });
        return Response.json({ id });
      }
      case "GET /memory":
        return Response.json({ rssBytes: process.memoryUsage.rss() });
      default:
        return (await runtime.handlePublic(request)) ?? new Response("not found\n", { status: 404 });
    }
  };
}

/** Nothing was accepted, and the person asks again. */
function isOutOfRoom(reply: Reply): boolean {
  if (reply.type !== "refused") return false;
  const { sentence } = reply.failure;
  return "key" in sentence && sentence.key.startsWith("storage.");
}

function outOfRoom(): Response {
  return new Response("no room\n", { status: 503 });
}

/** The person who operates the installation of a run. */
export const operator = "operator";

/** Each person writes in one of two languages, depending on the last letter of their name. */
export function callerOf(person: string): Caller {
  const locale = locales[(person.codePointAt(person.length - 1) ?? 0) % locales.length] ?? "en";
  return { id: `${roomId}:${person}`, name: person, locale, place: { surface: roomId, conversation: "main" } };
}
