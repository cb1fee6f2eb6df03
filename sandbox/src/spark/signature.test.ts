import { expect, test } from "vitest";
import { checkSignature, sign } from "./signature.ts";

const host = "spark-api.cn-huabei-1.xf-yun.com";
const date = "Fri, 05 May 2023 10:43:39 GMT";
const nowMs = Date.parse(date);
const account = { apiKey: "demo-key", apiSecret: "demo-secret" };
const signature = "MRvfnwDfRc4mQ/7V13a+85DG+yUcEFqJi9EU+R/DHGE=";

function query(changes: Record<string, string> = {}, origin?: string) {
  const authorization = Buffer.from(
    origin ?? `api_key="demo-key", algorithm="hmac-sha256", headers="host date request-line", signature="${signature}"`,
  ).toString("base64");
  return new URLSearchParams({ authorization, date, host, ...changes });
}

const request = { method: "POST", path: "/v2.1/tti", host, query: query() };
const mismatch = { status: 401, message: "HMAC signature does not match" };
const unreadable = { status: 401, message: "HMAC signature cannot be verified" };

test("signs the known vectors", () => {
  expect(sign("demo-secret", { host, date, requestLine: "POST /v2.1/tti HTTP/1.1" })).toBe(signature);
  expect(sign("demo-secret", { host: "spark-api.xf-yun.com", date, requestLine: "GET /v3.5/chat HTTP/1.1" })).toBe(
    "JT5PimmO8FxZh9CFJlr8ShyaFiphn7qxOwoIPtONaGg=",
  );
});

test("accepts a valid signature, in either spelling, up to 300 s from its clock", () => {
  expect(checkSignature(request, account, nowMs)).toBeUndefined();
  expect(checkSignature(request, account, nowMs + 300_000)).toBeUndefined();
  expect(checkSignature(request, account, nowMs - 300_000)).toBeUndefined();
  const username = `hmac username="demo-key", algorithm="hmac-sha256", headers="host date request-line", signature="${signature}"`;
  expect(checkSignature({ ...request, query: query({}, username) }, account, nowMs)).toBeUndefined();
});

test.each([
  ["no authorization", { query: new URLSearchParams({ date, host }) }, { status: 401, message: "Unauthorized" }],
  ["another path", { path: "/spark/v2.1/tti" }, mismatch],
  ["another method", { method: "GET" }, mismatch],
  ["another host header", { host: "127.0.0.1:1" }, mismatch],
  ["another host in the query", { query: query({ host: "evil" }) }, mismatch],
  ["a date that was not signed", { query: query({ date: "Fri, 05 May 2023 10:43:40 GMT" }) }, mismatch],
  ["no readable fields", { query: query({}, "rubbish") }, unreadable],
  [
    "another algorithm",
    {
      query: query(
        {},
        `api_key="demo-key", algorithm="hmac-sha1", headers="host date request-line", signature="${signature}"`,
      ),
    },
    unreadable,
  ],
  [
    "fewer signed headers",
    { query: query({}, `api_key="demo-key", algorithm="hmac-sha256", headers="date", signature="${signature}"`) },
    unreadable,
  ],
  [
    "an unknown key",
    {
      query: query(
        {},
        `api_key="who", algorithm="hmac-sha256", headers="host date request-line", signature="${signature}"`,
      ),
    },
    { status: 401, message: "HMAC signature cannot be verified: apikey not found" },
  ],
] as const)("refuses %s", (_name, changes, refusal) => {
  expect(checkSignature({ ...request, ...changes }, account, nowMs)).toEqual(refusal);
});

test.each([
  ["a clock 301 s behind", nowMs + 301_000, {}],
  ["a clock 301 s ahead", nowMs - 301_000, {}],
  ["no date", nowMs, { date: "" }],
  ["a date of another form", nowMs, { date: "2023-05-05T10:43:39Z" }],
])("answers 403 for %s", (_name, now, changes) => {
  expect(checkSignature({ ...request, query: query(changes) }, account, now)).toMatchObject({
    status: 403,
    message: expect.stringContaining("a valid date or x-date header is required"),
  });
});
