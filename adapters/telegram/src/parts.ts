/** The adapter in parts, for a program that receives updates of its own, such as a bot that exists already. */

export { createBotApi } from "./bot-api.ts";
export { Poll } from "./poll.ts";
export { createTelegramSurface, type TelegramSurface, type TelegramSurfaceOptions } from "./telegram-surface.ts";
