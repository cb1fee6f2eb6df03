import { createHmac } from "node:crypto";
import { request } from "node:http";
import { parseJson } from "./arguments.ts";
import type { InstalledApp } from "./context.ts";
import type { Outcome, Outgoing } from "./deliveries.ts";

/** The body as Slack sends it: events as JSON, commands as a form, interactions as a form with one `payload`. */
function bodyOf({ delivery }: Outgoing): { contentType: string; body: string } {
  const form = "application/x-www-form-urlencoded";
  switch (delivery.kind) {
    case "event":
      return { contentType: "application/json", body: JSON.stringify(delivery.payload) };
    case "command": {
      const fields = Object.entries(delivery.payload).map(([name, value]) => [name, String(value)] as [string, string]);
      return { contentType: form, body: new URLSearchParams(fields).toString() };
    }
    case "interaction":
      return { contentType: form, body: new URLSearchParams({ payload: JSON.stringify(delivery.payload) }).toString() };
  }
}

function sign(secret: string, timestamp: number, body: string): string {
  return `v0=${createHmac("sha256", secret).update(`v0:${timestamp}:${body}`).digest("hex")}`;
}

/** Posts one signed attempt to a request URL. The receiver compares the timestamp with the machine's clock. */
export function postToApp(
  address: string,
  app: InstalledApp,
  outgoing: Outgoing,
  give: (outcome: Outcome) => void,
): void {
  const { contentType, body } = bodyOf(outgoing);
  const timestamp = Math.floor(Date.now() / 1000);
  const { retryNumber, retryReason, delivery } = outgoing;
  const sent = request(address, {
    method: "POST",
    headers: {
      "content-type": contentType,
      "content-length": Buffer.byteLength(body),
      "x-slack-request-timestamp": String(timestamp),
      "x-slack-signature": sign(app.signingSecret, timestamp, body),
      "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
      ...(retryNumber > 0 && delivery.kind === "event"
        ? { "x-slack-retry-num": String(retryNumber), "x-slack-retry-reason": retryReason }
        : {}),
    },
  });
  sent.on("error", () => give({ ok: false, reason: "connection_failed" }));
  sent.on("response", (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("error", () => give({ ok: false, reason: "connection_failed" }));
    response.on("end", () => {
      const status = response.statusCode ?? 0;
      if (status < 200 || status > 299) {
        give({ ok: false, reason: "http_error", noRetry: response.headers["x-slack-no-retry"] === "1" });
        return;
      }
      const text = Buffer.concat(chunks).toString("utf8");
      const isJson = response.headers["content-type"]?.startsWith("application/json") ?? false;
      give({ ok: true, answer: text === "" ? null : isJson ? parseJson(text) : text });
    });
  });
  sent.end(body);
}
