import { afterEach, beforeEach, expect, test } from "vitest";
import { type Sandbox, startSandbox } from "../sandbox.ts";
import { manualClock, until } from "../testing/manual-clock.ts";
import { imageBody, paint, postImage, signedAddress } from "../testing/vendor-clients.ts";
import { pointsBySize } from "./prices.ts";

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ speed: 1000 });
});
afterEach(() => sandbox.close());

function pngSize(base64: string) {
  const png = Buffer.from(base64, "base64");
  expect(png.subarray(0, 8).toString("hex")).toBe("89504e470d0a1a0a");
  return `${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`;
}

test("paints all ten sizes at their exact pixels and charges their points", async () => {
  expect(Object.entries(pointsBySize)).toHaveLength(10);
  sandbox.control.limits({ sparkPerSecond: 1000 });
  for (const [size, points] of Object.entries(pointsBySize)) {
    const [width, height] = size.split("x").map(Number);
    const answer = await paint(sandbox, imageBody("日照金山", { width, height }));
    expect(answer.header).toMatchObject({ code: 0, message: "Success" });
    expect(answer.payload?.choices.text).toHaveLength(1);
    expect(pngSize(answer.payload!.choices.text[0]!.content)).toBe(size);
    expect(sandbox.ledger().at(-1)).toMatchObject({
      vendor: "spark",
      endpoint: "v2.1/tti",
      text: "日照金山",
      points,
      account: "sandbox0",
      reference: answer.header.sid,
    });
  }
  expect(sandbox.ledger()).toHaveLength(10);
}, 20_000);

test("different prompts make different pictures, the same prompt the same one", async () => {
  const pictureOf = async (prompt: string) =>
    (await paint(sandbox, imageBody(prompt))).payload!.choices.text[0]!.content;
  const [first, again, other] = [await pictureOf("湖"), await pictureOf("湖"), await pictureOf("海")];
  expect(again).toBe(first);
  expect(other).not.toBe(first);
});

test("equal bodies share a fingerprint, whatever the order of their keys", async () => {
  const { header, parameter, payload } = imageBody("same");
  await paint(sandbox, { header, parameter, payload });
  await paint(sandbox, { payload, parameter, header });
  await paint(sandbox, imageBody("other"));
  const [first, second, third] = sandbox.ledger().map((entry) => entry.fingerprint);
  expect(second).toBe(first);
  expect(third).not.toBe(first);
});

test.each([
  ["text that is not JSON", "{", 10003],
  ["a missing header", { parameter: {}, payload: {} }, 10004],
  ["a width as text", imageBody("a", { width: "512" }), 10004],
  [
    "two messages",
    {
      ...imageBody("a"),
      payload: {
        message: {
          text: [
            { role: "user", content: "a" },
            { role: "user", content: "b" },
          ],
        },
      },
    },
    10004,
  ],
  [
    "an extra field in the message",
    { ...imageBody("a"), payload: { message: { text: [{ role: "user", content: "a", x: 1 }] } } },
    10004,
  ],
  ["an unlisted size", imageBody("a", { width: 511 }), 10005],
  ["an unknown domain", imageBody("a", { domain: "generalv3" }), 10005],
  ["temperature 0", imageBody("a", { temperature: 0 }), 10005],
  ["temperature above 1", imageBody("a", { temperature: 1.1 }), 10005],
  ["top_k 7", imageBody("a", { top_k: 7 }), 10005],
  ["max_tokens 4097", imageBody("a", { max_tokens: 4097 }), 10005],
  ["another audit", imageBody("a", { auditing: "strict" }), 10005],
  ["a uid of 33", imageBody("a", {}, { uid: "u".repeat(33) }), 10005],
  ["an empty prompt", imageBody(" "), 10005],
  ["a prompt of 1001", imageBody("雪".repeat(1001)), 10907],
  ["an unknown application", imageBody("a", {}, { app_id: "else" }), 11200],
])("refuses %s without a charge", async (_name, body, code) => {
  const answer = await paint(sandbox, body);
  expect(answer.header.code).toBe(code);
  expect(answer.payload).toBeUndefined();
  expect(sandbox.ledger()).toEqual([]);
});

test("takes every documented parameter at its limits, and unknown ones", async () => {
  const chat = { domain: "tti", temperature: 1, top_k: 6, max_tokens: 4096, auditing: "default", negative_prompt: "x" };
  const answer = await paint(sandbox, imageBody("雪".repeat(1000), chat, { uid: "u".repeat(32) }));
  expect(answer.header.code).toBe(0);
});

