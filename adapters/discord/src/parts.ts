/** The adapter in parts, for a program that has a connection to Discord of its own, such as a bot that exists already. */

export { createDiscordApi, type DiscordApi } from "./discord-api.ts";
export { createDiscordSurface, type DiscordSurface, type DiscordSurfaceOptions } from "./discord-surface.ts";
export { createClient, takeInteractions } from "./gateway.ts";
export { registerCommands } from "./register.ts";
