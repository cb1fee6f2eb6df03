/** The door of `@toolcast/web`. */

export { consoleToMove } from "./move-console.ts";
export type { SandboxOptions, WebSurfaceOptions } from "./options.ts";
export { type ServeWebOptions, serveWeb, type WebServer } from "./serve.ts";
export { createWebSurface, type WebSurface } from "./web-surface.ts";
