import type { GivenInput } from "@toolcast/core/chat";
import type { DiscordCommand } from "./commands.ts";
import type { CommandInteraction } from "./interaction.ts";

/** The values of a command's options; options that no longer exist are left out. */
export function readOptions(command: DiscordCommand, data: CommandInteraction["data"]): GivenInput {
  const given: GivenInput = { input: {}, files: [], private: command.tool.private ?? false };
  for (const { name, value } of data.options ?? []) {
    const use = command.options.get(name);
    if (use === undefined || value === undefined) {
      continue;
    }
    if (use.use === "private") {
      given.private ||= value === true;
    } else if (use.use === "file") {
      const file = data.resolved?.attachments?.[String(value)];
      if (file !== undefined) {
        given.files.push({ field: use.field, file });
      }
    } else if (use.use === "value" || !given.files.some(({ field }) => field === use.field)) {
      given.input[use.field] = value;
    }
  }
  for (const { field } of given.files) {
    delete given.input[field];
  }
  return given;
}
