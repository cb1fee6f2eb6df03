/** The entry point for pages: what runs in a browser and loads nothing that needs Node. */

export { labelled } from "./messages/labelled.ts";
export { fillPlaceholders } from "./messages/placeholders.ts";
