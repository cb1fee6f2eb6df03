/** Toolcast on Discord. */
export { createDiscord, type Discord, type DiscordOptions } from "./connect.ts";
export { type DoctorOptions, diagnoseDiscord } from "./doctor.ts";
export { discordHosts } from "./receive-files.ts";
export { DiscordStartError } from "./start-problem.ts";
