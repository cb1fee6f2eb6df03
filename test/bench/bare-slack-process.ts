/** The smallest Bolt app that answers a command: `node bare-slack-process.ts <api url> <bot token> <app token> <answer>`. */
import { App, LogLevel, SocketModeReceiver } from "@slack/bolt";

const [slackApiUrl = "", token = "", appToken = "", answer = ""] = process.argv.slice(2);
const receiver = new SocketModeReceiver({
  appToken,
  logLevel: LogLevel.ERROR,
  installerOptions: { clientOptions: { slackApiUrl } },
});
const app = new App({ token, receiver, logLevel: LogLevel.ERROR, clientOptions: { slackApiUrl } });
app.command("/explain", async ({ ack, respond }) => {
  await ack();
  await respond({ text: answer, response_type: "ephemeral" });
});
await app.start();
process.stdout.write("ready\n");
