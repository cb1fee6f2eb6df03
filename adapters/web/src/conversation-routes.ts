import { parseCommandLine } from "@toolcast/core/surface";
import { z } from "zod";
import { ask, press } from "./ask.ts";
import {
  type Console,
  conversationName,
  defaultConversation,
  numberFrom,
  readJson,
  type WebApp,
} from "./console-context.ts";
import { eventStream } from "./event-stream.ts";
import { WebFailure } from "./web-failure.ts";

const askBody = z.union([
  z.strictObject({ text: z.string().min(1) }),
  z.strictObject({ command: z.string().min(1), input: z.record(z.string(), z.json()) }),
]);
const readBody = z.strictObject({ text: z.string().min(1) });
const pressBody = z.strictObject({
  action: z.string().min(1),
  subject: z.string(),
  conversation: z.string().optional(),
});

/** Conversations: entries, requests, buttons, suggestions and the stream of new entries. */
export function conversationRoutes(app: WebApp, web: Console): void {
  app.get("/api/conversations/:id/entries", async (context) => {
    const conversation = conversationName(context.req.param("id"));
    const limit = numberFrom(context.req.query("limit"), { minimum: 1, maximum: 200, fallback: 50 });
    const before = numberFrom(context.req.query("before"), {
      minimum: 1,
      maximum: Number.MAX_SAFE_INTEGER,
      fallback: Number.MAX_SAFE_INTEGER,
    });
    // Read before the page of entries, so that the stream then sends anything added meanwhile.
    const sequence = await web.log.lastSequence();
    const entries = await web.log.page(conversation, { before, limit });
    const caller = web.callerOf(context, conversation);
    return context.json({
      entries: await Promise.all(entries.map((entry) => web.view.entry(entry, caller))),
      sequence,
      more: entries.length === limit,
    });
  });

  app.post("/api/conversations/:id/messages", async (context) => {
    const conversation = conversationName(context.req.param("id"));
    const key = context.req.header("idempotency-key");
    if (key !== undefined && !/^[\w.-]{1,100}$/.test(key)) {
      throw new WebFailure(400, "keyWrong");
    }
    const body = await readJson(context.req.raw, askBody);
    return ask(web, body, key, web.callerOf(context, conversation));
  });

  app.post("/api/read", async (context) => {
    const { text } = await readJson(context.req.raw, readBody);
    const parsed = parseCommandLine(text, web.options.runtime.tools);
    if (parsed === null) {
      throw new WebFailure(422, "noCommand");
    }
    return context.json({ command: parsed.command, input: parsed.input });
  });

  app.post("/api/press", async (context) => {
    const { conversation, ...body } = await readJson(context.req.raw, pressBody);
    return press(web, body, web.callerOf(context, conversationName(conversation ?? defaultConversation)));
  });

  app.get("/api/complete", async (context) => {
    const { command = "", field = "", partial = "" } = context.req.query();
    const caller = web.callerOf(context);
    return context.json({ suggestions: await web.options.runtime.complete(command, field, partial, caller) });
  });

  app.get("/api/events", (context) => {
    const conversation = conversationName(context.req.query("conversation") ?? defaultConversation);
    const last = context.req.header("last-event-id") ?? context.req.query("after");
    return eventStream(web.hub, context.req.raw.signal, {
      conversation,
      caller: web.callerOf(context, conversation),
      ...(last !== undefined && /^\d{1,15}$/.test(last) ? { after: Number(last) } : {}),
    });
  });
}
