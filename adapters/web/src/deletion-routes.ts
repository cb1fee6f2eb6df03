import type { OwnThing } from "@toolcast/core/surface";
import { z } from "zod";
import { type Console, conversationName, readJson, type WebApp } from "./console-context.ts";
import { mostDeletions } from "./limits.ts";
import { sentences } from "./sentences.ts";
import { titleOf } from "./state-routes.ts";
import type { DeletionView, VoiceView } from "./wire.ts";

const deletionBody = z.strictObject({
  items: z
    .array(
      z.strictObject({
        kind: z.enum(["file", "voice", "job", "conversation"]),
        id: z.string().min(1).max(100),
      }),
    )
    .min(1)
    .max(mostDeletions),
  confirmed: z.boolean(),
});
const mostJobs = 1_000;
const mostConversations = 1_000;

/** Deletes what the person owns, after a question; core knows what goes and what vendors keep. */
export function deletionRoutes(app: WebApp, web: Console): void {
  const { runtime } = web.options;

  app.get("/api/voices", async (context) => {
    const voices: VoiceView[] = await runtime.ownVoices(web.callerOf(context));
    return context.json({ voices });
  });

  app.post("/api/deletions", async (context) => {
    const caller = web.callerOf(context);
    const { items, confirmed } = await readJson(context.req.raw, deletionBody);
    const conversations = items.flatMap(({ kind, id }) => (kind === "conversation" ? [conversationName(id)] : []));
    const jobsOf = new Map<string, string[]>();
    for (const conversation of conversations) {
      const jobs = await runtime.jobs({ conversation, limit: mostJobs }, caller);
      jobsOf.set(
        conversation,
        jobs.filter((job) => job.caller.id === caller.id).map(({ id }) => id),
      );
    }
    const chosen = items.flatMap((item) => (item.kind === "conversation" ? [] : [item as OwnThing]));
    const named = new Set(chosen.map(({ kind, id }) => `${kind}:${id}`));
    const theirs = [...jobsOf.values()]
      .flat()
      .filter((id) => !named.has(`job:${id}`))
      .map((id) => ({ kind: "job" as const, id }));
    const known = conversations.length === 0 ? [] : await web.log.conversations(mostConversations);
    const titles = new Map(known.map((one) => [one.id, titleOf(one)]));
    const also = conversations.map((id) => titles.get(id) ?? id);
    const { message, removed } = await runtime.remove({ things: [...chosen, ...theirs], also, confirmed }, caller);
    if (!confirmed) {
      const lines = message.lines ?? [];
      const first = conversations.length === 0 ? [] : [sentences.conversationGoes[caller.locale]];
      return context.json({ message: { ...message, lines: [...first, ...lines] }, removed: [] } satisfies DeletionView);
    }
    const gone = new Set(removed.filter(({ kind }) => kind === "job").map(({ id }) => id));
    const over = conversations.filter((id) => jobsOf.get(id)?.every((job) => gone.has(job)));
    for (const id of over) {
      await web.shelf.erase(id);
      web.hub.tell({ event: "conversations", data: { id } });
    }
    const conversationsGone = over.map((id) => ({ kind: "conversation" as const, id }));
    return context.json({ message, removed: [...removed, ...conversationsGone] } satisfies DeletionView);
  });
}
