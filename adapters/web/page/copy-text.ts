/** Copies a text to the clipboard; false if the browser does not allow it. `near`: where the focus is and stays. */
export async function copyText(value: string, near: HTMLElement): Promise<boolean> {
  try {
    // Missing on pages loaded over plain HTTP from another machine; refused when the person or a frame does not allow
    // it.
    await navigator.clipboard.writeText(value);
    return true;
  } catch {
    return copySelection(value, near);
  }
}

/**
 * The method from before the Clipboard API. The text is placed next to the button because nothing outside an open
 * dialogue can be selected.
 */
function copySelection(value: string, near: HTMLElement): boolean {
  const area = document.createElement("textarea");
  area.value = value;
  area.readOnly = true;
  area.className = "visually-hidden";
  near.after(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  near.focus({ preventScroll: true });
  return isCopied;
}
