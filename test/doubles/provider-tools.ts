import { type Asset, createHttp, type Json, systemRandom } from "@toolcast/core";
import type { Clock } from "@toolcast/core/engine";
import { type OperationContext, type ProviderTools, vendorFailures } from "@toolcast/core/provider";
import Keyv from "keyv";

/** State that several processes on one data directory share. */
export interface SharedState {
  state: Keyv;
  exclusive: ProviderTools["exclusive"];
}

export function createSharedState(): SharedState {
  const turns = new Map<string, Promise<unknown>>();
  return {
    state: new Keyv(),
    exclusive(name, work) {
      const turn = (turns.get(name) ?? Promise.resolve()).then(work);
      turns.set(
        name,
        turn.catch(() => undefined),
      );
      return turn;
    },
  };
}

/** The tools of one process, on the real HTTP client. */
export function createProviderTools(baseUrl: string, clock: Clock, shared = createSharedState()): ProviderTools {
  return {
    http: createHttp({ trustedHosts: () => [new URL(baseUrl).host], clock }),
    clock,
    random: systemRandom,
    failures: vendorFailures({ id: "vendor", title: { en: "Vendor", "zh-CN": "服务商" } }),
    ...shared,
  };
}

/** A context in which media are served at addresses that nobody requests. */
export function createOperationContext(changes: Partial<OperationContext> = {}): OperationContext {
  const { read = async () => new Uint8Array() } = changes;
  return {
    callerId: "web:somebody",
    read,
    async *open(asset) {
      yield await read(asset);
    },
    addressOf: async (asset) => `https://relay.example/${asset.hash}.${asset.extension}`,
    signal: new AbortController().signal,
    ...changes,
  };
}

/** An asset as the store would hold it. */
export function createAsset(changes: Partial<Asset> & Pick<Asset, "kind">): Asset {
  const byKind = {
    audio: { type: "audio/wav", extension: "wav", durationMs: 8000, sampleRateHz: 44_100 },
    video: {
      type: "video/mp4",
      extension: "mp4",
      durationMs: 12_000,
      width: 640,
      height: 360,
      codec: "avc",
      framesPerSecond: 25,
    },
    image: { type: "image/png", extension: "png", width: 640, height: 360 },
  };
  return {
    id: `asset_${changes.kind}`,
    hash: `hash-of-${changes.kind}`,
    owner: "web:somebody",
    name: `sample.${byKind[changes.kind].extension}`,
    createdAt: 0,
    bytes: 1000,
    ...byKind[changes.kind],
    ...changes,
  };
}

/** The content of a JSON body. */
export function jsonOf(text: string): { [key: string]: Json } {
  return JSON.parse(text);
}
