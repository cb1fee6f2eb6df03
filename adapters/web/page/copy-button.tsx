import { useState } from "preact/hooks";
import { Icon } from "./icons.tsx";
import { t } from "./strings.ts";

const confirmationMs = 2_000;

/** Copies a text, and says so. */
export function CopyButton({ label, value }: { label: string; value: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard?.writeText(value);
    setCopied(true);
    setTimeout(() => setCopied(false), confirmationMs);
  };
  return (
    <>
      <button type="button" class="quiet icon-only tiny" aria-label={label} title={label} onClick={() => void copy()}>
        <Icon name={isCopied ? "check" : "copy"} />
      </button>
      <span class="visually-hidden" aria-live="polite">
        {isCopied ? t("copied") : ""}
      </span>
    </>
  );
}
