import { useEffect } from "preact/hooks";
import { takeFile } from "./actions.ts";
import { form, isDragging } from "./store.ts";

/** A drag that leaves the window is not announced: without movement for this long, it is over. */
const dragEndMs = 300;

/** Files dropped or pasted anywhere on the page; an open form handles its own. */
export function useDroppedFiles(): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const endDrag = () => {
      clearTimeout(timer);
      isDragging.value = false;
    };
    const take = (event: Event, files: FileList | undefined) => {
      const [file] = files ?? [];
      if (file !== undefined && !event.defaultPrevented) {
        event.preventDefault();
        if (form.value === null) {
          void takeFile(file);
        }
      }
    };
    const onDrop = (event: DragEvent) => {
      endDrag();
      take(event, event.dataTransfer?.files);
    };
    const onPaste = (event: ClipboardEvent) => take(event, event.clipboardData?.files);
    const onDragOver = (event: DragEvent) => {
      // Without this the browser would leave the page and open the file.
      event.preventDefault();
      if (event.dataTransfer?.types.includes("Files") === true) {
        clearTimeout(timer);
        isDragging.value = true;
        // The browser repeats the event while the file is over the page.
        timer = setTimeout(endDrag, dragEndMs);
      }
    };
    // A form's input takes the event before it gets here.
    document.addEventListener("drop", onDrop);
    document.addEventListener("drop", endDrag, { capture: true });
    document.addEventListener("paste", onPaste);
    document.addEventListener("dragover", onDragOver);
    return () => {
      endDrag();
      document.removeEventListener("drop", onDrop);
      document.removeEventListener("drop", endDrag, { capture: true });
      document.removeEventListener("paste", onPaste);
      document.removeEventListener("dragover", onDragOver);
    };
  }, []);
}
