/** Toolcast on Discord. Loads discord.js only when Discord is configured. */
export { discord } from "./definition.ts";
