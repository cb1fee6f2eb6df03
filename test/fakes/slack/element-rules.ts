import { isObject, type JsonObject } from "../json.ts";
import type { FieldCheck } from "./field-check.ts";

/** Checks an image's file; null if the app may show it, otherwise the reason. */
export type FileRule = (slackFile: JsonObject) => string | null;

type ElementRule = (check: FieldCheck, at: string, element: JsonObject) => void;

const placeholder: ElementRule = (check, at, { placeholder: given }) => {
  check.text(`${at}/placeholder`, given, { max: 150, kinds: "plain", optional: true });
};

const confirm: ElementRule = (check, at, { confirm: given }) => {
  if (given === undefined) {
    return;
  }
  const dialog = check.object(`${at}/confirm`, given);
  if (dialog !== null) {
    check.text(`${at}/confirm/title`, dialog.title, { max: 100, kinds: "plain", optional: true });
    check.text(`${at}/confirm/text`, dialog.text, { max: 300, kinds: "any" });
    check.text(`${at}/confirm/confirm`, dialog.confirm, { max: 30, kinds: "plain", optional: true });
    check.text(`${at}/confirm/deny`, dialog.deny, { max: 30, kinds: "plain", optional: true });
  }
};

function option(check: FieldCheck, at: string, value: unknown, mrkdwn: boolean): void {
  const object = check.object(at, value);
  if (object !== null) {
    check.text(`${at}/text`, object.text, { max: 75, kinds: mrkdwn ? "any" : "plain" });
    check.string(`${at}/value`, object.value, { min: 1, max: 75 });
    check.text(`${at}/description`, object.description, { max: 75, kinds: mrkdwn ? "any" : "plain", optional: true });
    check.string(`${at}/url`, object.url, { max: 3_000, optional: true });
  }
}

const optionValue = (given: unknown) => (isObject(given) ? given.value : undefined);

/** Options must differ, and the initial choice must be one of them. */
function options(check: FieldCheck, at: string, element: JsonObject, bounds: { max: number; mrkdwn: boolean }): void {
  const grouped = Array.isArray(element.option_groups) ? (element.option_groups as unknown[]) : null;
  const lists: [string, unknown][] =
    grouped === null
      ? [[`${at}/options`, element.options]]
      : grouped.map((group, index) => [`${at}/option_groups/${index}/options`, isObject(group) ? group.options : null]);
  if (grouped !== null) {
    check.list(`${at}/option_groups`, grouped, { min: 1, max: 100 });
    grouped.forEach((group, index) => {
      check.text(`${at}/option_groups/${index}/label`, isObject(group) ? group.label : undefined, {
        max: 75,
        kinds: "plain",
      });
    });
    if (element.options !== undefined) {
      check.add(at, "must not have both options and option_groups");
    }
  }
  const values: unknown[] = [];
  for (const [path, list] of lists) {
    check.list(path, list, { min: 1, max: bounds.max }).forEach((item, index) => {
      option(check, `${path}/${index}`, item, bounds.mrkdwn);
      if (values.includes(optionValue(item))) {
        check.add(`${path}/${index}/value`, "duplicate option value");
      }
      values.push(optionValue(item));
    });
  }
  const chosen = element.initial_option === undefined ? [] : [element.initial_option];
  for (const given of [...chosen, ...((element.initial_options ?? []) as unknown[])]) {
    if (!values.includes(optionValue(given))) {
      check.add(`${at}/initial_option`, "initial option must be one of the options");
    }
  }
}

const select =
  (multiple: boolean, own: ElementRule): ElementRule =>
  (check, at, element) => {
    placeholder(check, at, element);
    confirm(check, at, element);
    own(check, at, element);
    if (multiple) {
      check.integer(`${at}/max_selected_items`, element.max_selected_items, { min: 1, max: 1_000 });
    }
  };

const listed: ElementRule = (check, at, element) => options(check, at, element, { max: 100, mrkdwn: false });
const nothing: ElementRule = () => {};

const textInput: ElementRule = (check, at, element) => {
  placeholder(check, at, element);
  check.string(`${at}/initial_value`, element.initial_value, { max: 3_000, optional: true });
  check.integer(`${at}/min_length`, element.min_length, { min: 0, max: 3_000 });
  check.integer(`${at}/max_length`, element.max_length, { min: 1, max: 3_000 });
  if (Number(element.min_length ?? 0) > Number(element.max_length ?? 3_000)) {
    check.add(`${at}/min_length`, "must not be greater than max_length");
  }
  if (typeof element.initial_value === "string" && element.initial_value.length > Number(element.max_length ?? 3_000)) {
    check.add(`${at}/initial_value`, "must not be longer than max_length");
  }
};

const numberInput: ElementRule = (check, at, element) => {
  placeholder(check, at, element);
  if (typeof element.is_decimal_allowed !== "boolean") {
    check.add(`${at}/is_decimal_allowed`, "missing required field");
  }
  const bound = (name: "min_value" | "max_value" | "initial_value") => {
    const given = element[name];
    if (given === undefined) {
      return null;
    }
    const number = typeof given === "string" && given.trim() !== "" ? Number(given) : Number.NaN;
    if (Number.isNaN(number) || (element.is_decimal_allowed === false && !Number.isInteger(number))) {
      check.add(`${at}/${name}`, "must be a number in a string");
      return null;
    }
    return number;
  };
  const [least, most, initial] = [bound("min_value"), bound("max_value"), bound("initial_value")];
  if (least !== null && most !== null && least > most) {
    check.add(`${at}/min_value`, "must not be greater than max_value");
  }
  if (initial !== null && ((least !== null && initial < least) || (most !== null && initial > most))) {
    check.add(`${at}/initial_value`, "must be within min_value and max_value");
  }
};

