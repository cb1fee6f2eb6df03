import { isAgreement } from "../job/agreement.ts";
import { decisionAbout } from "../job/decision.ts";
import { canBeLookedAt } from "../job/earlier-starts.ts";
import { missingParts } from "../job/missing-parts.ts";
import { fits } from "../media/check-media.ts";
import type { Asset } from "../media/media.ts";
import type { MessageKey } from "../messages/sentence.ts";
import type { MessageAction, MessageMedia } from "../surface/message.ts";
import { consentAsked, withoutConsent } from "../tools/consent.ts";
import { fieldsOf, missingFields } from "../tools/describe.ts";
import { voiceUses } from "../tools/voice-uses.ts";
import type { JobMessageOptions, Speak } from "./job-message-options.ts";
import { mayAnswer } from "./job-question.ts";

/** What a job made. */
interface Made {
  media: readonly MessageMedia[];
  /** The id of a voice. */
  voice?: string;
}

/** The buttons that a person may press on a job in its current state. */
export async function jobActions(
  options: JobMessageOptions,
  { media, voice }: Made,
  speak: Speak,
): Promise<MessageAction[]> {
  const { job, operator, caller, detail } = options;
  const press = (action: string, style: MessageAction["style"] = "plain", label?: MessageKey): MessageAction => ({
    action,
    subject: job.id,
    label: speak({ key: label ?? (`action.${action}` as MessageKey) }),
    style,
  });
  const decide: typeof press = (...parts) => ({ ...press(...parts), subject: decisionAbout(job) });
  const details = detail === "timeline" ? [] : [press("details")];
  const { state } = job;
  const mine = operator || caller.id === job.caller.id;
  if (!mine) {
    return [];
  }
  switch (state.phase) {
    case "held": {
      const label = { consent: "action.confirm-consent", price: "action.agree-price" } as const;
      const { reason } = state.hold;
      const named = isAgreement(reason) ? label[reason] : "action.release";
      const agree = mayAnswer(job, caller, operator) ? [decide("release", "primary", named)] : [];
      return [...agree, press("cancel"), ...details];
    }
    case "queued":
    case "starting":
    case "running": {
      const isArriving = state.phase === "starting" && job.steps.some(({ partial }) => partial !== undefined);
      const cancel = press("cancel", "plain", isArriving ? "action.stop" : "action.cancel");
      return [...(job.cancelWish === undefined ? [cancel] : []), ...details];
    }
    case "unresolved": {
      const hasReference = job.steps.some((step) => step.state === "unknown" && canBeLookedAt(step));
      return [
        ...(hasReference ? [decide("look-again", "primary")] : []),
        decide("start-again", "danger"),
        decide("leave"),
        ...details,
      ];
    }
    case "succeeded":
      return [
        ...voiceActions(options, voice),
        ...(await useActions(options, media, speak)),
        ...(missingParts(job).some(({ failure }) => failure.vendorCode !== undefined) ? [press("explain")] : []),
        ...againActions(options, speak),
        ...details,
      ];
    case "failed":
      return [
        ...(state.failure.vendorCode === undefined ? [] : [press("explain")]),
        ...againActions(options, speak),
        ...details,
      ];
    case "cancelled":
      return [...againActions(options, speak), ...details];
    default:
      return state satisfies never;
  }
}

/**
 * Buttons to make the same request again: one that starts it at once, and one that opens it as a form to change it. A
 * request that needs consent or lacks something has only a form.
 */
function againActions({ job, tool }: JobMessageOptions, speak: Speak): MessageAction[] {
  const input = tool === undefined ? {} : withoutConsent(tool, job.input);
  const about = { subject: job.id, style: "plain" as const, form: { command: tool?.command ?? job.tool, input } };
  const again = speak({ key: "action.again" });
  const isWhole =
    tool !== undefined && consentAsked(tool, input) === null && missingFields(tool, Object.keys(input)).length === 0;
  return isWhole
    ? [
        { ...about, action: "again", label: again, atOnce: true },
        { ...about, action: "form", label: speak({ key: "action.change" }) },
      ]
    : [{ ...about, action: "form", label: again }];
}

/** The most buttons; more would crowd out the message. */
const mostUses = 4;

/** Buttons to use a voice that a job made, for every tool that needs one. */
function voiceActions({ job, tools, caller }: JobMessageOptions, voice: string | undefined): MessageAction[] {
  return voice === undefined
    ? []
    : voiceUses(tools, { voice, subject: job.id, style: "primary" }, caller.locale).slice(0, mostUses);
}

/**
 * Buttons to use what a job made, for every tool that takes such a medium; if there are several, the form offers a
 * choice.
 */
async function useActions(
  { job, tools, media: store }: JobMessageOptions,
  media: readonly MessageMedia[],
  speak: Speak,
): Promise<MessageAction[]> {
  const read = await Promise.all(media.map(({ assetId }) => store.read(assetId)));
  const made = read.flatMap((asset, index) => (asset === null ? [] : [{ asset, number: index + 1 }]));
  return tools
    .flatMap((tool) => {
      const [field, usable = []] =
        fieldsOf(tool)
          .map(([name, { shape }]) => {
            const takes = ({ asset }: { asset: Asset }) => shape.kind === "media" && fits(asset, shape.limits);
            return [name, made.filter(takes)] as const;
          })
          .find(([, taken]) => taken.length > 0) ?? [];
      const [first] = usable;
      if (tool.effect !== "spends" || field === undefined || first === undefined) {
        return [];
      }
      const choices = usable.map(({ asset, number }) => ({
        value: asset.id,
        title: speak({ key: "action.use-which", values: { number, name: asset.name } }),
      }));
      return [
        {
          action: "form",
          subject: job.id,
          label: speak({ key: "action.use-in", values: { tool: tool.title } }),
          style: "plain" as const,
          form: {
            ...{ command: tool.command, input: { [field]: first.asset.id } },
            ...(choices.length > 1 ? { among: { field, choices } } : {}),
          },
        },
      ];
    })
    .slice(0, mostUses);
}
