import type { Keyv } from "keyv";
import type { Asset } from "./media.ts";

type Origin = NonNullable<Asset["origin"]>;

/** How many indexes of a step are read at a time; a gap this wide ends the search. */
const indexesAtOnce = 16;
const assetIdPattern = /^asset_[\w-]{22}$/;

/** Stores asset records by id and, for media that a job made, the id by origin. */
export class AssetRecords {
  readonly #state: Keyv;

  constructor(state: Keyv) {
    this.#state = state;
  }

  /** Null for anything that is not the id of a stored asset, because ids come from people. */
  async read(id: string): Promise<Asset | null> {
    return assetIdPattern.test(id) ? ((await this.#state.get<Asset>(id)) ?? null) : null;
  }

  /** With its origin, if it has one: in one turn of the event loop, so that a store that can do so writes both together. */
  async write(asset: Asset): Promise<void> {
    const { id, origin } = asset;
    await Promise.all([
      ...(origin === undefined ? [] : [this.#state.set(originKey(origin), id)]),
      this.#state.set(id, asset),
    ]);
  }

  /** The record is removed last: as long as it exists, the removal is known to be unfinished. */
  async remove(asset: Asset): Promise<void> {
    if (asset.origin !== undefined && (await this.idOf(asset.origin)) === asset.id) {
      await this.#state.delete(originKey(asset.origin));
    }
    await this.#state.delete(asset.id);
  }

  async idOf(origin: Origin): Promise<string | null> {
    return (await this.#state.get<string>(originKey(origin))) ?? null;
  }

  async madeBy(jobId: string, step: string): Promise<Asset[]> {
    const made: Asset[] = [];
    for (let first = 0; ; first += indexesAtOnce) {
      const keys = Array.from({ length: indexesAtOnce }, (_, offset) =>
        originKey({ jobId, step, index: first + offset }),
      );
      const ids = (await this.#state.get<string>(keys)).filter((id) => id !== undefined);
      const found = await Promise.all(ids.map((id) => this.read(id)));
      made.push(...found.filter((asset) => asset !== null));
      if (ids.length === 0) {
        return made;
      }
    }
  }

  /** Reads every record: there are few, and an index could be wrong after a crash. */
  async filter(accepts: (asset: Asset) => boolean): Promise<Asset[]> {
    if (this.#state.iterator === undefined) {
      throw new TypeError("the media store needs a Keyv whose storage can be iterated");
    }
    const accepted: Asset[] = [];
    for await (const [key, value] of this.#state.iterator(undefined) as AsyncGenerator<[string, Asset], void>) {
      if (assetIdPattern.test(key) && accepts(value)) {
        accepted.push(value);
      }
    }
    return accepted;
  }
}

function originKey({ jobId, step, index }: Origin): string {
  return `origin/${encodeURIComponent(jobId)}/${encodeURIComponent(step)}/${index}`;
}
