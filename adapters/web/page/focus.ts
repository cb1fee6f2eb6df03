import { signal } from "@preact/signals";

/** The entry to go to when the open form closes: what was sent by it. */
export const landing = signal<string | null>(null);

/**
 * Puts the focus where a person goes on after a dialogue: to what came of it, else back to what opened it. Without this
 * it would be at the top of the page, since the dialogue that held it is gone.
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
