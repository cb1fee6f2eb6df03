import type { Locale, Tool } from "@toolcast/core";
import { describeTool, personName } from "@toolcast/core/surface";
import { z } from "zod";
import type { Access } from "./access.ts";
import { type Console, consoleCaller, readJson, type WebApp } from "./console-context.ts";
import type { EntryContent } from "./conversation-log.ts";
import { mostTitleCharacters } from "./limits.ts";
import { assetView } from "./media-routes.ts";
import type { SandboxOptions } from "./options.ts";
import { sentences } from "./sentences.ts";
import { startersOf } from "./starters.ts";
import { plainError, WebFailure } from "./web-failure.ts";
import type { ConversationView, SandboxView, StateView } from "./wire.ts";

/** Long enough to send the answer. */
const killDelayMs = 150;

/** The user, the tools and conversations, and the sandbox's controls. */
export function stateRoutes(app: WebApp, web: Console): void {
  const { runtime, sandbox, clock } = web.options;

  app.get("/api/state", async (context) => {
    const locale = context.get("locale");
    const caller = web.callerOf(context);
    const isOperator = runtime.isOperator(caller);
    const tools = runtime.tools.filter((tool) => runtime.mayUse(tool, caller));
    const state: StateView = {
      instance: web.instance,
      locale,
      person: { id: consoleCaller, name: personName(caller, caller), operator: isOperator },
      tools: tools.map((tool) => describeTool(tool, locale)),
      ...(sandbox === undefined ? {} : { sandbox: await sandboxView({ web, sandbox, tools }, locale) }),
      conversations: await conversationViews(web),
      maxUploadBytes: web.maxUploadBytes,
    };
    return context.json(state);
  });

  app.post("/api/sandbox/kill", (context) => {
    const kill = sandbox?.killServer;
    if (kill === undefined) {
      throw new WebFailure(404, "cannotKill");
    }
    clock.setTimer(killDelayMs, kill);
    return context.json({ message: { ...plainError(sentences.killed[context.get("locale")]), tone: "warning" } }, 202);
  });
}

/** The login, which needs no token. */
export function loginRoutes(app: WebApp, access: Access): void {
  app.post("/api/login", async (context) => {
    const { token } = await readJson(context.req.raw, z.strictObject({ token: z.string().max(1_000) }));
    return context.body(null, 204, { "Set-Cookie": access.login(token, context.req.raw, context.env.remoteAddress) });
  });

  app.get("/", async (context, next) => {
    const token = context.req.query("token");
    if (token === undefined) {
      return next();
    }
    // Redirected at once to the bare address, so that the token stays in no history and no referrer.
    return context.body(null, 303, {
      "Set-Cookie": access.login(token, context.req.raw, context.env.remoteAddress),
      Location: "/",
    });
  });
}

async function conversationViews(web: Console): Promise<ConversationView[]> {
  return (await web.log.conversations(100)).map(({ id, title, first, lastAt }) => ({
    id,
    title: titleOf({ title, first }),
    named: title !== undefined,
    lastAt,
  }));
}

/** The name that its person gave a conversation, otherwise its first request. */
export function titleOf({ title, first }: { title?: string; first: { content: EntryContent } }): string {
  return title ?? [...firstText(first.content).trim()].slice(0, mostTitleCharacters).join("");
}

function firstText(content: EntryContent): string {
  if (content.kind !== "request") {
    return content.message.title;
  }
  const { text, form } = content;
  const texts = Object.values(form?.input ?? {}).filter(
    (value) => typeof value === "string" && !value.startsWith("asset_"),
  );
  return text ?? `/${form?.command ?? ""} ${texts[0] ?? ""}`;
}

async function sandboxView(
  { web, sandbox, tools }: { web: Console; sandbox: SandboxOptions; tools: readonly Tool[] },
  locale: Locale,
): Promise<SandboxView> {
  const samples = [...(await web.samples.all()).values()];
  const { refusal } = sandbox;
  return {
    ledgerUrl: sandbox.ledgerUrl,
    canKill: sandbox.killServer !== undefined,
    markers: (sandbox.markers ?? []).map(({ marker, example, summary }) => ({
      marker,
      example,
      summary: summary[locale],
    })),
    samples: samples.map(assetView),
    starters: startersOf(tools, { samples, refusal, locale }),
  };
}
