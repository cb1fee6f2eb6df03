import { App, type AppOptions, HTTPReceiver, LogLevel, SocketModeReceiver } from "@slack/bolt";
import { WebClient } from "@slack/web-api";
import { freePort } from "../../free-port.ts";
import { createManualClock, type ManualClock } from "../../manual-clock.ts";
import { type SlackFake, type SlackOptions, startSlack } from "./slack.ts";

/** A Slack whose clock is moved by hand, with the real Bolt connected to it. */
export interface DrivenSlack {
  readonly slack: SlackFake;
  readonly app: App;
  readonly client: WebClient;
  readonly clock: ManualClock;
  stop(): Promise<void>;
}

/** The real client, which retries nothing and returns refusals at once. */
export const bareClient = (slack: SlackFake, token = slack.botToken) =>
  new WebClient(token, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logLevel: LogLevel.ERROR,
  });

/** Starts the real Bolt against a Slack, in Socket Mode or over HTTP; returns how to stop it. */
export async function connectBolt(
  slack: SlackFake,
  way: "socket" | "http",
  options: AppOptions = {},
): Promise<{ app: App; address: string | null; stop: () => Promise<void> }> {
  const common: AppOptions = {
    token: slack.botToken,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true },
    ...options,
  };
  if (way === "socket") {
    const before = slack.sockets.connected;
    // How long the client waits, in real time, before it opens a socket again.
    const receiver = new SocketModeReceiver({
      appToken: slack.appToken,
      clientPingTimeout: 1_000,
      logLevel: LogLevel.ERROR,
      installerOptions: { clientOptions: { slackApiUrl: slack.apiUrl } },
    });
    const app = new App({ ...common, receiver });
    await app.start();
    await slack.until(() => slack.sockets.connected > before, "the socket");
    return { app, address: null, stop: async () => void (await app.stop()) };
  }
  const port = await freePort();
  const receiver = new HTTPReceiver({ signingSecret: slack.signingSecret, logLevel: LogLevel.ERROR });
  const app = new App({ ...common, receiver });
  await app.start({ port, host: "127.0.0.1" });
  return { app, address: `http://127.0.0.1:${port}/slack/events`, stop: async () => void (await app.stop()) };
}

export async function startDrivenSlack(
  way: "socket" | "http" = "socket",
  options: SlackOptions = {},
  appOptions: AppOptions = {},
): Promise<DrivenSlack> {
  const clock = createManualClock();
  const slack = await startSlack({ clock, rateLimits: false, ...options });
  const { app, address, stop } = await connectBolt(slack, way, appOptions);
  if (address !== null) {
    slack.deliverTo(address);
  }
  return {
    slack,
    app,
    client: bareClient(slack),
    clock,
    async stop() {
      await stop();
      await slack.close();
    },
  };
}
