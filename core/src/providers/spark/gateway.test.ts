import { expect, test } from "vitest";
import type { Http, HttpAnswer } from "../../http/http.ts";
import { createGateway } from "./gateway.ts";

const now = 1_700_000_000_000;
const options = { url: "https://vendor.example/v2.1/tti", apiKey: "key", apiSecret: "secret", timeoutMs: 60_000 };

/** A vendor whose clock is `aheadMs` ahead, and that answers when the test says so. */
function gatewayTo(aheadMs: number) {
  const answers: (() => void)[] = [];
  const body = JSON.stringify({ message: "HMAC signature cannot be verified" });
  const answer: HttpAnswer = {
    status: 403,
    headers: { date: new Date(now + aheadMs).toUTCString() },
    body: new Uint8Array(Buffer.from(body)),
    text: () => body,
  };
  const http: Http = {
    request: () => new Promise((resolve) => answers.push(() => resolve(answer))),
    download: () => Promise.reject(new Error("nothing is downloaded")),
    converse: () => Promise.reject(new Error("nobody is talked to")),
    close: async () => {},
  };
  const gateway = createGateway(options, {
    http,
    clock: { now: () => now, monotonic: () => now, setTimer: () => () => {} },
  });
  return { gateway, answers };
}

// @verifies provider.signing
test("of many requests under way, each finds that its clock was off, not only the first to be answered", async () => {
  const { gateway, answers } = gatewayTo(600_000);
  const posts = [gateway.post({}), gateway.post({})];
  for (const answer of answers) answer();
  expect(await Promise.all(posts)).toMatchObject([{ clockCorrected: true }, { clockCorrected: true }]);
});

test("a refusal of a request whose clock was right is not about the clock", async () => {
  const { gateway, answers } = gatewayTo(600_000);
  const first = gateway.post({});
  answers[0]?.();
  await first;
  const second = gateway.post({});
  answers[1]?.();
  expect(await second).toMatchObject({ clockCorrected: false });
});
