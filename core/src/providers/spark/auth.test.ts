import { createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { signedUrl } from "./auth.ts";

const at = Date.parse("Fri, 05 May 2023 10:43:39 GMT");

function parts(address: string) {
  const { searchParams } = new URL(address);
  const origin = Buffer.from(searchParams.get("authorization") ?? "", "base64").toString();
  return { origin, signature: /signature="([^"]*)"/.exec(origin)?.[1], query: searchParams };
}

test.each([
  ["POST", "https://spark-api.cn-huabei-1.xf-yun.com/v2.1/tti", "MRvfnwDfRc4mQ/7V13a+85DG+yUcEFqJi9EU+R/DHGE="],
  ["GET", "wss://spark-api.xf-yun.com/v3.5/chat", "JT5PimmO8FxZh9CFJlr8ShyaFiphn7qxOwoIPtONaGg="],
] as const)("%s %s has the known signature", (method, url, signature) => {
  const { origin, query } = parts(signedUrl({ method, url, apiKey: "demo-key", apiSecret: "demo-secret", at }));
  expect(origin).toBe(
    `api_key="demo-key", algorithm="hmac-sha256", headers="host date request-line", signature="${signature}"`,
  );
  expect(query.get("date")).toBe("Fri, 05 May 2023 10:43:39 GMT");
  expect(query.get("host")).toBe(new URL(url).host);
});

// @verifies provider.signing
test("what is signed is what is sent, for every key, secret, path and time", () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[A-Za-z0-9+/=]{1,40}$/),
      fc.string({ minLength: 1 }),
      fc.webPath(),
      fc.integer({ min: 0, max: 4_102_444_800_000 }),
      (apiKey, apiSecret, path, instant) => {
        const url = `http://127.0.0.1:4000${path}`;
        const signed = signedUrl({ method: "POST", url, apiKey, apiSecret, at: instant });
        const sent = new URL(signed);
        const { signature, query } = parts(signed);
        const text = `host: ${sent.host}\ndate: ${query.get("date")}\nPOST ${sent.pathname} HTTP/1.1`;
        expect(signature).toBe(createHmac("sha256", apiSecret).update(text).digest("base64"));
        expect(Math.abs(Date.parse(query.get("date") ?? "") - instant)).toBeLessThan(1000);
        expect(signed).not.toContain("\n");
      },
    ),
  );
});
