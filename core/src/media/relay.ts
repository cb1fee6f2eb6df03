import { createHmac } from "node:crypto";
import type { Keyv } from "keyv";
import type { Asset } from "./media.ts";
import { mediaNotFound, serveAsset } from "./serve-asset.ts";
import type { MediaStore } from "./store.ts";

export interface RelayOptions {
  store: MediaStore;
  /** What has been published; shared by all processes. May be the media store's own state. */
  state: Keyv;
  /** 32 secret bytes (`loadSecretKey`). Every address depends on it: another key means other addresses. */
  key: Uint8Array;
  /** The public address of this installation, with or without a path; null if it has none. */
  baseUrl: () => string | null;
  /** Whether a job still needs this asset, or retention still holds. Asked at each request. */
  isServed: (assetId: string) => Promise<boolean>;
}

/** Addresses under which providers fetch media. */
export interface Relay {
  /**
   * The address of an asset. Equal content always has the same address, which does not expire; different content has
   * another. Throws if there is no public address: check `baseUrl` first.
   */
  publish(asset: Asset): Promise<string>;
  /** The answer to a request under `/media/`; null for any other path. */
  handle(request: Request): Promise<Response | null>;
}

/** The assets last published under one address; all have the same bytes. */
interface Published {
  hash: string;
  ids: string[];
}

const maxIds = 50;
const namePattern = /^[\w-]{43}\.[a-z0-9]{1,8}$/;

export function createRelay(options: RelayOptions): Relay {
  const { store, state } = options;

  function nameOf({ hash, extension }: Asset): string {
    return `${createHmac("sha256", options.key).update(hash).digest("base64url")}.${extension}`;
  }

  async function servedAsset(name: string): Promise<Asset | null> {
    const published = await state.get<Published>(keyOf(name));
    if (published === undefined) {
      return null;
    }
    for (const id of published.ids) {
      if (await options.isServed(id)) {
        const asset = await store.read(id);
        if (asset !== null) {
          return asset;
        }
      }
    }
    // Two processes that published equal content at once may have overwritten each other's ids; the records contain all
    // of them.
    for (const asset of await store.withHash(published.hash)) {
      if (!published.ids.includes(asset.id) && (await options.isServed(asset.id))) {
        return asset;
      }
    }
    return null;
  }

  return {
    async publish(asset) {
      const base = options.baseUrl();
      if (base === null) {
        throw new Error("there is no public address to publish media under");
      }
      const name = nameOf(asset);
      const before = await state.get<Published>(keyOf(name));
      if (before?.ids[0] !== asset.id) {
        const others = (before?.ids ?? []).filter((id) => id !== asset.id);
        const published: Published = { hash: asset.hash, ids: [asset.id, ...others].slice(0, maxIds) };
        await state.set(keyOf(name), published);
      }
      return `${base.replace(/\/+$/, "")}/media/${name}`;
    },

    async handle(request) {
      const name = nameIn(new URL(request.url).pathname, options.baseUrl());
      if (name === null) {
        return null;
      }
      const asset = namePattern.test(name) ? await servedAsset(name) : null;
      return asset === null ? mediaNotFound() : serveAsset(request, asset, store);
    },
  };
}

function keyOf(name: string): string {
  return `relay/${name}`;
}

/** A reverse proxy may pass on the path of the public address, or remove it. */
function nameIn(pathname: string, baseUrl: string | null): string | null {
  const basePath = baseUrl === null ? "" : new URL(baseUrl).pathname.replace(/\/+$/, "");
  const prefix = ["/media/", `${basePath}/media/`].find((candidate) => pathname.startsWith(candidate));
  return prefix === undefined ? null : pathname.slice(prefix.length);
}
