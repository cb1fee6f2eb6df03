import { signal } from "@preact/signals";

/** The entry to focus when the open form closes: the one it sent. */
export const landing = signal<string | null>(null);

/**
 * Focuses where a person continues after a dialogue: its result, otherwise the element that opened it. Without this the
 * focus would jump to the top of the page, because the dialogue that held it is gone.
 */
export function settleFocus(opener: Element | null): void {
  setTimeout(() => {
    if (document.querySelector("dialog[open]") !== null) {
      return;
    }
    const entry = landing.value === null ? null : document.getElementById(`entry-${landing.value}`);
    landing.value = null;
    if (entry !== null) {
      entry.focus({ preventScroll: true });
    } else if (document.activeElement === document.body) {
      const target =
        opener?.isConnected === true && opener !== document.body ? opener : document.querySelector(".conversation");
      (target as HTMLElement | null)?.focus({ preventScroll: true });
    }
  });
}