const fileInput: ElementRule = (check, at, element) => {
  check.integer(`${at}/max_files`, element.max_files, { min: 1, max: 10 });
  if (element.filetypes !== undefined) {
    check.list(`${at}/filetypes`, element.filetypes, { min: 1, max: 100 }).forEach((type, index) => {
      check.string(`${at}/filetypes/${index}`, type, { min: 1, max: 20 });
    });
  }
};

const button: ElementRule = (check, at, element) => {
  check.text(`${at}/text`, element.text, { max: 75, kinds: "plain" });
  check.string(`${at}/value`, element.value, { max: 2_000, optional: true });
  check.string(`${at}/url`, element.url, { min: 1, max: 3_000, optional: true });
  check.oneOf(`${at}/style`, element.style, ["primary", "danger"]);
  check.string(`${at}/accessibility_label`, element.accessibility_label, { max: 75, optional: true });
  confirm(check, at, element);
};

const choices: ElementRule = (check, at, element) => {
  options(check, at, element, { max: 10, mrkdwn: true });
  confirm(check, at, element);
};

const rules: Readonly<Record<string, ElementRule>> = {
  button,
  overflow: (check, at, element) => {
    options(check, at, element, { max: 5, mrkdwn: false });
    confirm(check, at, element);
  },
  static_select: select(false, listed),
  multi_static_select: select(true, listed),
  external_select: select(false, nothing),
  multi_external_select: select(true, nothing),
  users_select: select(false, nothing),
  multi_users_select: select(true, nothing),
  conversations_select: select(false, nothing),
  multi_conversations_select: select(true, nothing),
  channels_select: select(false, nothing),
  multi_channels_select: select(true, nothing),
  checkboxes: choices,
  radio_buttons: choices,
  datepicker: placeholder,
  timepicker: placeholder,
  datetimepicker: nothing,
  plain_text_input: textInput,
  email_text_input: textInput,
  url_text_input: textInput,
  number_input: numberInput,
  rich_text_input: placeholder,
  file_input: fileInput,
  icon_button: (check, at, element) => check.text(`${at}/text`, element.text, { max: 75, kinds: "plain" }),
  feedback_buttons: (check, at, element) => {
    for (const side of ["positive_button", "negative_button"]) {
      const given = check.object(`${at}/${side}`, element[side]);
      if (given !== null) {
        check.text(`${at}/${side}/text`, given.text, { max: 75, kinds: "plain" });
        check.string(`${at}/${side}/value`, given.value, { max: 2_000 });
      }
    }
  },
  workflow_button: (check, at, element) => check.text(`${at}/text`, element.text, { max: 75, kinds: "plain" }),
};

const selects = Object.keys(rules).filter((type) => type.endsWith("_select"));
const pickers = ["datepicker", "timepicker", "datetimepicker"];
const sets = ["checkboxes", "radio_buttons"];

/** The elements that each place accepts. */
export const elementPlaces = {
  actions: ["button", "overflow", "workflow_button", "rich_text_input", ...selects, ...pickers, ...sets],
  accessory: ["button", "overflow", "workflow_button", "image", ...selects, ...pickers, ...sets],
  input: [
    "plain_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
    "rich_text_input",
    "file_input",
    ...selects,
    ...pickers,
    ...sets,
  ],
  context_actions: ["feedback_buttons", "icon_button"],
  card: ["button"],
} as const;

export function checkElement(
  check: FieldCheck,
  at: string,
  value: unknown,
  place: keyof typeof elementPlaces,
  fileRule: FileRule,
): void {
  const element = check.object(at, value);
  if (element === null) {
    return;
  }
  const type = String(element.type);
  if (!(elementPlaces[place] as readonly string[]).includes(type)) {
    check.add(`${at}/type`, `unsupported type: ${type}`);
    return;
  }
  if (type === "image") {
    checkImage(check, at, element, fileRule);
    return;
  }
  check.string(`${at}/action_id`, element.action_id, { min: 1, max: 255, optional: true });
  rules[type]!(check, at, element);
}

/** What image blocks and image elements have in common. */
export function checkImage(check: FieldCheck, at: string, image: JsonObject, fileRule: FileRule): void {
  check.string(`${at}/alt_text`, image.alt_text, { min: 1, max: 2_000 });
  const { image_url: url, slack_file: file } = image;
  if ((url === undefined) === (file === undefined)) {
    check.add(at, "must provide either image_url or slack_file");
    return;
  }
  if (url !== undefined) {
    check.string(`${at}/image_url`, url, { min: 1, max: 3_000 });
    return;
  }
  const given = check.object(`${at}/slack_file`, file);
  if (given !== null && (given.id === undefined) === (given.url === undefined)) {
    check.add(`${at}/slack_file`, "must provide either id or url");
  } else if (given !== null) {
    const problem = fileRule(given);
    if (problem !== null) {
      check.add(`${at}/slack_file`, problem);
    }
  }
}
