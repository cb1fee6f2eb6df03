import { type Caller, describeTool, type Suggestion, sleep } from "@toolcast/core";
import { InteractionResponseType } from "discord.js";
import { respond } from "./acknowledge.ts";
import type { OptionUse } from "./commands.ts";
import type { DiscordContext } from "./context.ts";
import type { AutocompleteInteraction } from "./interaction.ts";
import { discordLimits } from "./limits.ts";
import { shorten } from "./localisation.ts";
import { callerOf } from "./place.ts";

/** Suggestions are worth nothing later: nothing is offered instead. */
const mostMs = 2_000;
/** Of a person's media, how many are looked through. */
const galleryCount = 100;

/** Offers values while a person types. Whatever happens, Discord gets an answer, if an empty one. */
export async function suggest(context: DiscordContext, interaction: AutocompleteInteraction): Promise<void> {
  const { clock, logger } = context;
  const give = new AbortController();
  let suggestions: Suggestion[] = [];
  try {
    suggestions = await Promise.race([
      suggestionsFor(context, interaction),
      sleep(clock, mostMs, give.signal).then(
        () => [],
        () => [],
      ),
    ]);
  } catch (error) {
    logger.warn({ error: error instanceof Error ? error.message : "unknown" }, "suggestions could not be made");
  } finally {
    give.abort();
  }
  const fitting = suggestions.filter(({ value }) => value !== "" && value.length <= discordLimits.choiceCharacters);
  await respond(context, interaction, {
    type: InteractionResponseType.ApplicationCommandAutocompleteResult,
    data: {
      choices: fitting
        .slice(0, discordLimits.choices)
        .map(({ value, label }) => ({ name: shorten(label, discordLimits.choiceCharacters), value })),
    },
  });
}

async function suggestionsFor(context: DiscordContext, interaction: AutocompleteInteraction): Promise<Suggestion[]> {
  const command = context.commands.get(interaction.data.name);
  const focused = (interaction.data.options ?? []).find((option) => option.focused);
  const use = command?.options.get(focused?.name ?? "");
  const caller = callerOf(interaction, { ephemeral: true });
  if (command === undefined || use === undefined || use.use === "private" || caller === null) {
    return [];
  }
  const partial = String(focused?.value ?? "");
  if (use.use === "link") {
    return ownMedia(context, use, partial, caller);
  }
  if (use.shape.kind === "choice") {
    const fields = describeTool(command.tool, caller.locale).fields;
    const choices = fields.find(({ name }) => name === use.field)?.choices ?? [];
    return choices
      .filter(({ title, value }) => matches(`${title} ${value}`, partial))
      .map(({ title, value }) => ({ value, label: title }));
  }
  return context.runtime.complete(command.tool.command, use.field, partial, caller);
}

/** What the person sent or had made before, of the kind that is asked for. */
async function ownMedia(
  { runtime }: DiscordContext,
  use: Extract<OptionUse, { use: "link" }>,
  partial: string,
  caller: Caller,
): Promise<Suggestion[]> {
  const time = new Intl.DateTimeFormat(caller.locale, { dateStyle: "short", timeStyle: "short", timeZone: "UTC" });
  return (await runtime.gallery(caller, galleryCount))
    .filter(({ kind, name, id }) => kind === use.shape.limits?.kind && matches(`${name} ${id}`, partial))
    .map(({ id, name, createdAt }) => ({ value: id, label: `${name} · ${time.format(createdAt)}` }));
}

function matches(text: string, partial: string): boolean {
  return text.toLowerCase().includes(partial.trim().toLowerCase());
}
