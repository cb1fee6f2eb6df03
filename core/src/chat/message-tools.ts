import type { Json } from "../ground/json.ts";
import { fieldsOf } from "../tools/describe.ts";
import type { Tool } from "../tools/tool.ts";
import type { GivenInput } from "./answer.ts";

/** A message that somebody points a tool at. */
export interface PointedMessage {
  /** Its text, without the platform's markup. Default: none. */
  text?: string;
  /** Its files, with their MIME types where the platform says. Default: none. */
  files?: readonly { type?: string | null | undefined; file: Json }[];
}

/** The tools for a message's menu: those that take what a message holds, with those for its files first. */
export function messageTools(tools: readonly Tool[]): Tool[] {
  const takesFile = (tool: Tool) => fieldsOf(tool).some(([, { shape }]) => shape.kind === "media");
  const offered = tools.filter(({ effect, operatorsOnly }) => effect === "spends" && !operatorsOnly);
  return [...offered.filter(takesFile), ...offered.filter((tool) => !takesFile(tool) && tool.primary !== undefined)];
}

/**
 * The input a message gives a tool: each file for the first free input that takes its kind, the text for the primary one.
 * What was given besides goes before it.
 */
export function givenByMessage(
  tool: Tool,
  { text = "", files = [] }: PointedMessage,
  { input = {}, private: isPrivate = false }: Partial<Pick<GivenInput, "input" | "private">> = {},
): GivenInput {
  const open = fieldsOf(tool).filter(([name, { shape }]) => shape.kind === "media" && input[name] === undefined);
  const taken: GivenInput["files"] = [];
  for (const { type, file } of files) {
    const kind = type?.split("/", 1)[0] || undefined;
    const at = open.findIndex(
      ([, { shape }]) => kind === undefined || (shape.kind === "media" && shape.limits.kind === kind),
    );
    const [[field] = []] = at === -1 ? [] : open.splice(at, 1);
    if (field !== undefined) {
      taken.push({ field, file });
    }
  }
  const typed = text.trim() === "" || tool.primary === undefined ? {} : { [tool.primary]: text.trim() };
  return { input: { ...typed, ...input }, files: taken, private: isPrivate || (tool.private ?? false) };
}
