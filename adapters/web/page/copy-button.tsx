import { useRef, useState } from "preact/hooks";
import { copyText } from "./copy-text.ts";
import { Icon } from "./icons.tsx";
import { t } from "./strings.ts";

const confirmationMs = 2_000;

/** Copies a text and says so, or says that the browser did not allow it. */
export function CopyButton({ label, value }: { label: string; value: string }) {
  const [outcome, setOutcome] = useState<"copied" | "copyFailed" | null>(null);
  const fading = useRef<ReturnType<typeof setTimeout>>(undefined);
  const copy = async (button: HTMLElement) => {
    clearTimeout(fading.current);
    const isCopied = await copyText(value, button);
    setOutcome(isCopied ? "copied" : "copyFailed");
    if (isCopied) {
      fading.current = setTimeout(() => setOutcome(null), confirmationMs);
    }
  };
  const title = outcome === "copyFailed" ? t("copyFailed") : label;
  return (
    <>
      <button
        type="button"
        class="quiet icon-only tiny"
        aria-label={label}
        title={title}
        onClick={({ currentTarget }) => void copy(currentTarget)}
      >
        <Icon name={outcome === null ? "copy" : outcome === "copied" ? "check" : "alert"} />
      </button>
      <span class="visually-hidden" aria-live="polite">
        {outcome === null ? "" : t(outcome)}
      </span>
    </>
  );
}