test("the gateway answers before the service, with its clock in the Date header", async () => {
  sandbox.control.clock({ skewMs: 400_000 });
  const skewed = await postImage(sandbox, imageBody("a"));
  expect(skewed.status).toBe(403);
  expect(await skewed.text()).toContain("a valid date");
  const vendorMs = Date.parse(skewed.headers.get("date") ?? "");
  expect(Math.abs(vendorMs - Date.now() - 400_000)).toBeLessThan(5000);
  expect((await postImage(sandbox, imageBody("a"), { nowMs: vendorMs })).status).toBe(200);
  const wrong = await fetch(signedAddress(sandbox, vendorMs, "wrong"), { method: "POST", body: "{}" });
  expect([wrong.status, await wrong.json()]).toEqual([401, { message: "HMAC signature does not match" }]);
  expect(sandbox.ledger()).toHaveLength(1);
});

test("one user at a time, four requests at a time, ten a second", async () => {
  await sandbox.close();
  const clock = manualClock();
  sandbox = await startSandbox({ clock });
  const send = (uid?: string) => paint(sandbox, imageBody("a", {}, uid ? { uid } : {}), clock.now());
  const started = async (count: number) => until(() => sandbox.ledger().length === count);
  const open = [send("u1")];
  await started(1);
  expect((await send("u1")).header.code).toBe(10006);
  open.push(send("u2"), send(), send());
  await started(4);
  expect((await send()).header.code).toBe(11203);
  clock.advance(3000);
  for (const answer of await Promise.all(open)) expect(answer.header.code).toBe(0);
  sandbox.control.limits({ sparkConcurrency: 100 });
  const burst = Array.from({ length: 10 }, () => send());
  await started(14);
  expect((await send()).header.code).toBe(11202);
  clock.advance(3000);
  for (const answer of await Promise.all(burst)) expect(answer.header.code).toBe(0);
}, 20_000);

test("codes after the work are charged, others are not", async () => {
  expect((await paint(sandbox, imageBody("a [[10021]]"))).header.code).toBe(10021);
  expect(sandbox.ledger()).toHaveLength(0);
  expect((await paint(sandbox, imageBody("a [[10022]]"))).header).toMatchObject({ code: 10022 });
  expect(sandbox.ledger()).toHaveLength(1);
});

test.each([
  ["[[drop-before-accept]]", 0],
  ["[[drop-after-accept]]", 1],
])("%s cuts the connection with %i paid starts", async (marker, starts) => {
  await expect(postImage(sandbox, imageBody(marker))).rejects.toThrow("fetch failed");
  expect(sandbox.ledger()).toHaveLength(starts);
});

test("spoilt answers: malformed, without payload, from a gateway", async () => {
  const malformed = await postImage(sandbox, imageBody("[[malformed]]"));
  await expect(malformed.json()).rejects.toThrow(SyntaxError);
  const empty = await paint(sandbox, imageBody("[[no-payload]]"));
  expect([empty.header.code, empty.payload]).toEqual([0, undefined]);
  expect(sandbox.ledger()).toHaveLength(2);
  expect((await postImage(sandbox, imageBody("[[http 502]]"))).status).toBe(502);
  expect(sandbox.ledger()).toHaveLength(2);
});

test("[[hang]] is paid and never answered", async () => {
  const given = new AbortController();
  const answer = postImage(sandbox, imageBody("[[hang]]"), { signal: given.signal });
  await until(() => sandbox.ledger().length === 1);
  given.abort();
  await expect(answer).rejects.toThrow("aborted");
});

test("[[giant]] sends more than any caller wants and stops when the caller disconnects", async () => {
  const response = await postImage(sandbox, imageBody("[[giant]]"));
  const reader = response.body!.getReader();
  let bytes = 0;
  while (bytes < 20 * 1024 * 1024) bytes += (await reader.read()).value?.byteLength ?? Number.NaN;
  await reader.cancel();
  expect(bytes).toBeGreaterThan(20 * 1024 * 1024 - 1);
});

test("[[slow 20s]] takes that much longer", async () => {
  await sandbox.close();
  const clock = manualClock();
  sandbox = await startSandbox({ clock, speed: 2 });
  let answered = false;
  const answer = paint(sandbox, imageBody("[[slow 20s]]"), clock.now()).finally(() => {
    answered = true;
  });
  await until(() => sandbox.ledger().length === 1);
  clock.advance(11_400);
  await fetch(`${sandbox.url}/healthz`);
  expect(answered).toBe(false);
  clock.advance(100);
  expect((await answer).header.code).toBe(0);
});

test("a marker with once fails only for the first equal body", async () => {
  const body = imageBody("[[http 500 once]]");
  expect((await postImage(sandbox, body)).status).toBe(500);
  expect((await postImage(sandbox, body)).status).toBe(200);
  expect((await postImage(sandbox, imageBody("other [[http 500 once]]"))).status).toBe(500);
});
