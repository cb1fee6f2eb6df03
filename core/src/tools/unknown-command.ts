import { UsageError } from "../errors/errors.ts";
import { nearestWord } from "../ground/edit-distance.ts";
import { listed } from "../messages/listed.ts";
import type { Tool } from "./tool.ts";

/** There is no such command: names the one that was probably meant, else all of them. `slash` is put before each. */
export function unknownCommand(word: string, tools: readonly Tool[], slash: "" | "/" = ""): UsageError {
  const name = slash + word;
  const meant = nearestWord(
    word,
    tools.map(({ command }) => command),
  );
  return meant === null
    ? new UsageError({
        key: "tool.unknown",
        values: { name, names: listed(tools.map(({ command }) => slash + command)) },
      })
    : new UsageError({ key: "tool.misspelt", values: { name, meant: slash + meant } });
}
