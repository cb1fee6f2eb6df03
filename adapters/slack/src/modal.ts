import type { InputBlock, ModalView, PlainTextElement, PlainTextOption, StaticSelect } from "@slack/types";
import type { Locale, Tool } from "@toolcast/core";
import {
  type FormField,
  type FormToOpen,
  formFields,
  type GivenInput,
  shorten,
  writeButtonId,
} from "@toolcast/core/chat";
import { say } from "@toolcast/core/surface";
import { z } from "zod";
import { buttonLimits, formLimits, slackLimits } from "./limits.ts";
import type { Submission } from "./payload.ts";
import { sentences } from "./sentences.ts";

export const formCallback = "form";
const chooserCallback = "choose";
/** The action of a button that starts a tool. */
export const beginAction = "begin";
/** The action of a button that opens the list of tools. */
export const chooseAction = "choose";
const inputAction = "value";

/** Where a form's answer belongs: Slack keeps it with the form and shows it to nobody. */
const metadataSchema = z.object({
  /** The form's id. */
  form: z.string(),
  channel: z.string(),
  thread: z.string().optional(),
  opensThread: z.boolean().optional(),
  direct: z.boolean().optional(),
  /** The address that came with the command, and when it ends (epoch milliseconds). */
  url: z.string().optional(),
  until: z.number().optional(),
  /** The language it is in. */
  locale: z.enum(["en", "zh-CN"]).optional(),
});
export type FormMetadata = z.infer<typeof metadataSchema>;

const plain = (text: string, most: number): PlainTextElement => ({
  type: "plain_text",
  text: shorten(text, most),
  emoji: false,
});

/** A form as a modal; null when there is nothing to fill in. */
export function formFor(
  { tool, given }: Omit<FormToOpen, "id">,
  metadata: FormMetadata,
  locale: Locale,
): ModalView | null {
  const files = given.files.map(({ field }) => field);
  const fields = formFields(tool, { input: given.input, files, among: given.among }, { ...formLimits, locale });
  if (fields.length === 0) {
    return null;
  }
  return {
    type: "modal",
    callback_id: formCallback,
    private_metadata: JSON.stringify({ ...metadata, locale }),
    title: plain(tool.title[locale], slackLimits.modalTitleCharacters),
    submit: plain(say(sentences.submit, locale), slackLimits.modalTitleCharacters),
    close: plain(say(sentences.cancel, locale), slackLimits.modalTitleCharacters),
    blocks: fields.map(inputOf),
  };
}

function inputOf({ name, title, summary, required, control }: FormField): InputBlock {
  return {
    type: "input",
    block_id: name,
    label: plain(title, slackLimits.labelCharacters),
    hint: plain(summary, slackLimits.labelCharacters * 2),
    optional: !required,
    element: elementOf(control),
  };
}

/** What Slack's picker offers for each kind of medium. */
const fileTypes = {
  image: ["png", "jpg", "jpeg", "gif", "webp", "bmp", "heic"],
  audio: ["mp3", "wav", "m4a", "ogg", "flac", "aac", "mp4", "webm"],
  video: ["mp4", "mov", "webm", "mkv", "avi"],
};

function elementOf(control: FormField["control"]): InputBlock["element"] {
  switch (control.kind) {
    case "file":
      return {
        ...{ type: "file_input", action_id: inputAction, max_files: 1 },
        ...(control.limits === undefined ? {} : { filetypes: fileTypes[control.limits.kind] }),
      };
    case "choice": {
      const options = control.choices.map(({ value, title }) => ({
        text: plain(title, slackLimits.optionCharacters),
        value,
      }));
      const initial_option = options.find(({ value }) => value === control.value);
      return { type: "static_select", action_id: inputAction, ...grouped(options), initial_option };
    }
    case "text":
      return control.number === undefined
        ? {
            ...{ type: "plain_text_input", action_id: inputAction, multiline: control.multiline },
            ...{ min_length: control.minLength, max_length: control.maxLength, initial_value: control.value },
          }
        : {
            ...{ type: "number_input", action_id: inputAction, is_decimal_allowed: control.number.decimal },
            ...{ min_value: `${control.number.minimum}`, max_value: `${control.number.maximum}` },
            initial_value: control.value,
          };
    default:
      return control satisfies never;
  }
}

/** A list longer than one select takes is shown in groups, each named by its first and last option. */
function grouped(options: PlainTextOption[]): Pick<StaticSelect, "options" | "option_groups"> {
  const { optionsPerSelect: most, optionCharacters } = slackLimits;
  if (options.length <= most) {
    return { options };
  }
  const option_groups = inParts(options, most).map((group) => {
    const [first, last] = [group[0], group.at(-1)].map((option) => shorten(option?.text.text ?? "", 35));
    return { label: plain(`${first} – ${last}`, optionCharacters), options: group };
  });
  return { option_groups };
}

function inParts<Item>(items: readonly Item[], most: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / most) }, (_, index) =>
    items.slice(index * most, (index + 1) * most),
  );
}

/** What was filled in, and where its answer belongs; null for any other form. */
export function readForm(
  view: Submission["view"],
): ({ metadata: FormMetadata; filled: string[] } & Pick<GivenInput, "input" | "files">) | null {
  let given: unknown;
  try {
    given = JSON.parse(view.private_metadata);
  } catch {
    return null;
  }
  const metadata = metadataSchema.safeParse(given).data;
  if (metadata === undefined) {
    return null;
  }
  const form = { metadata, input: {} as GivenInput["input"], files: [] as GivenInput["files"], filled: [] as string[] };
  for (const [field, elements] of Object.entries(view.state.values)) {
    const { value, selected_option: chosen, files } = elements[inputAction] ?? {};
    form.filled.push(field);
    const text = value ?? chosen?.value;
    const [file] = files ?? [];
    if (file !== undefined) {
      form.files.push({ field, file });
    } else if (text !== undefined && text !== "") {
      form.input[field] = text;
    }
  }
  return form;
}

/** What the global shortcut opens: a button for each tool. */
export function chooser(tools: readonly Tool[], locale: Locale): ModalView {
  const { buttonIdBytes, buttonLabelCharacters } = buttonLimits;
  return {
    type: "modal",
    callback_id: chooserCallback,
    title: plain(say(sentences.chooseTitle, locale), slackLimits.modalTitleCharacters),
    close: plain(say(sentences.cancel, locale), slackLimits.modalTitleCharacters),
    blocks: [
      { type: "section", text: plain(say(sentences.choose, locale), slackLimits.labelCharacters) },
      ...inParts(tools, slackLimits.elementsPerActions).map((part) => ({
        type: "actions" as const,
        elements: part.map((tool) => ({
          type: "button" as const,
          text: plain(tool.title[locale], buttonLabelCharacters),
          action_id: writeButtonId({ action: beginAction, subject: tool.command }, buttonIdBytes).id,
        })),
      })),
    ],
  };
}
