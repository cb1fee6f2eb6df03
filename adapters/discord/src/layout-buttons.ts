import type { Message } from "@toolcast/core";
import {
  type Attached,
  buttonRows,
  type ChatButton,
  carriesMarker as carries,
  type KeptButton,
  messageButtons,
} from "@toolcast/core/chat";
import { type APIActionRowComponent, type APIButtonComponent, ButtonStyle, ComponentType } from "discord.js";
import type { LayoutOptions } from "./layout-options.ts";
import { discordLimits } from "./limits.ts";

/** The buttons below a message, in rows, and those that must be stored before it is shown. */
export function buttonsOf(
  message: Message,
  media: readonly Attached[],
  options: LayoutOptions,
): { rows: APIActionRowComponent<APIButtonComponent>[]; kept: KeptButton[] } {
  const { buttons, kept } = messageButtons(message, media, { ...options, limits: discordLimits });
  const rows = buttonRows(buttons.map(component), discordLimits.buttonsPerRow);
  return { rows: rows.map((components) => ({ type: ComponentType.ActionRow, components })), kept };
}

const styles = {
  primary: ButtonStyle.Primary,
  plain: ButtonStyle.Secondary,
  danger: ButtonStyle.Danger,
} as const;

function component(button: ChatButton): APIButtonComponent {
  return button.kind === "link"
    ? { type: ComponentType.Button, style: ButtonStyle.Link, label: button.label, url: button.url }
    : {
        type: ComponentType.Button,
        style: styles[button.style],
        label: button.label,
        custom_id: button.id,
        ...(button.disabled ? { disabled: true } : {}),
      };
}

/** Whether one of a message's buttons carries this marker. */
export function carriesMarker(components: unknown, marker: string): boolean {
  return carries(components, marker, "custom_id");
}
