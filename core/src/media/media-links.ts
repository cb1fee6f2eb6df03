import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from "node:crypto";
import type { Clock } from "../ground/clock.ts";
import { RecentlyUsed } from "../ground/recently-used.ts";
import type { Asset } from "./media.ts";
import { mediaNotFound, serveAsset } from "./serve-asset.ts";
import type { MediaStore } from "./store.ts";

/** An address of one medium, open to anybody who has it until it expires. */
export interface MediaLink {
  url: string;
  /** Epoch milliseconds. */
  expiresAt: number;
}

/** Whether people elsewhere can open the address, which an address of this machine does not allow. */
export function isReachableElsewhere({ url }: Pick<MediaLink, "url">): boolean {
  const { hostname = "localhost" } = URL.parse(url) ?? {};
  return !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname) && !hostname.endsWith(".localhost");
}

/** Longer than a chat is usually read back; shorter than media are kept. */
const validMs = 7 * 24 * 60 * 60_000;
/** Expiry is rounded up to this: the same medium keeps its address for a while, and caches work. */
const roundedToMs = 60 * 60_000;
/** Of media that agents look at again and again; a new signature is made only once an hour. */
const mostSignatures = 500;
const pathPattern = /\/links\/([A-Za-z0-9_-]{1,80})\.([0-9a-z]{1,12})\.([\w-]{43})(?:\.[a-z0-9]{1,8})?$/;

interface MediaLinksOptions {
  store: MediaStore;
  clock: Clock;
  /** 32 secret bytes. */
  key: Uint8Array;
  /** Where people reach this installation; null if they cannot. */
  baseUrl: () => string | null;
}

/**
 * Signed, expiring addresses of stored media: for people whose chat does not take such a large file, and for programs.
 */
export class MediaLinks {
  readonly #options: MediaLinksOptions;
  readonly #key: KeyObject;
  readonly #signatures = new RecentlyUsed<string>(mostSignatures);

  constructor(options: MediaLinksOptions) {
    this.#options = options;
    this.#key = createSecretKey(options.key);
  }

  /** Whether people on other machines can open the addresses. */
  get reachElsewhere(): boolean {
    const base = this.#options.baseUrl();
    return base !== null && isReachableElsewhere({ url: base });
  }

  linkTo(asset: Asset): MediaLink | null {
    const base = this.#options.baseUrl();
    if (base === null) {
      return null;
    }
    const expiresAt = Math.ceil((this.#options.clock.now() + validMs) / roundedToMs) * roundedToMs;
    const until = expiresAt.toString(36);
    const name = `${asset.id}.${until}.${this.#signatureOf(asset.id, until)}.${asset.extension}`;
    return { url: `${base.replace(/\/+$/, "")}/links/${name}`, expiresAt };
  }

  /** The answer to a request under `/links/`; null for any other path. */
  async handle(request: Request): Promise<Response | null> {
    const { pathname } = new URL(request.url);
    if (!pathname.includes("/links/")) {
      return null;
    }
    const [, id = "", until = "", signature = ""] = pathPattern.exec(pathname) ?? [];
    const given = Buffer.from(signature);
    const right = Buffer.from(this.#sign(id, until));
    if (given.length !== right.length || !timingSafeEqual(given, right)) {
      return mediaNotFound();
    }
    if (Number.parseInt(until, 36) < this.#options.clock.now()) {
      return mediaNotFound();
    }
    const asset = await this.#options.store.read(id);
    if (asset === null) {
      return mediaNotFound();
    }
    const answer = await serveAsset(request, asset, this.#options.store);
    // Knowing the address is the permission: a page of any origin may show the medium.
    answer.headers.set("access-control-allow-origin", "*");
    answer.headers.set("cross-origin-resource-policy", "cross-origin");
    return answer;
  }

  /** Of our own links alone: whoever asks for made-up ones pushes nothing out. */
  #signatureOf(id: string, until: string): string {
    const which = `${id} ${until}`;
    const signature = this.#signatures.get(which) ?? this.#sign(id, until);
    this.#signatures.set(which, signature);
    return signature;
  }

  #sign(id: string, until: string): string {
    return createHmac("sha256", this.#key).update(`link ${id} ${until}`).digest("base64url");
  }
}
