import type { JsonObject } from "../json.ts";
import { ComponentReader } from "./component-reader.ts";
import type { FieldProblems } from "./field-problems.ts";
import { discordLimits } from "./limits.ts";
import { readSelect, selectTypes } from "./select-components.ts";
import { isSnowflake } from "./snowflake.ts";
import type { StoredFile } from "./world.ts";

const actionRow = 1;
const button = 2;
const section = 9;
const textDisplay = 10;
const thumbnail = 11;
const mediaGallery = 12;
const file = 13;
const separator = 14;
const container = 17;
const insideContainer = [actionRow, section, textDisplay, mediaGallery, file, separator];

function readButton(reader: ComponentReader, path: string, raw: JsonObject, id: number): JsonObject {
  const { problems } = reader;
  const style = Number(raw.style);
  problems.choice(`${path}.style`, raw.style, [1, 2, 3, 4, 5, 6]);
  const label = problems.text(`${path}.label`, raw.label, 0, 80, false);
  const shown: JsonObject = { type: button, id, style, ...(label ? { label } : {}) };
  if (!label && !raw.emoji && style !== 6) {
    problems.add(path, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A button needs a label or an emoji");
  }
  if (raw.emoji) {
    shown.emoji = { name: problems.object(`${path}.emoji`, raw.emoji).name };
  }
  if (raw.disabled === true) {
    shown.disabled = true;
  }
  const wrong = (key: string) => {
    if (raw[key] !== undefined && raw[key] !== null) {
      problems.add(path, "BUTTON_COMPONENT_INVALID_FIELDS", `A button of this style cannot have ${key}`);
    }
  };
  if (style === 5) {
    wrong("custom_id");
    const url = problems.text(`${path}.url`, raw.url, 1, 512);
    if (url !== null && !/^(https?|discord):\/\/\S+$/.test(url)) {
      problems.add(`${path}.url`, "URL_TYPE_INVALID_SCHEME", "Scheme must be one of ('http', 'https', 'discord').");
    }
    return { ...shown, url };
  }
  wrong("url");
  if (style === 6) {
    if (!isSnowflake(raw.sku_id)) {
      problems.required(`${path}.sku_id`);
    }
    return { ...shown, sku_id: raw.sku_id };
  }
  return { ...shown, custom_id: reader.customId(path, raw) };
}

function readGallery(reader: ComponentReader, path: string, raw: JsonObject, id: number): JsonObject {
  const { problems } = reader;
  const items = problems.list(`${path}.items`, raw.items, 1, 10).map((value, index) => {
    const at = `${path}.items.${index}`;
    const item = problems.object(at, value);
    return {
      media: reader.media(`${at}.media`, item.media, false),
      description: problems.text(`${at}.description`, item.description, 1, 1_024, false),
      spoiler: item.spoiler === true,
    };
  });
  return { type: mediaGallery, id, items };
}

function readChildren(
  reader: ComponentReader,
  path: string,
  raw: JsonObject,
  allowed: readonly number[],
  most: number,
): JsonObject[] {
  return reader.problems
    .list(`${path}.components`, raw.components, 1, most)
    .map((child, index) => readComponent(reader, `${path}.components.${index}`, child, allowed));
}

function readRow(reader: ComponentReader, path: string, raw: JsonObject, id: number): JsonObject {
  const components = readChildren(reader, path, raw, [button, ...selectTypes], 5);
  const selects = components.filter((child) => selectTypes.includes(Number(child.type)));
  if (selects.length > 0 && components.length > 1) {
    reader.problems.add(`${path}.components`, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The row is too wide");
  }
  return { type: actionRow, id, components };
}

function readSection(reader: ComponentReader, path: string, raw: JsonObject, id: number): JsonObject {
  const components = readChildren(reader, path, raw, [textDisplay], 3);
  if (raw.accessory === undefined || raw.accessory === null) {
    reader.problems.required(`${path}.accessory`);
    return { type: section, id, components };
  }
  const accessory = readComponent(reader, `${path}.accessory`, raw.accessory, [button, thumbnail]);
  return { type: section, id, components, accessory };
}

function readComponent(reader: ComponentReader, path: string, value: unknown, allowed: readonly number[]): JsonObject {
  const { problems } = reader;
  const raw = problems.object(path, value);
  const { type, id } = reader.begin(path, raw);
  if (!allowed.includes(type)) {
    problems.add(`${path}.type`, "UNION_TYPE_CHOICES", `Value of field "type" must be one of (${allowed.join(", ")}).`);
    return { type, id };
  }
  const spoiler = raw.spoiler === true;
  switch (type) {
    case actionRow:
      return readRow(reader, path, raw, id);
    case button:
      return readButton(reader, path, raw, id);
    case section:
      return readSection(reader, path, raw, id);
    case textDisplay:
      return { type, id, content: reader.shownText(`${path}.content`, raw.content) };
    case thumbnail:
      return {
        type,
        id,
        spoiler,
        media: reader.media(`${path}.media`, raw.media, false),
        description: problems.text(`${path}.description`, raw.description, 1, 1_024, false),
      };
    case mediaGallery:
      return readGallery(reader, path, raw, id);
    case file:
      return { type, id, spoiler, file: reader.media(`${path}.file`, raw.file, true), name: null, size: null };
    case separator:
      if (raw.spacing !== undefined && raw.spacing !== null) {
        problems.choice(`${path}.spacing`, raw.spacing, [1, 2]);
      }
      return { type, id, divider: raw.divider !== false, spacing: raw.spacing ?? 1 };
    case container: {
      const color = raw.accent_color ?? null;
      if (color !== null && !(Number.isInteger(color) && Number(color) >= 0 && Number(color) <= 0xffffff)) {
        problems.add(`${path}.accent_color`, "NUMBER_TYPE_MAX", "int value should be less than or equal to 16777215.");
      }
      const components = readChildren(reader, path, raw, insideContainer, discordLimits.components);
      return { type, id, accent_color: color, spoiler, components };
    }
    default:
      return readSelect(reader, path, raw, id);
  }
}

/** A message's components as Discord returns them, and which of its files they show. */
export interface ReadComponents {
  readonly components: JsonObject[];
  readonly shownFileIds: ReadonlySet<string>;
}

export function readMessageComponents(
  problems: FieldProblems,
  raw: unknown,
  newLayout: boolean,
  files: readonly StoredFile[],
): ReadComponents {
  const reader = new ComponentReader(problems, files);
  const most = newLayout ? discordLimits.components : 5;
  const allowed = newLayout ? [...insideContainer, container] : [actionRow];
  const components = problems
    .list("components", raw, 0, most)
    .map((component, index) => readComponent(reader, `components.${index}`, component, allowed));
  if (reader.count > discordLimits.components) {
    problems.add(
      "components",
      "BASE_TYPE_BAD_LENGTH",
      `The total number of components must be at most ${discordLimits.components}.`,
    );
  }
  if (reader.textCharacters > discordLimits.componentsTextCharacters) {
    problems.add(
      "components",
      "COMPONENT_MAX_TOTAL_COMPONENT_TEXT_LENGTH_EXCEEDED",
      `The text of all components must be at most ${discordLimits.componentsTextCharacters} characters.`,
    );
  }
  return { components, shownFileIds: reader.shownFileIds };
}
