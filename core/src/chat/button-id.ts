import { createHash } from "node:crypto";
import type { State } from "../state/open-state.ts";
import type { MessageAction } from "../surface/message.ts";

/** What a button or form stands for: an action, its subject, and the delivery that its message shows. */
export interface ButtonId {
  action: string;
  subject: string;
  /** The marker of the delivery that the message shows; absent in answers and progress. */
  marker?: string;
}

/** What a button does whose id would be too long to say so; its id contains `key` instead. */
export interface KeptButton extends Omit<ButtonId, "marker"> {
  key: string;
}

/** A button's id in a form that the platform accepts. */
export interface WrittenId {
  /** ASCII: its length is its size in bytes. */
  id: string;
  /** What to store before the button is shown; absent if the id says everything. */
  kept?: KeptButton;
}

/** The version of this format; ids that start otherwise come from another program or version. */
const version = "t1";
const markerCharacters = 16;
const keyCharacters = 22;
const keptAction = "kept";
/** The smallest limit that every button's id can be made to fit, in bytes. */
const leastBytes = [version, keptAction, "", ""].join(":").length + keyCharacters + markerCharacters;

/** The marker in the messages of one delivery. */
export function markerOf(deliveryId: string): string {
  return digest(deliveryId).slice(0, markerCharacters);
}

/** A short name for any text: 43 characters of `A-Za-z0-9_-`. */
export function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

/** A button's id of at most `maxBytes` (at least 48); what does not fit must be stored, and the id names it. */
export function writeButtonId({ action, subject, marker = "" }: ButtonId, maxBytes: number): WrittenId {
  if (maxBytes < leastBytes) {
    throw new RangeError(`a button's id needs ${leastBytes} bytes, not ${maxBytes}`);
  }
  const isPlain = action !== keptAction && [action, subject, marker].every((part) => part.isWellFormed());
  const id = isPlain ? [version, action, subject, marker].map(encodeURIComponent).join(":") : "";
  if (isPlain && id.length <= maxBytes) {
    return { id };
  }
  const key = digest(JSON.stringify([action, subject])).slice(0, keyCharacters);
  return { id: [version, keptAction, key, encodeURIComponent(marker)].join(":"), kept: { key, action, subject } };
}

/** Parses a button's id; null for anything that is not ours. What was stored is read by {@link KeptButtons}. */
export function readButtonId(text: string): ButtonId | null {
  const parts = text.split(":");
  if (parts.length !== 4 || parts[0] !== version) {
    return null;
  }
  try {
    const [, action = "", subject = "", marker = ""] = parts.map((part) => decodeURIComponent(part));
    return action === "" ? null : { action, subject, ...(marker === "" ? {} : { marker }) };
  } catch {
    return null;
  }
}

/** Buttons work for as long as results are kept by default. */
const keptMs = 30 * 24 * 60 * 60_000;

/** Stores what buttons do whose ids cannot say so, for all processes of one installation. */
export class KeptButtons {
  readonly #keyv: ReturnType<State["keyv"]>;

  constructor(state: State, surfaceId: string) {
    this.#keyv = state.keyv(`${surfaceId}-buttons`);
  }

  /** To be called before the buttons are shown. */
  async keep(buttons: readonly KeptButton[]): Promise<void> {
    for (const { key, action, subject } of buttons) {
      await this.#keyv.set(key, { action, subject }, keptMs);
    }
  }

  /** What a pressed button does; null if that is no longer kept. Ids that say everything are returned unchanged. */
  async read(id: ButtonId): Promise<ButtonId | null> {
    if (id.action !== keptAction) {
      return id;
    }
    const kept = await this.#keyv.get<Omit<KeptButton, "key">>(id.subject);
    return kept === undefined ? null : { ...kept, marker: id.marker };
  }
}

/** The action of a button that opens a form. */
export const formAction = "form";
/** The action of a button that starts a tool with the values of a complete form. */
export const startAction = "start";

/**
 * A button's action and subject. A form's button names the form by its content, because one message may offer several.
 */
export function actionId({ action, subject, form, atOnce }: MessageAction): Omit<ButtonId, "marker"> {
  return form === undefined
    ? { action, subject }
    : { action: atOnce ? startAction : formAction, subject: `${subject}.${formKey(form)}` };
}

/** A key that is equal for equal forms. */
export function formKey({ command, input }: NonNullable<MessageAction["form"]>): string {
  return digest(JSON.stringify([command, input])).slice(0, 12);
}

/**
 * Whether any button in a platform's representation of a message carries this marker; `idKey` is the property that
 * holds ids, e.g. `custom_id`.
 */
export function carriesMarker(content: unknown, marker: string, idKey: string): boolean {
  if (typeof content !== "object" || content === null) {
    return false;
  }
  return Object.entries(content).some(
    ([key, value]) =>
      (key === idKey && typeof value === "string" && readButtonId(value)?.marker === marker) ||
      carriesMarker(value, marker, idKey),
  );
}
