import { type Console, numberFrom, type WebApp } from "./console-context.ts";
import { excerptOf } from "./entry-text.ts";
import type { SearchResultView } from "./wire.ts";

const longestQuery = 200;

/** Searches the text of all conversations. */
export function searchRoutes(app: WebApp, web: Console): void {
  app.get("/api/search", async (context) => {
    const query = [...(context.req.query("words") ?? "").replaceAll("\0", "").trim()].slice(0, longestQuery).join("");
    const limit = numberFrom(context.req.query("limit"), { minimum: 1, maximum: 200, fallback: 50 });
    const results: SearchResultView[] =
      query === ""
        ? []
        : (await web.search.find(query, limit)).map(({ entry: { sequence, id, conversation, at, content }, text }) => ({
            sequence,
            id,
            conversation,
            at,
            kind: content.kind,
            excerpt: excerptOf(text, query),
          }));
    return context.json({ results });
  });
}
