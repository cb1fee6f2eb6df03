import { useEffect, useState } from "preact/hooks";
import type { AssetView } from "../src/wire.ts";
import { Icon } from "./icons.tsx";
import { isGone, server } from "./server.ts";
import { t } from "./strings.ts";

export function isAssetId(value: unknown): value is string {
  return typeof value === "string" && /^asset_[\w-]+$/.test(value);
}

/** Each is requested only once: a long conversation often names the same file. */
const known = new Map<string, Promise<AssetView | "gone" | null>>();

/** Shows a stored file's name instead of its id. */
export function AssetName({ id }: { id: string }) {
  const [asset, setAsset] = useState<AssetView | "gone" | null>(null);
  useEffect(() => {
    let isCurrent = true;
    const found = known.get(id) ?? server.asset(id).catch((error) => (isGone(error) ? "gone" : null));
    known.set(id, found);
    void found.then((facts) => isCurrent && setAsset(facts));
    return () => {
      isCurrent = false;
    };
  }, [id]);
  if (asset === "gone") {
    return (
      <span class="asset-name gone">
        <Icon name="file" />
        <code>{id}</code> {t("mediaGone")}
      </span>
    );
  }
  return (
    <a class="asset-name" href={server.mediaAddress(id)} target="_blank" rel="noreferrer">
      <Icon name="file" />
      {asset?.name ?? id}
    </a>
  );
}
