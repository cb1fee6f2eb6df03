import { effect } from "@preact/signals";
import { conversation, state, view } from "./store.ts";
import { t } from "./strings.ts";

/** The page for operators has an address of its own; every other one is that of its conversation. */
const operations = "/operations";

/** Keeps the address and the view in step: opening, reloading, and going back and forth. */
export function followAddress(): void {
  const read = () => {
    if (location.pathname === operations) {
      view.value = "operator";
    } else if (view.value === "operator") {
      view.value = null;
    }
  };
  read();
  addEventListener("popstate", read);
  effect(() => {
    const isOperations = view.value === "operator";
    const path = isOperations ? operations : "/";
    if (location.pathname !== path) {
      history.pushState(null, "", `${path}${isOperations ? "" : `#${conversation.peek()}`}`);
    }
    document.title = isOperations && state.value !== null ? `${t("operators")} · Toolcast` : "Toolcast";
  });
}
