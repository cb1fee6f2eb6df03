import { createHash } from "node:crypto";
import type { State } from "../state/open-state.ts";
import type { MessageAction } from "../surface/message.ts";

/** What a button or form carries: which action about what, and which delivery its message is. */
export interface ButtonId {
  action: string;
  subject: string;
  /** Of the delivery whose message this is; absent in answers and progress. */
  marker?: string;
}

/** What a button does whose id would be too long to say so; `key` stands in the id. */
export interface KeptButton extends Omit<ButtonId, "marker"> {
  key: string;
}

/** A button's id as a platform takes it. */
export interface WrittenId {
  /** ASCII, so that its length is its size in bytes. */
  id: string;
  /** What to keep before the button is shown; absent when the id says everything. */
  kept?: KeptButton;
}

/** The form of these ids; ids of another form are of another program or time. */
const version = "t1";
const markerCharacters = 16;
const keyCharacters = 22;
const keptAction = "kept";
/** The smallest room that any button's id finds in, in bytes. */
const leastBytes = [version, keptAction, "", ""].join(":").length + keyCharacters + markerCharacters;

/** What marks the messages of one delivery. */
export function markerOf(deliveryId: string): string {
  return digest(deliveryId).slice(0, markerCharacters);
}

/** A short name for any text: 43 characters of `A-Za-z0-9_-`. */
export function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

/** A button's id of at most `maxBytes` (at least 48); what does not fit is to be kept, and the id names it. */
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

/** What a button's id says; null for anything that is not ours. What was kept is read by {@link KeptButtons}. */
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

/** Buttons work as long as results are kept by default. */
const keptMs = 30 * 24 * 60 * 60_000;

/** What buttons do whose ids cannot say so, shared by all processes of one installation. */
export class KeptButtons {
  readonly #keyv: ReturnType<State["keyv"]>;

  constructor(state: State, surfaceId: string) {
    this.#keyv = state.keyv(`${surfaceId}-buttons`);
  }

  /** Before the buttons are shown. */
  async keep(buttons: readonly KeptButton[]): Promise<void> {
    for (const { key, action, subject } of buttons) {
      await this.#keyv.set(key, { action, subject }, keptMs);
    }
  }

  /** What a pressed button does; null when that is no longer kept. Ids that say everything are given back. */
  async read(id: ButtonId): Promise<ButtonId | null> {
    if (id.action !== keptAction) {
      return id;
    }
    const kept = await this.#keyv.get<Omit<KeptButton, "key">>(id.subject);
    return kept === undefined ? null : { ...kept, ...(id.marker === undefined ? {} : { marker: id.marker }) };
  }
}

/** The action of a button that opens a form. */
export const formAction = "form";

/** A button's action and subject. A form's button names the form by what it holds, as one message may offer several. */
export function actionId({ action, subject, form }: MessageAction): Omit<ButtonId, "marker"> {
  return form === undefined ? { action, subject } : { action: formAction, subject: `${subject}.${formKey(form)}` };
}

/** Equal for equal forms. */
export function formKey({ command, input }: NonNullable<MessageAction["form"]>): string {
  return digest(JSON.stringify([command, input])).slice(0, 12);
}

/** Whether a button somewhere in what a platform has of a message carries this marker; `idKey` is where ids stand, e.g. `custom_id`. */
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
