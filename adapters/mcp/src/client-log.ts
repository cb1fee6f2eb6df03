import type { Logger } from "@toolcast/core";
import type { ClientFacts, Era } from "./connection.ts";

/** Names and versions come from outside, so both their number and their length are limited. */
const mostRemembered = 200;
const maxCharacters = 80;

/** Logs each client once, with its capabilities, because they decide what it is shown. */
export function createClientLog(logger: Pick<Logger, "debug">): (client: ClientFacts, era: Era) => void {
  const logged = new Set<string>();
  return ({ name, version, capabilities }, era) => {
    const facts = {
      client: name.slice(0, maxCharacters),
      version: version.slice(0, maxCharacters),
      era,
      capabilities: Object.keys(capabilities).slice(0, 20).join(" ").slice(0, maxCharacters),
      extensions: Object.keys(capabilities.extensions ?? {})
        .slice(0, 20)
        .join(" ")
        .slice(0, maxCharacters * 2),
    };
    const key = JSON.stringify(facts);
    if (!logged.has(key) && logged.size < mostRemembered) {
      logged.add(key);
      logger.debug(facts, "an MCP client");
    }
  };
}
