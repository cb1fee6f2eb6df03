import type { Json, MessageAction, State } from "@toolcast/core";
import { formKey } from "@toolcast/core/chat";
import type { InboundFile } from "./interaction.ts";
import { surfaceId } from "./place.ts";

/** A form that was opened or can be opened again: what is known already, and whose it is. */
export interface StoredForm {
  command: string;
  input: Record<string, Json>;
  files: { field: string; file: InboundFile }[];
  private: boolean;
  /** Caller id: nobody else may fill it. */
  owner: string;
}

/** Buttons that open a form work as long as results are kept by default. */
const keptMs = 30 * 24 * 60 * 60_000;

/** Forms by id, for buttons and answers that cannot carry them. */
export class Forms {
  readonly #keyv: ReturnType<State["keyv"]>;

  constructor(state: State) {
    this.#keyv = state.keyv(`${surfaceId}-forms`);
  }

  async read(id: string): Promise<StoredForm | null> {
    return (await this.#keyv.get<StoredForm>(id)) ?? null;
  }

  async write(id: string, form: StoredForm): Promise<void> {
    await this.#keyv.set(id, form, keptMs);
  }
}

/** Where a button's form is kept when nothing else says what it holds. */
export function keptFormId(owner: string, subject: string, form: NonNullable<MessageAction["form"]>): string {
  return `${owner}/${subject}.${formKey(form)}`;
}
