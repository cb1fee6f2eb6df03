import type { Json } from "../ground/json.ts";
import type { Locale } from "../ground/locale.ts";
import type { Job } from "../job/job.ts";
import { say } from "../messages/sentence.ts";
import type { MessageField } from "../surface/message.ts";
import { fieldText } from "../surface/message-text.ts";
import { fieldsOf } from "../tools/describe.ts";
import type { Field } from "../tools/field.ts";
import type { SpendingTool } from "../tools/tool.ts";
import type { VoiceUser } from "../voices/voice-book.ts";
import type { JobMessageOptions } from "./job-message-options.ts";

/** The longest value in a result, in characters. */
const mostCharacters = 1_000;
/** In a job's story a longer value is a paragraph: those go along whole as a file where a place has no room for them. */
const mostFieldCharacters = 40;

type Voices = JobMessageOptions["voices"];

/** What a result was made from, as far as its place has room; with the story of any job all of it. */
export async function recipeOf(options: JobMessageOptions): Promise<{ fields: MessageField[]; lines: string[] }> {
  const { job, caller, notice, detail = "usual" } = options;
  const isResult = detail === "usual" && job.state.phase === "succeeded" && notice?.about !== "further";
  if (!isResult && detail !== "timeline") {
    return { fields: [], lines: [] };
  }
  const fields = await recipeFields(options);
  if (isResult) {
    return { fields: fields.map((field) => ({ ...field, value: beginning(field.value) })), lines: [] };
  }
  const isShort = ({ value }: MessageField) => value.length <= mostFieldCharacters;
  const long = fields.filter((field) => !isShort(field));
  return { fields: fields.filter(isShort), lines: long.map((field) => fieldText(field, caller.locale)) };
}

function beginning(value: string): string {
  const characters = [...value];
  return characters.length <= mostCharacters ? value : `${characters.slice(0, mostCharacters).join("")}…`;
}

/** Everything that was given, under the names people know it by, and who made it. */
async function recipeFields({ job, tool, providers, voices, caller }: JobMessageOptions): Promise<MessageField[]> {
  const { locale } = caller;
  const given = tool === undefined ? [] : await inWords(tool, job, voices, locale);
  const label = say({ key: "job.field.provider" }, locale);
  const provider = { label, value: providers.find(job.provider)?.title[locale] ?? job.provider };
  return [...given, provider].map((field) => ({ kind: "asked", ...field }));
}

/** Without files, which people know by sight, and without consents, which were given for one request. */
async function inWords(
  tool: SpendingTool,
  { input, caller }: Job,
  voices: Voices,
  locale: Locale,
): Promise<Pick<MessageField, "label" | "value">[]> {
  const said = fieldsOf(tool).map(async ([name, field]) => {
    const value = input[name];
    const isLeftOut = value === undefined || value === null || field.role === "consent" || field.role === "provider";
    if (isLeftOut || field.shape.kind === "media") {
      return [];
    }
    const shown =
      field.role === "voice" ? await voiceName(String(value), caller, voices) : spoken(field, value, locale);
    return shown === undefined ? [] : [{ label: field.title[locale], value: shown }];
  });
  return (await Promise.all(said)).flat();
}

function spoken({ shape }: Field, value: Json, locale: Locale): string {
  if (shape.kind === "flag") {
    return say({ key: value === true ? "chat.yes" : "chat.no" }, locale);
  }
  const choice = shape.kind === "choice" ? shape.choices.find((one) => one.value === value) : undefined;
  return choice?.title[locale] ?? String(value);
}

/** Undefined if it no longer exists. */
async function voiceName(id: string, asker: VoiceUser, voices: Voices): Promise<string | undefined> {
  try {
    return (await voices.find(id, asker, "")).name;
  } catch {
    return undefined;
  }
}
