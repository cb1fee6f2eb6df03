import { verifySlackRequest } from "@slack/bolt";
import type { Clock } from "@toolcast/core/engine";
import { readBody } from "@toolcast/core/surface";
import { slackLimits } from "./limits.ts";
import { eventsPath } from "./manifest.ts";
import type { Transport } from "./ways.ts";

export interface HttpOptions {
  /** A secret. */
  signingSecret: string;
  clock: Clock;
  take(payload: unknown, acknowledge: Transport): void;
}

/** Slack's largest payloads are forms of 250 kB. */
const mostBytes = 1024 * 1024;

/** Takes what Slack sends to the public listener if its signature is valid. Null for any other path. */
export function createHttpReceiver({ signingSecret, clock, take }: HttpOptions) {
  return async (request: Request): Promise<Response | null> => {
    if (new URL(request.url).pathname !== eventsPath) {
      return null;
    }
    if (request.method !== "POST") {
      return new Response(null, { status: 405, headers: { allow: "POST" } });
    }
    const bytes = await readBody(request, mostBytes);
    if (bytes === null) {
      return new Response(null, { status: 413 });
    }
    const body = bytes.toString("utf8");
    if (!isSigned(request, body)) {
      return new Response(null, { status: 401 });
    }
    const payload = payloadOf(request, body);
    if (payload === null) {
      return new Response(null, { status: 400 });
    }
    const { type, challenge, ssl_check } = payload;
    if (type === "url_verification") {
      return Response.json({ challenge });
    }
    return ssl_check === undefined ? answerTo(payload) : new Response(null, { status: 200 });
  };

  function isSigned(request: Request, body: string): boolean {
    const timestamp = request.headers.get("x-slack-request-timestamp");
    const signature = request.headers.get("x-slack-signature");
    if (timestamp === null || signature === null || !/^\d+$/.test(timestamp)) {
      return false;
    }
    try {
      const headers = { "x-slack-request-timestamp": Number(timestamp), "x-slack-signature": signature };
      verifySlackRequest({ signingSecret, body, headers, nowMilliseconds: clock.now() });
      return true;
    } catch {
      return false;
    }
  }

  /** Slack waits for the acknowledgement, and sends an event again when there is none. */
  function answerTo(payload: object): Promise<Response> {
    return new Promise((resolve) => {
      const cancel = clock.setTimer(slackLimits.acknowledgeWithinMs, () =>
        resolve(new Response(null, { status: 503 })),
      );
      take(payload, async (answer) => {
        cancel();
        resolve(answer === undefined ? new Response(null, { status: 200 }) : Response.json(answer));
      });
    });
  }
}

/** Events are JSON; commands are a form; interactions are JSON in one field of a form. */
function payloadOf(request: Request, body: string): Record<string, unknown> | null {
  try {
    if (request.headers.get("content-type")?.startsWith("application/json")) {
      return JSON.parse(body) as Record<string, unknown>;
    }
    const form = Object.fromEntries(new URLSearchParams(body));
    return form.payload === undefined ? form : (JSON.parse(form.payload) as Record<string, unknown>);
  } catch {
    return null;
  }
}
