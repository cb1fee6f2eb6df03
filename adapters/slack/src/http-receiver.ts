import { verifySlackRequest } from "@slack/bolt";
import type { Logger } from "@toolcast/core";
import type { Clock } from "@toolcast/core/engine";
import { readBody } from "@toolcast/core/surface";
import { slackLimits } from "./limits.ts";
import { eventsPath } from "./manifest.ts";
import type { NotTaken, Transport } from "./ways.ts";

export interface HttpOptions {
  /** A secret. */
  signingSecret: string;
  clock: Clock;
  /** For operators. */
  logger: Logger;
  take(payload: unknown, acknowledge: Transport, notTaken: NotTaken): void;
}

/** Slack's largest payloads are forms of 250 kB. */
const mostBytes = 1024 * 1024;

/** Anybody can send requests without a valid signature, so the log has one of a kind in this time. */
const logEveryMs = 10 * 60_000;

const refusals = {
  unsigned: "the request has no signature of Slack",
  late: "the signature is more than five minutes old, or this machine's clock is wrong",
  wrong: "the signature was not made with SLACK_SIGNING_SECRET",
} as const;
type Refusal = keyof typeof refusals;

/** Slack's own limit, which the library applies as well. */
const oldestSignatureSeconds = 5 * 60;

/** Takes what Slack sends to the public listener if its signature is valid. Null for any other path. */
export function createHttpReceiver({ signingSecret, clock, logger, take }: HttpOptions) {
  const loggedAt = new Map<Refusal, number>();

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
    const refusal = refusalOf(request, body);
    if (refusal !== null) {
      note(refusal);
      return plain(401, refusals[refusal]);
    }
    const payload = payloadOf(request, body);
    if (payload === null) {
      return plain(400, "the body is neither JSON nor a form");
    }
    const { type, challenge, ssl_check } = payload;
    if (type === "url_verification") {
      return Response.json({ challenge });
    }
    return ssl_check === undefined ? answerTo(payload) : new Response(null, { status: 200 });
  };

  function refusalOf(request: Request, body: string): Refusal | null {
    const timestamp = request.headers.get("x-slack-request-timestamp");
    const signature = request.headers.get("x-slack-signature");
    if (timestamp === null || signature === null || !/^\d+$/.test(timestamp)) {
      return "unsigned";
    }
    if (Math.abs(clock.now() / 1_000 - Number(timestamp)) > oldestSignatureSeconds) {
      return "late";
    }
    try {
      const headers = { "x-slack-request-timestamp": Number(timestamp), "x-slack-signature": signature };
      verifySlackRequest({ signingSecret, body, headers, nowMilliseconds: clock.now() });
      return null;
    } catch {
      return "wrong";
    }
  }

  function note(refusal: Refusal): void {
    const now = clock.monotonic();
    if (now - (loggedAt.get(refusal) ?? Number.NEGATIVE_INFINITY) >= logEveryMs) {
      loggedAt.set(refusal, now);
      logger.warn({ reason: refusals[refusal] }, "a request to Slack's address here was refused");
    }
  }

  /** Slack waits for the acknowledgement, and sends an event again when there is none. */
  function answerTo(payload: object): Promise<Response> {
    return new Promise((resolve) => {
      const end = (response: Response) => {
        cancel();
        resolve(response);
      };
      const cancel = clock.setTimer(slackLimits.acknowledgeWithinMs, () =>
        resolve(plain(503, "it is not stored yet; send it again")),
      );
      take(
        payload,
        async (answer) => end(answer === undefined ? new Response(null, { status: 200 }) : Response.json(answer)),
        () => end(plain(503, "it could not be stored; send it again")),
      );
    });
  }
}

function plain(status: number, text: string): Response {
  return new Response(`${text}\n`, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
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
