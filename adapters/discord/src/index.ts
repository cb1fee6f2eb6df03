/** Toolcast on Discord. Loads discord.js only when it is set up. */
export { discord } from "./definition.ts";
