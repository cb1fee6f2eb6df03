import type { JsonObject } from "../json.ts";
import { refusal } from "./api-error.ts";
import type { Context } from "./context.ts";
import { discordLimits } from "./limits.ts";
import type { Channel, Message, MessageInteraction } from "./world.ts";

export const interactionTypes = { command: 2, component: 3, autocomplete: 4, modal: 5 } as const;
export type InteractionKind = keyof typeof interactionTypes;

/** One interaction, from the person's act to the expiry of its token. */
export interface Interaction {
  readonly id: string;
  readonly token: string;
  readonly kind: InteractionKind;
  readonly userId: string;
  readonly channel: Channel;
  /** The installation of the app that allowed it. */
  readonly installation: "guild" | "user";
  /** The app is in the place too, so follow-ups are unlimited. */
  readonly appIsThere: boolean;
  /** A user-installed app whose asker may not use external apps there: only they see the answers. */
  readonly forcedEphemeral: boolean;
  readonly createdAt: number;
  readonly command: string;
  /** The message whose component was used, or whose component opened the modal. */
  readonly source: Message | null;
  state: "waiting" | "acknowledged" | "missed";
  acknowledgedAt: number | null;
  callbackType: number | null;
  /** The first answer; null until there is one. */
  original: Message | null;
  /** The next follow-up after "thinking" becomes the answer itself. */
  placeholderOpen: boolean;
  readonly followUps: Message[];
  modal: JsonObject | null;
  choices: JsonObject[] | null;
}

export interface Interactions {
  open(interaction: Omit<Interaction, MutableField>): Interaction;
  /** The interaction that a callback answers; refuses an unknown one, a late one and a second answer. */
  unanswered(id: string, token: string): Interaction;
  /** The interaction with a valid token; refuses an expired or unknown token as the webhook routes do. */
  byToken(applicationId: string, token: string): Interaction;
  acknowledge(interaction: Interaction, callbackType: number): void;
  /** An earlier interaction: it is found by its id and, while the token is valid, by its token. */
  restore(interaction: Interaction): void;
  readonly all: readonly Interaction[];
}

type MutableField =
  | "state"
  | "acknowledgedAt"
  | "callbackType"
  | "original"
  | "placeholderOpen"
  | "followUps"
  | "modal"
  | "choices"
  | "createdAt";

export function createInteractions(context: Context): Interactions {
  const { clock, world } = context;
  const all: Interaction[] = [];
  const byTokenMap = new Map<string, Interaction>();
  const byId = new Map<string, Interaction>();
  const deadlines = new Map<string, () => void>();

  function keep(interaction: Interaction): void {
    all.push(interaction);
    byTokenMap.set(interaction.token, interaction);
    byId.set(interaction.id, interaction);
  }

  return {
    all,
    restore: keep,
    open(given) {
      const interaction: Interaction = {
        ...given,
        createdAt: clock.now(),
        state: "waiting",
        acknowledgedAt: null,
        callbackType: null,
        original: null,
        placeholderOpen: false,
        followUps: [],
        modal: null,
        choices: null,
      };
      keep(interaction);
      const cancel = clock.setTimer(discordLimits.acknowledgeWithinMs, () => {
        deadlines.delete(interaction.id);
        interaction.state = "missed";
        context.changed();
      });
      deadlines.set(interaction.id, cancel);
      return interaction;
    },
    unanswered(id, token) {
      const interaction = byId.get(id);
      if (interaction === undefined || interaction.token !== token || interaction.state === "missed") {
        throw refusal("unknownInteraction");
      }
      if (interaction.state === "acknowledged") {
        throw refusal("alreadyAcknowledged");
      }
      return interaction;
    },
    byToken(applicationId, token) {
      const interaction = byTokenMap.get(token);
      if (applicationId !== world.application.id || interaction === undefined) {
        throw refusal("unknownWebhook");
      }
      if (clock.now() - interaction.createdAt >= discordLimits.tokenLivesMs) {
        throw refusal("invalidWebhookToken");
      }
      if (interaction.state !== "acknowledged") {
        throw refusal("unknownWebhook");
      }
      return interaction;
    },
    acknowledge(interaction, callbackType) {
      interaction.state = "acknowledged";
      deadlines.get(interaction.id)?.();
      deadlines.delete(interaction.id);
      interaction.acknowledgedAt = clock.now();
      interaction.callbackType = callbackType;
      context.changed();
    },
  };
}

/** Who allowed the interaction, in the form that messages and events use. */
export function ownersOf(interaction: Interaction): { [integrationType: string]: string } {
  return interaction.installation === "user"
    ? { "1": interaction.userId }
    : { "0": interaction.channel.guildId ?? "0" };
}

export function messageInteraction(interaction: Interaction): MessageInteraction {
  return {
    id: interaction.id,
    type: interactionTypes[interaction.kind],
    userId: interaction.userId,
    name: interaction.command,
    owners: ownersOf(interaction),
    interactedMessageId: interaction.source?.id ?? null,
  };
}
