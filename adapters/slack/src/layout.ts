import type { ActionsBlockElement, ImageElement, KnownBlock } from "@slack/types";
import type { Locale, Message } from "@toolcast/core";
import {
  type Attached,
  type ChatButton,
  describeMessage,
  fitBlocks,
  type KeptButton,
  messageButtons,
  type ShowOptions,
  shorten,
  unsentMedia,
  writeButtonId,
} from "@toolcast/core/chat";
import { say } from "@toolcast/core/surface";
import { blocksPort, escapeText } from "./blocks.ts";
import { buttonLimits, slackLimits } from "./limits.ts";
import type { Content } from "./slack-api.ts";

/** How a message is laid out, apart from its content. */
export interface LayoutOptions extends ShowOptions {
  locale: Locale;
  /** The id of the user to mention. */
  mention?: string;
  /** The files already shared in the message's channel, by asset id. Media without one are shown as links. */
  shared: ReadonlyMap<string, string>;
  /** Slack shows a changed block only if its id is new. */
  fresh: string;
}

/** The types that Slack shows in a block. */
const shownTypes = new Set(["image/png", "image/jpeg", "image/gif"]);

/** Whether Slack shows it as a picture in a message; everything else gets a player or a link below it. */
export function isShown({ medium: { kind, type, encode } }: Pick<Attached, "medium">): boolean {
  return kind === "image" && (encode !== undefined || shownTypes.has(type));
}

/** Translates a message; pure. All foreign text is plain text, and nothing is longer than Slack accepts. */
export function layoutMessage(
  message: Message,
  media: readonly Attached[],
  options: LayoutOptions,
): { content: Content; kept: KeptButton[]; isWhole: boolean } {
  const { locale, mention, shared, fresh, marker } = options;
  const sent = media.filter(({ medium, file }) => file !== undefined && shared.has(medium.assetId));
  const unsent = unsentMedia(
    media.map((one) => (sent.includes(one) ? one : { medium: one.medium })),
    buttonLimits,
  );
  const below = sent.some((one) => !isShown(one)) ? say({ key: "answer.files-below" }, locale) : undefined;
  const note = [below, options.note].filter((words) => words !== undefined).join(" ");
  const blocks = describeMessage(message, { locale, unsent, ...(note === "" ? {} : { note }) });
  const { native, isWhole } = fitBlocks(blocks, blocksPort, slackLimits.blocksCharacters);
  const { buttons, kept } = messageButtons(message, media, { ...options, limits: buttonLimits });
  const shown: KnownBlock[] = [
    ...(mention === undefined ? [] : [mentionBlock(mention)]),
    ...native,
    ...picturesOf(
      sent.filter(isShown).map(({ medium }) => ({
        type: "image",
        slack_file: { id: shared.get(medium.assetId) ?? "" },
        alt_text: shorten(medium.alternative, slackLimits.alternativeCharacters) || medium.name,
      })),
    ),
    ...(buttons.length === 0 ? [] : [{ type: "actions" as const, elements: buttons.map(elementOf) }]),
  ];
  const named = mention === undefined ? "" : `<@${mention}> `;
  return {
    content: {
      text: `${named}${escapeText(shorten(message.title, slackLimits.fallbackCharacters))}`,
      blocks: shown.map((block, index) => ({ ...block, block_id: blockId(`${fresh}-${index}`, marker) })),
    },
    kept,
    isWhole,
  };
}

/** One picture at full size; several side by side. */
function picturesOf(images: ImageElement[]): KnownBlock[] {
  return images.length < 2
    ? images
    : [{ type: "carousel", elements: images.map((image) => ({ type: "card", hero_image: image })) }];
}

/** The marker by which a message is found again; the ids of our buttons contain it as well. */
function blockId(subject: string, marker: string | undefined): string {
  return writeButtonId({ action: "block", subject, marker }, buttonLimits.buttonIdBytes).id;
}

function mentionBlock(user: string): KnownBlock {
  const elements = [{ type: "rich_text_section" as const, elements: [{ type: "user" as const, user_id: user }] }];
  return { type: "rich_text", elements };
}

function elementOf(button: ChatButton, index: number): ActionsBlockElement {
  const text = { type: "plain_text" as const, text: button.label, emoji: false };
  return button.kind === "link"
    ? { type: "button", text, url: button.url, action_id: `${linkPrefix}${index}` }
    : {
        ...{ type: "button", text, action_id: button.id },
        ...(button.style === "plain" ? {} : { style: button.style }),
      };
}

/** Slack also reports presses of link buttons. */
export const linkPrefix = "link-";
