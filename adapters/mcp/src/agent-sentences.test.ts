import { builtInTools, type Locale } from "@toolcast/core";
import { catalogEntries } from "@toolcast/core/errors";
import { describeTool, locales, messages } from "@toolcast/core/surface";
import { describe, expect, test } from "vitest";
import { instructions } from "./instructions.ts";
import { sentences as mcpSentences } from "./sentences.ts";

/** Every sentence that an agent or its model may see, with its source. */
function* sentencesIn(locale: Locale): Generator<[string, string]> {
  for (const [key, sentence] of Object.entries({ ...messages, ...mcpSentences })) {
    yield [key, sentence[locale]];
  }
  for (const tool of builtInTools) {
    yield [tool.name, JSON.stringify(describeTool(tool, locale))];
  }
  yield ["catalog", JSON.stringify(catalogEntries().map(({ meaning, remedy }) => [meaning[locale], remedy[locale]]))];
  const jobTool = { tool: "get_job", field: "job" };
  yield ["instructions", instructions({ look: jobTool, cancel: jobTool }, locale)];
}

describe.each(locales)("%s", (locale) => {
  test("no sentence that an agent can see suggests typing a command with a slash", () => {
    // @verifies mcp.no-commands
    const commands = builtInTools.map(({ command }) => command).join("|");
    const slashed = new RegExp(`(?<![\\w.:/}])/(?:${commands}|\\{)(?![\\w/])`);
    // The pattern really finds such a sentence.
    expect(slashed.test(`(/${builtInTools[0]!.command} shows`)).toBe(true);
    const found = [...sentencesIn(locale)].filter(([, sentence]) => slashed.test(sentence));
    expect(found.map(([key]) => key)).toEqual([]);
  });
});
