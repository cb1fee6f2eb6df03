import { execFileSync } from "node:child_process";
import process from "node:process";
import type { Manifest } from "../fakes/slack/context.ts";
import { type SlackFake, startSlack } from "../fakes/slack/slack.ts";
import type { Message } from "../fakes/slack/world.ts";
import { freePort } from "../free-port.ts";
import { askers, bareAnswer, createAskers } from "./askers.ts";
import type { Group } from "./bench.ts";
import { chatRows } from "./chat-rows.ts";
import { type Measured, program, startNode, temporaryFolder, toolcast } from "./side-process.ts";
import { createWaiting } from "./waiting.ts";

async function openSide(start: (slack: SlackFake) => Promise<Measured>) {
  const printed = execFileSync(process.execPath, toolcast("slack", "manifest"), { encoding: "utf8" });
  const manifest = JSON.parse(printed) as Manifest;
  const slack = await startSlack({ manifest, rateLimits: false });
  const app = await start(slack);
  await slack.until(() => slack.sockets.connected > 0, "a socket");
  const until = createWaiting(slack.onChange);
  const people = Array.from({ length: askers }, (_, index) => {
    const person = slack.person(`person-${index}`, { channels: [] });
    return { person, channel: slack.addChannel(`room-${index}`, { people: [person] }) };
  });
  const ask = createAskers(people);
  const command = () =>
    ask(async ({ person, channel }) => {
      const last = () => slack.world.messages.get(channel.id)?.at(-1);
      const before = last();
      const began = performance.now();
      const delivery = person.command("/explain", "10013", { in: channel });
      await until(() => delivery.state !== "waiting");
      const acknowledgedMs = performance.now() - began;
      await until(() => {
        const message = last();
        return message !== undefined && message !== before && saysWhat(message);
      });
      return acknowledgedMs;
    });
  return { slack, app, command };
}

/** Whether it is the answer, and not only that one will come. */
const saysWhat = ({ text, blocks }: Message) => `${text}${JSON.stringify(blocks)}`.includes("10013");

export const slackGroup: Group = {
  name: "slack",
  title: "Slack",
  about:
    "`/explain 10013` over Socket Mode against a Bolt app that acknowledges it and answers at its response address. Our answers keep to the pace that Slack allows, the bare ones do not.",
  async measure({ effort, vendors }) {
    using folder = temporaryFolder();
    const ours = await openSide(async (slack) =>
      startNode(
        toolcast("start", "--no-supervisor"),
        {
          ...vendors,
          TOOLCAST_DATA_DIR: folder.path,
          PORT: String(await freePort()),
          SLACK_API_URL: slack.apiUrl,
          SLACK_BOT_TOKEN: slack.botToken,
          SLACK_APP_TOKEN: slack.appToken,
        },
        "Toolcast is ready",
      ),
    );
    const bare = await openSide(({ apiUrl, botToken, appToken }) =>
      startNode(program("bare-slack-process.ts", apiUrl, botToken, appToken, bareAnswer), {}, "ready"),
    );
    try {
      return await chatRows({
        ours: ours.command,
        bare: bare.command,
        effort,
        first: "command to acknowledgement",
        whole: "whole commands with their answers",
        goals: { acknowledged: 0.85, p99: 1.3 },
        profile:
          "One at a time, Bolt and our parsing take 0.6 ms, the statements 0.2 ms, and what remains is the fsync; a whole command is three commits: taken, its answer noted before it is posted, and answered, with who asked.",
      });
    } finally {
      for (const { app, slack } of [ours, bare]) {
        await app.stop();
        await slack.close();
      }
    }
  },
};
