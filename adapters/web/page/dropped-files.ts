import { useEffect } from "preact/hooks";
import { takeFile } from "./actions.ts";
import { form } from "./store.ts";

/** Files dropped or pasted anywhere on the page; an open form handles its own. */
export function useDroppedFiles(): void {
  useEffect(() => {
    const take = (event: Event, files: FileList | undefined) => {
      const [file] = files ?? [];
      if (file !== undefined && !event.defaultPrevented) {
        event.preventDefault();
        if (form.value === null) {
          void takeFile(file);
        }
      }
    };
    const onDrop = (event: DragEvent) => take(event, event.dataTransfer?.files);
    const onPaste = (event: ClipboardEvent) => take(event, event.clipboardData?.files);
    // Without this the browser would leave the page and open the file.
    const onDragOver = (event: DragEvent) => event.preventDefault();
    document.addEventListener("drop", onDrop);
    document.addEventListener("paste", onPaste);
    document.addEventListener("dragover", onDragOver);
    return () => {
      document.removeEventListener("drop", onDrop);
      document.removeEventListener("paste", onPaste);
      document.removeEventListener("dragover", onDragOver);
    };
  }, []);
}
