import type { State } from "@toolcast/core";

/** Telegram keeps files for good; ids are remembered as long as results are kept by default. */
const keptMs = 30 * 24 * 60 * 60_000;

/** Telegram's ids of media it already has, so that each is uploaded only once. Valid for one bot. */
export class FileIds {
  readonly #keyv: ReturnType<State["keyv"]>;
  readonly #bot: string;

  constructor(state: State, token: string) {
    this.#keyv = state.keyv("telegram-files");
    this.#bot = token.split(":", 1)[0] as string;
  }

  async read(medium: string, kind: string): Promise<string | null> {
    return (await this.#keyv.get<string>(this.#key(medium, kind))) ?? null;
  }

  async write(medium: string, kind: string, id: string): Promise<void> {
    await this.#keyv.set(this.#key(medium, kind), id, keptMs);
  }

  async forget(medium: string, kind: string): Promise<void> {
    await this.#keyv.delete(this.#key(medium, kind));
  }

  #key(medium: string, kind: string): string {
    return `${this.#bot}/${kind}/${medium}`;
  }
}
