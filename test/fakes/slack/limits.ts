const secondMs = 1_000;
const minuteMs = 60 * secondMs;

/** Slack's numbers, from its pages on interactivity, Events API, Socket Mode, Block Kit and the chat methods. */
export const slackLimits = {
  acknowledgeWithinMs: 3 * secondMs,
  triggerLivesMs: 3 * secondMs,
  responseUrl: { uses: 5, livesMs: 30 * minuteMs },
  /** The delays before an unacknowledged event comes again, each counted from the previous failure. */
  eventRetriesMs: [0, minuteMs, 5 * minuteMs],
  sockets: 10,
  /** The time between the warning and the end of a socket. */
  socketWarningMs: 10 * secondMs,
  /** How long a ticket of `apps.connections.open` can open its one socket. */
  socketTicketMs: 30 * secondMs,
  message: {
    updateText: 4_000,
    postText: 40_000,
    markdownText: 12_000,
    blocks: 50,
    blocksText: 13_200,
    attachments: 100,
  },
  view: { blocks: 100, title: 24, privateMetadata: 3_000, callbackId: 255, bytes: 250_000, stack: 3 },
  upload: { channels: 100, altText: 1_000 },
  session: { title: 200 },
  manifest: { commands: 50, commandName: 32, description: 2_000, usageHint: 1_000, shortcuts: 10, callbackId: 255 },
} as const;
