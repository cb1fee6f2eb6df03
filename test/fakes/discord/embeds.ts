import { characters, isObject, type JsonObject } from "../json.ts";
import type { FieldProblems } from "./field-problems.ts";
import { discordLimits } from "./limits.ts";

/** Embeds within their limits; media in them are left unchanged. */
export function readEmbeds(problems: FieldProblems, raw: unknown): JsonObject[] {
  if (raw === undefined || raw === null) {
    return [];
  }
  let total = 0;
  const embeds = problems.list("embeds", raw, 0, discordLimits.embeds).map((value, index) => {
    const path = `embeds.${index}`;
    const embed = problems.object(path, value);
    const text = (at: string, part: unknown, most: number, least = 0) => {
      total += characters(problems.text(`${path}.${at}`, part, least, most, least > 0) ?? "");
    };
    text("title", embed.title, 256);
    text("description", embed.description, 4_096);
    text("footer.text", isObject(embed.footer) ? embed.footer.text : undefined, 2_048);
    text("author.name", isObject(embed.author) ? embed.author.name : undefined, 256);
    const fields = embed.fields === undefined ? [] : problems.list(`${path}.fields`, embed.fields, 0, 25);
    fields.forEach((given, position) => {
      const field = problems.object(`${path}.fields.${position}`, given);
      text(`fields.${position}.name`, field.name, 256, 1);
      text(`fields.${position}.value`, field.value, 1_024, 1);
    });
    return { type: "rich", ...embed };
  });
  if (total > discordLimits.embedCharacters) {
    problems.add(
      "embeds",
      "MAX_EMBED_SIZE_EXCEEDED",
      `Embed size exceeds maximum size of ${discordLimits.embedCharacters}`,
    );
  }
  return embeds;
}
