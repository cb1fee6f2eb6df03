/** The adapter in parts, for a program that has a connection to Slack of its own, such as a bot that exists already. */

export { createClient } from "./client.ts";
export { createSlackApi, type SlackApi } from "./slack-api.ts";
export { createSlackSurface, type SlackSurface, type SlackSurfaceOptions } from "./slack-surface.ts";
export { Sockets } from "./sockets.ts";
