import type { Locale } from "../ground/locale.ts";
import { say } from "../messages/sentence.ts";
import type { MessageAction } from "../surface/message.ts";
import { fieldsOf } from "./describe.ts";
import type { Tool } from "./tool.ts";

/** A voice that can be used, and what its buttons need. */
interface VoiceOffered {
  /** Its name or id. */
  voice: string;
  /** The subject of the button. */
  subject: string;
  style: MessageAction["style"];
  /** Distinguishes it from other voices. Default: it is the only one. */
  name?: string;
}

/**
 * A button for every tool that needs a voice, whatever the tool and its input are called, with this voice filled in.
 */
export function voiceUses(
  tools: readonly Tool[],
  { voice, subject, style, name }: VoiceOffered,
  locale: Locale,
): MessageAction[] {
  return tools.flatMap((tool) => {
    const field = fieldsOf(tool).find(
      ([, { role, optional, presetByDefault }]) => role === "voice" && (!optional || presetByDefault),
    )?.[0];
    if (tool.effect !== "spends" || field === undefined) {
      return [];
    }
    return [
      {
        action: "form",
        subject,
        label: say(
          name === undefined
            ? { key: "action.speak", values: { tool: tool.title } }
            : { key: "action.speak-with", values: { tool: tool.title, name } },
          locale,
        ),
        style,
        form: { command: tool.command, input: { [field]: voice } },
      },
    ];
  });
}
