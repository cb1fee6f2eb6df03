import { UsageError } from "../errors/errors.ts";
import { nearestWord } from "../ground/edit-distance.ts";
import { listed } from "../messages/listed.ts";
import type { Tool } from "./tool.ts";

/** So many first letters tell what somebody means whose words come from another program, such as `/imagine`. */
const tellingLetters = 4;

/** There is no such command: names the one that was probably meant, else all of them. `slash` is put before each. */
export function unknownCommand(word: string, tools: readonly Tool[], slash: "" | "/" = ""): UsageError {
  const name = slash + word;
  const commands = tools.map(({ command }) => command);
  const meant = nearestWord(word, commands) ?? sameBeginning(word, commands);
  return meant === null
    ? new UsageError({
        key: "tool.unknown",
        values: { name, names: listed(tools.map(({ command }) => slash + command)) },
      })
    : new UsageError({ key: "tool.misspelt", values: { name, meant: slash + meant } });
}

/** The only command that begins like the word. */
function sameBeginning(word: string, commands: readonly string[]): string | null {
  const beginning = word.toLowerCase().slice(0, tellingLetters);
  const alike = beginning.length < tellingLetters ? [] : commands.filter((command) => command.startsWith(beginning));
  return alike.length === 1 ? alike[0]! : null;
}
