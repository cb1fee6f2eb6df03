/** Puts a text into the clipboard; false when the browser does not let us. `near`: where the focus is and stays. */
export async function copyText(value: string, near: HTMLElement): Promise<boolean> {
  try {
    // Missing on pages over plain HTTP from another machine, refused where the person or a frame does not allow it.
    await navigator.clipboard.writeText(value);
    return true;
  } catch {
    return copySelection(value, near);
  }
}

/** The way before there was a clipboard to write to. Beside the button: nothing outside an open dialogue can be selected. */
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
