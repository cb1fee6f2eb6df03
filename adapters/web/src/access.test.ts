import { describe, expect, it } from "vitest";
import { createAccess, isLoopback } from "./access.ts";
import { testConsole } from "./testing/console.ts";
import type { WebFailure } from "./web-failure.ts";

const token = "a long enough token";

describe("without a token", () => {
  it.each(["localhost", "127.0.0.1", "127.8.8.8", "[::1]", "::1", "::ffff:127.0.0.1", "LOCALHOST"])(
    "%s is this machine",
    (host) => {
      expect(isLoopback(host)).toBe(true);
    },
  );

  it.each(["localhost.evil.example", "128.0.0.1", "0.0.0.0", "::", "example.com", "127.0.0.1.nip.io", ""])(
    "%s is not",
    (host) => {
      expect(isLoopback(host)).toBe(false);
    },
  );

  // @verifies safe.console
  it("answers only requests from this machine under a loopback name", async () => {
    const { request } = testConsole();
    expect((await request("/api/state")).status).toBe(200);
    expect((await request("/api/state", {}, "192.168.1.9")).status).toBe(403);
    for (const host of ["evil.example", "evil.example:3000", "192.168.1.2", "127.0.0.1.evil.example", "bad host"]) {
      const response = await request("/api/state", { headers: { Host: host } });
      expect(response.status, host).toBe(421);
      expect(await response.json()).toMatchObject({ error: { tone: "error" } });
    }
    expect((await request("/api/state", { headers: { Host: "LocalHost:3000" } })).status).toBe(200);
  });

  it("answers under its configured public name", async () => {
    const { request } = testConsole({ publicNames: ["Console.example"] });
    expect((await request("/api/state", { headers: { Host: "console.example" } })).status).toBe(200);
  });

  it.each([
    [{ Origin: "http://evil.example" }, 403],
    [{ Origin: "null" }, 403],
    [{ Origin: "http://127.0.0.1:4000" }, 403],
    [{ "Sec-Fetch-Site": "cross-site" }, 403],
    [{ "Sec-Fetch-Site": "same-site" }, 403],
    [{ Origin: "http://127.0.0.1:3000", "Sec-Fetch-Site": "same-origin" }, 202],
    [{}, 202],
  ])("on a change with %j answers %d", async (headers, status) => {
    const { say, runtime } = testConsole();
    expect((await say("/paint x", { Host: "127.0.0.1:3000", ...headers } as Record<string, string>)).status).toBe(
      status,
    );
    expect(runtime.calls).toHaveLength(status === 202 ? 1 : 0);
  });
});

describe("with a token", () => {
  // @verifies safe.console
  it("requires it everywhere except the page, the login and the health check", async () => {
    const { request, runtime } = testConsole({ token });
    for (const path of [
      "/api/state",
      "/api/jobs",
      "/api/events",
      "/api/media/asset_1",
      "/api/conversations/main/entries",
    ]) {
      const response = await request(path);
      expect(response.status, path).toBe(401);
      expect(await response.text()).not.toContain(token);
    }
    const post = await request("/api/conversations/main/messages", { method: "POST", body: '{"text":"/paint x"}' });
    expect(post.status).toBe(401);
    expect(runtime.calls).toEqual([]);
    expect((await request("/healthz")).status).toBe(200);
    expect((await request("/")).status).not.toBe(401);
  });

  it("takes it as a bearer token, and from other machines in the address", async () => {
    const { request } = testConsole({ token });
    const headers = { Authorization: `Bearer ${token.replaceAll(" ", "")}` };
    expect((await request("/api/state", { headers })).status).toBe(401);
    const { request: plain } = testConsole({ token: "abc-def" });
    const right = { Authorization: "Bearer abc-def", Host: "192.168.1.2:3000" };
    expect((await plain("/api/state", { headers: right }, "192.168.1.9")).status).toBe(200);
    expect((await plain("/api/state", { headers: { ...right, Host: "evil.example" } })).status).toBe(421);
  });

  it("gives a strict cookie for it that is not the token itself", async () => {
    const { post, request } = testConsole({ token });
    expect((await post("/api/login", { token: "wrong" })).status).toBe(401);
    const login = await post("/api/login", { token });
    expect(login.status).toBe(204);
    const cookie = login.headers.get("set-cookie")!;
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
    expect(cookie).not.toContain(token);
    const Cookie = cookie.split(";")[0]!;
    expect((await request("/api/state", { headers: { Cookie } })).status).toBe(200);
    expect((await request("/api/state", { headers: { Cookie: `${Cookie}x` } })).status).toBe(401);
  });

  it("takes it from the address once and redirects the browser to an address without it", async () => {
    const { request } = testConsole({ token });
    const response = await request(`/?token=${encodeURIComponent(token)}`);
    expect([response.status, response.headers.get("location")]).toEqual([303, "/"]);
    expect(response.headers.get("set-cookie")).toContain("HttpOnly");
    expect(response.headers.get("set-cookie")).not.toContain("Secure");
    expect((await request("/?token=wrong")).status).toBe(401);
  });

  it("binds the cookie to HTTPS when a proxy says that the browser used it", async () => {
    const { request } = testConsole({ token });
    const headers = { "X-Forwarded-Proto": "https, http" };
    const response = await request(`/?token=${encodeURIComponent(token)}`, { headers });
    expect(response.headers.get("set-cookie")).toMatch(/; Secure$/);
  });

  // @verifies safe.console
  it("slows down guessing by address, and always lets the right token in", async () => {
    const { post, request, clock } = testConsole({ token: "abc-def" });
    const bearer = (given: string, from: string) =>
      request("/api/state", { headers: { Authorization: `Bearer ${given}` } }, from);
    const guess = async (from: string) => (await bearer("guess", from)).status;
    const [guesser, other] = ["192.168.1.66", "192.168.1.7"];
    const headers = { Host: "192.168.1.2:3000" };
    for (let guesses = 0; guesses < 10; guesses += 1) {
      expect(await guess(guesser)).toBe(401);
    }
    expect(await guess(guesser)).toBe(429);
    expect(await guess(other)).toBe(401);
    expect((await bearer("abc-def", guesser)).status).toBe(200);
    expect((await post("/api/login", { token: "abc-def" })).status).toBe(204);
    expect((await request("/?token=abc-def", { headers }, guesser)).status).toBe(303);
    expect((await request("/?token=wrong", { headers }, guesser)).status).toBe(429);
    clock.move(61_000);
    expect(await guess(guesser)).toBe(401);
  });

  it("remembers a limited number of addresses", async () => {
    const access = createAccess({
      token: "abc-def",
      publicNames: [],
      clock: { now: () => 5, monotonic: () => 5, setTimer: () => () => {} },
    });
    const attempt = (from: string) => {
      try {
        access.login("wrong", new Request("http://127.0.0.1/"), from);
      } catch (error) {
        return (error as WebFailure).status;
      }
    };
    for (let guesses = 0; guesses < 10; guesses += 1) {
      attempt("first");
    }
    expect(attempt("first")).toBe(429);
    for (let address = 0; address < 10_000; address += 1) {
      attempt(`other-${address}`);
    }
    expect(attempt("first")).toBe(401);
  });
});

it("sends the headers that keep other sites out, on success and on error", async () => {
  const { request } = testConsole();
  for (const path of ["/api/state", "/api/none", "/"]) {
    const { headers } = await request(path);
    expect(headers.get("content-security-policy"), path).toMatch(/default-src 'self';.*frame-ancestors 'none'/);
    expect(headers.get("content-security-policy")).not.toContain("unsafe");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("access-control-allow-origin")).toBeNull();
  }
});
