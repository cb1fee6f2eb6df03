/** Updates delivered again soon are recognised without asking the store. */
const remembered = 5_000;
/** An update that fails this often while the store works fails because of its content. */
const mostTries = 3;

interface UpdateLanesOptions {
  /**
   * Resolves when an update is stored, or when nothing more needs to be done about it; rejects when it could not be
   * stored.
   */
  take(update: unknown): Promise<void>;
  /** Decides whether to give up on an update that has failed too often. */
  abandon(update: number, error: unknown): Promise<boolean>;
}

/** Updates of one chat in order, chats side by side. */
export class UpdateLanes {
  readonly #options: UpdateLanesOptions;
  readonly #lanes = new Map<string, Promise<boolean>>();
  readonly #seen = new Map<number, Promise<boolean>>();
  readonly #tries = new Map<number, number>();

  constructor(options: UpdateLanesOptions) {
    this.#options = options;
  }

  /**
   * True when it is stored, or nothing more needs to be done about it: Telegram may forget it. False when it must be
   * delivered again, with the later ones of its chat. An update delivered twice is taken once. Never rejects.
   */
  take(update: unknown): Promise<boolean> {
    const id = idOf(update);
    const known = id === null ? undefined : this.#seen.get(id);
    if (known !== undefined) {
      return known;
    }
    const lane = laneOf(update);
    const before = this.#lanes.get(lane) ?? Promise.resolve(true);
    const mine = before.then((isTaken) => (isTaken ? this.#take(update, id) : false));
    this.#lanes.set(lane, mine);
    if (id !== null) {
      this.#remember(id, mine);
    }
    void mine.then((isTaken) => {
      if (this.#lanes.get(lane) === mine) {
        this.#lanes.delete(lane);
      }
      if (!isTaken && id !== null) {
        this.#seen.delete(id);
      }
    });
    return mine;
  }

  async #take(update: unknown, id: number | null): Promise<boolean> {
    try {
      await this.#options.take(update);
    } catch (error) {
      if (id === null) {
        return true;
      }
      const tries = (this.#tries.get(id) ?? 0) + 1;
      this.#tries.set(id, tries);
      if (tries < mostTries || !(await this.#options.abandon(id, error))) {
        return false;
      }
    }
    if (id !== null) {
      this.#tries.delete(id);
    }
    return true;
  }

  #remember(id: number, work: Promise<boolean>): void {
    this.#seen.set(id, work);
    if (this.#seen.size > remembered) {
      const [oldest = 0] = this.#seen.keys();
      this.#seen.delete(oldest);
    }
  }
}

function idOf(update: unknown): number | null {
  const { update_id: id } = (update ?? {}) as { update_id?: unknown };
  return typeof id === "number" ? id : null;
}

/** The chat an update happened in, whatever its kind. */
function laneOf(update: unknown): string {
  for (const part of Object.values((update ?? {}) as Record<string, unknown>)) {
    const { chat, message, from } = (part ?? {}) as {
      chat?: { id?: unknown };
      message?: { chat?: { id?: unknown } };
      from?: { id?: unknown };
    };
    const id = chat?.id ?? message?.chat?.id ?? from?.id;
    if (id !== undefined) {
      return String(id);
    }
  }
  return "";
}
