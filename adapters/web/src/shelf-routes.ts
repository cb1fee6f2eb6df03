import { z } from "zod";
import { type Console, conversationName, readJson, type WebApp } from "./console-context.ts";
import { undoMs } from "./conversation-shelf.ts";
import { mostTitleCharacters } from "./limits.ts";
import { WebFailure } from "./web-failure.ts";

const renameBody = z.strictObject({
  title: z
    .string()
    .trim()
    .refine((title) => [...title].length <= mostTitleCharacters),
});

/** Renaming a conversation, removing it and bringing it back. Its jobs and media are not affected. */
export function shelfRoutes(app: WebApp, web: Console): void {
  const { clock } = web.options;
  const tell = (id: string) => web.hub.tell({ event: "conversations", data: { id } });

  app.patch("/api/conversations/:id", async (context) => {
    const id = conversationName(context.req.param("id"));
    const { title } = await readJson(context.req.raw, renameBody);
    await web.shelf.rename(id, title);
    tell(id);
    return context.body(null, 204);
  });

  app.delete("/api/conversations/:id", async (context) => {
    const id = conversationName(context.req.param("id"));
    if (!(await web.shelf.remove(id, clock.now()))) {
      throw new WebFailure(404, "conversationEmpty");
    }
    clock.setTimer(undoMs, web.wipe);
    tell(id);
    return context.json({ undoMs });
  });

  app.post("/api/conversations/:id/restore", async (context) => {
    const id = conversationName(context.req.param("id"));
    if (!(await web.shelf.restore(id, clock.now()))) {
      throw new WebFailure(404, "conversationWiped");
    }
    tell(id);
    return context.body(null, 204);
  });
}
