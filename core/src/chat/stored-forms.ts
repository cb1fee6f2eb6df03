import { UsageError } from "../errors/errors.ts";
import type { Json } from "../ground/json.ts";
import { maxInboxBytes } from "../job/inbox.ts";
import { inEveryLanguage, type Sentence } from "../messages/sentence.ts";
import type { Caller } from "../people/caller.ts";
import type { State } from "../state/open-state.ts";
import type { FieldChoices } from "../surface/message.ts";
import { fieldsOf } from "../tools/describe.ts";
import { parseField } from "../tools/input.ts";
import type { Tool } from "../tools/tool.ts";
import type { GivenInput } from "./answer.ts";

/** A form that was opened or can be opened again: its values so far, and its owner. */
export interface StoredForm extends GivenInput {
  /** The tool's command. */
  command: string;
  /** Caller id of the only person who may fill it in. */
  owner: string;
  /** The input that was asked for last, where inputs are asked for one at a time. */
  next?: string;
  /** It was opened to be changed: where inputs are asked for one at a time, nothing starts before its owner says so. */
  reviewed?: boolean;
  /** The values to choose one of the inputs from. */
  among?: FieldChoices;
}

/** Buttons that open a form work for as long as results are kept by default. */
const keptMs = 30 * 24 * 60 * 60_000;
/** When a question that nobody answered is forgotten. */
const askedMs = 24 * 60 * 60_000;

/**
 * Whether a form with these values may be stored: their JSON must fit into one request, at most {@link maxInboxBytes} in
 * UTF-8, because that is what the form becomes.
 */
export function fitsForm({ input, files }: Pick<GivenInput, "input" | "files">): boolean {
  return Buffer.byteLength(JSON.stringify({ input, files }), "utf8") <= maxInboxBytes;
}

/** Forms by id, for buttons and answers that cannot carry them. */
export class Forms {
  readonly #keyv: ReturnType<State["keyv"]>;

  constructor(options: { surface: string; state: State }) {
    this.#keyv = options.state.keyv(`${options.surface}-forms`);
  }

  async read(id: string): Promise<StoredForm | null> {
    return (await this.#keyv.get<StoredForm>(id)) ?? null;
  }

  /** Stores the form unless it is too large (see {@link fitsForm}); false if it is. */
  async write(id: string, form: StoredForm): Promise<boolean> {
    const fits = fitsForm(form);
    if (fits) {
      await this.#keyv.set(id, form, keptMs);
    }
    return fits;
  }

  async remove(id: string): Promise<void> {
    await this.#keyv.delete(id);
  }

  /** The form that this person is being asked about in this conversation; null if there is none. */
  async asked(caller: Caller): Promise<string | null> {
    return (await this.#keyv.get<string>(dialogueKey(caller))) ?? null;
  }

  /** Erases what a person has filled in or is being asked. */
  async forget(person: string): Promise<void> {
    for await (const [key, value] of this.#keyv.iterator?.(this.#keyv.namespace) ?? []) {
      const { owner } = (typeof value === "object" && value !== null ? value : {}) as { owner?: unknown };
      if (owner === person || String(key).endsWith(`/${person}`)) {
        await this.#keyv.delete(String(key));
      }
    }
  }

  /** Assigns this person's next answers in this conversation to that form; null for none. */
  async ask(caller: Caller, id: string | null): Promise<void> {
    await (id === null ? this.#keyv.delete(dialogueKey(caller)) : this.#keyv.set(dialogueKey(caller), id, askedMs));
  }
}

function dialogueKey({ id, place }: Caller): string {
  return `dialogue/${place.conversation}/${id}`;
}

/** Merges what was filled in with what was known. An input that was shown and has no value is left out. */
export function fillForm(
  tool: Tool,
  form: StoredForm,
  filled: Pick<GivenInput, "input" | "files"> & { filled: readonly string[] },
): GivenInput {
  const names = new Set(fieldsOf(tool).map(([name]) => name));
  const isFilled = (field: string) => filled.filled.includes(field);
  const kept = Object.entries(form.input).filter(([field]) => !isFilled(field));
  return {
    input: Object.fromEntries([...kept, ...Object.entries(filled.input)].filter(([field]) => names.has(field))),
    files: [...form.files.filter(({ field }) => !isFilled(field)), ...filled.files],
    private: form.private,
  };
}

/** The input to ask for next: one to choose, or the first required one without a value; null if nothing is missing. */
export function nextField(
  tool: Tool,
  { input, files, among }: Pick<GivenInput, "input" | "files"> & Pick<StoredForm, "among">,
): string | null {
  if (among !== undefined) {
    return among.field;
  }
  const given = new Set([...Object.keys(input), ...files.map(({ field }) => field)]);
  return fieldsOf(tool).find(([name, { optional }]) => !optional && !given.has(name))?.[0] ?? null;
}

/** Takes the answer to one question. A `problem` means that it must be asked again. */
export function answerField(
  tool: Tool,
  form: StoredForm,
  value: { text: string } | { file: Json },
): { form: StoredForm } | { problem: Sentence } {
  const field = form.next ?? nextField(tool, form);
  const shape = fieldsOf(tool).find(([name]) => name === field)?.[1].shape;
  if (field === null || shape === undefined) {
    return { form };
  }
  const { next: _next, among, ...others } = form;
  const rest: StoredForm = among === undefined || among.field === field ? others : { ...others, among };
  const { [field]: _old, ...input } = rest.input;
  const files = rest.files.filter((file) => file.field !== field);
  if ("file" in value) {
    return shape.kind === "media"
      ? { form: { ...rest, input, files: [...files, { field, file: value.file }] } }
      : { problem: { key: "answer.no-file-here" } };
  }
  try {
    return { form: { ...rest, input: { ...input, [field]: parseField(tool, field, value.text) }, files } };
  } catch (error) {
    if (error instanceof UsageError) {
      return { problem: inEveryLanguage(error.failure.sentence) };
    }
    throw error;
  }
}
