import { suggest } from "@toolcast/core/chat";
import { InteractionResponseType } from "discord.js";
import { respond } from "./acknowledge.ts";
import type { DiscordContext } from "./context.ts";
import type { AutocompleteInteraction } from "./interaction.ts";
import { suggestLimits } from "./limits.ts";
import { callerOf } from "./place.ts";

/** Offers values while a person types. Discord always gets an answer, even if it is empty. */
export async function complete(context: DiscordContext, interaction: AutocompleteInteraction): Promise<void> {
  const command = context.commands.get(interaction.data.name);
  const focused = (interaction.data.options ?? []).find((option) => option.focused);
  const use = command?.options.get(focused?.name ?? "");
  const caller = callerOf(interaction, { ephemeral: true });
  const isAsked = command !== undefined && use !== undefined && use.use !== "private" && caller !== null;
  const partial = String(focused?.value ?? "");
  const suggestions = isAsked
    ? await suggest(context, { tool: command.tool, field: use.field, partial, caller }, suggestLimits)
    : [];
  await respond(context, interaction, {
    type: InteractionResponseType.ApplicationCommandAutocompleteResult,
    data: { choices: suggestions.map(({ value, label }) => ({ name: label, value })) },
  });
}
