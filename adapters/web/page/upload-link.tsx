import { useEffect, useState } from "preact/hooks";
import type { AssetView, NewUploadLinkView } from "../src/wire.ts";
import { messageOf } from "./actions.ts";
import { CopyButton } from "./copy-button.tsx";
import { duration } from "./format.ts";
import { QrCode } from "./qr-code.tsx";
import { server } from "./server.ts";
import { arrival, connection, now } from "./store.ts";
import { t } from "./strings.ts";

/** Host names by which only this machine can reach the console. */
const onlyHere = /^(localhost|127\.|\[::1\])/;

/** A link for one upload from another device, and the wait for its file. */
export function UploadLink(props: { kind?: AssetView["kind"] | undefined; onArrive: (asset: AssetView) => void }) {
  const { kind, onArrive } = props;
  const [link, setLink] = useState<(NewUploadLinkView & { endsAt: number }) | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);

  const make = async () => {
    try {
      const made = await server.makeUploadLink(kind);
      setLink({ ...made, endsAt: Date.now() + made.remainingMs });
      setTrouble(null);
    } catch (error) {
      setTrouble(messageOf(error).title);
    }
  };
  useEffect(() => void make(), [kind]);

  const arrived = arrival.value;
  useEffect(() => {
    if (link !== null && arrived?.link === link.id) {
      onArrive(arrived.asset);
    }
  }, [arrived, link]);
  // A file that arrived while the page was disconnected was not announced to it.
  useEffect(() => {
    if (link !== null && connection.value === "live") {
      server.uploadLink(link.id).then(
        ({ asset }) => asset !== undefined && onArrive(asset),
        () => undefined,
      );
    }
  }, [connection.value, link]);

  if (link === null) {
    return trouble === null ? null : (
      <p class="problem" role="alert">
        {trouble}
      </p>
    );
  }
  const address = new URL(link.path, location.origin).href;
  const remainingMs = link.endsAt - Math.max(now.value, Date.now());
  const isHere = onlyHere.test(location.hostname);
  return (
    <section class="upload-link" aria-label={t("otherDevice")}>
      {remainingMs <= 0 ? (
        <p>
          {t("linkExpired")}{" "}
          <button type="button" class="link" onClick={() => void make()}>
            {t("newLink")}
          </button>
        </p>
      ) : (
        <>
          {!isHere && <QrCode text={address} label={t("qrLabel")} />}
          <div class="upload-link-text">
            <p>{t("linkHint")}</p>
            <p class="copyable">
              <code>{address}</code>
              <CopyButton label={t("copyLink")} value={address} />
            </p>
            {isHere && <p class="upload-link-warning">{t("linkOnlyHere")}</p>}
            <p class="upload-link-waiting muted" role="status">
              <span class="pulse" aria-hidden="true" />
              {t("linkWaiting", { duration: duration(Math.max(60_000, remainingMs)) })}
            </p>
          </div>
        </>
      )}
    </section>
  );
}
