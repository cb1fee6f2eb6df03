import type { Caller } from "@toolcast/core";
import { formAction, missingFields, readButtonId } from "@toolcast/core/chat";
import { complete } from "./autocomplete.ts";
import type { DiscordContext } from "./context.ts";
import { type ButtonInteraction, type CommandInteraction, type Interaction, interactionSchema } from "./interaction.ts";
import { formBehind, isFormOf, openButtonForm, openForm, takeForm } from "./open-form.ts";
import { readOptions } from "./options.ts";
import { callerOf } from "./place.ts";
import { isEphemeral, takePress } from "./press.ts";
import { correctAction, refuse, takeRequest } from "./requests.ts";
import { speak } from "./sentences.ts";

/** A gateway that reconnects may tell an event again; so many are remembered. */
const remembered = 5_000;

/** Takes interactions as they come from the gateway. */
export class Interactions {
  readonly #context: DiscordContext;
  readonly #seen = new Set<string>();
  readonly #underWay = new Set<Promise<void>>();
  #open = true;

  constructor(context: DiscordContext) {
    this.#context = context;
  }

  /** Never throws: whatever a payload holds, the next one is served. */
  take(payload: unknown): void {
    const { logger } = this.#context;
    const parsed = interactionSchema.safeParse(payload);
    if (!parsed.success) {
      logger.warn({ problems: parsed.error.issues.length }, "an interaction was not understood");
      return;
    }
    if (!this.#open || this.#seen.has(parsed.data.id)) {
      return;
    }
    this.#remember(parsed.data.id);
    const work = this.#route(parsed.data).catch((error) => {
      logger.error(
        { interaction: parsed.data.id, error: error instanceof Error ? (error.stack ?? error.message) : "unknown" },
        "an interaction met an unexpected error",
      );
    });
    this.follow(work);
  }

  /** Counts work that never fails among what is under way. */
  follow(work: Promise<void>): void {
    this.#underWay.add(work);
    void work.then(() => this.#underWay.delete(work));
  }

  /** Takes no more; resolves when what was taken has its answer. */
  async close(): Promise<void> {
    this.#open = false;
    await Promise.all(this.#underWay);
  }

  #remember(id: string): void {
    this.#seen.add(id);
    if (this.#seen.size > remembered) {
      const [oldest = ""] = this.#seen;
      this.#seen.delete(oldest);
    }
  }

  async #route(interaction: Interaction): Promise<void> {
    switch (interaction.type) {
      case 2:
        return this.#command(interaction);
      case 3:
        return this.#button(interaction);
      case 4:
        return complete(this.#context, interaction);
      case 5: {
        const id = readButtonId(interaction.data.custom_id);
        return id !== null && isFormOf(id.action)
          ? takeForm(this.#context, interaction, id.subject)
          : this.#gone(interaction);
      }
      default:
        interaction satisfies never;
    }
  }

  async #command(interaction: CommandInteraction): Promise<void> {
    const command = this.#context.commands.get(interaction.data.name);
    const caller = callerOf(interaction, { ephemeral: true });
    if (caller === null) {
      return;
    }
    if (command === undefined) {
      await refuse(this.#context, interaction, speak("unknownCommand", caller.locale), { caller });
      return;
    }
    const given = readOptions(command, interaction.data);
    const fields = [...Object.keys(given.input), ...given.files.map(({ field }) => field)];
    if (missingFields(command.tool, fields).length > 0) {
      await openForm(this.#context, interaction, command, { caller, given });
      return;
    }
    await takeRequest(this.#context, interaction, command, given);
  }

  async #button(interaction: ButtonInteraction): Promise<void> {
    const written = readButtonId(interaction.data.custom_id);
    const caller = callerOf(interaction, { ephemeral: isEphemeral(interaction) });
    if (caller === null) {
      return;
    }
    const id = written === null ? null : await this.#context.buttons.read(written);
    if (id === null) {
      return this.#gone(interaction, caller);
    }
    switch (id.action) {
      case formAction: {
        const form = await formBehind(this.#context, caller, id.subject, isEphemeral(interaction));
        return openButtonForm(this.#context, interaction, { caller, form });
      }
      case correctAction: {
        const form = await this.#context.forms.read(id.subject);
        return openButtonForm(this.#context, interaction, { caller, form });
      }
      default:
        return takePress(this.#context, interaction, id, caller);
    }
  }

  async #gone(
    interaction: Interaction,
    caller: Caller | null = callerOf(interaction, { ephemeral: true }),
  ): Promise<void> {
    if (caller !== null) {
      await refuse(this.#context, interaction, speak("buttonGone", caller.locale), { caller });
    }
  }
}
