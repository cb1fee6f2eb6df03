import { maxDataBytes } from "@toolcast/core/surface";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connectHttp, eras, factsOf, fetchFrom, openMcp, pictureOrder, rawRequest, textOf } from "../mcp-client.ts";
import { createInstallation, type Installation } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";
import { listenForTests } from "../web-listener.ts";

let world: Installation;
beforeEach(async () => {
  world = await createInstallation();
});
afterEach(() => world[Symbol.asyncDispose]());

const ada = { name: "ada", token: "a".repeat(40) };
const bob = { name: "bob", token: "b".repeat(40) };
const address = "http://127.0.0.1/mcp";
const picture = pictureOrder();

const initialize = (headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json", accept: "application/json, text/event-stream", ...headers },
  body: JSON.stringify({
    jsonrpc: "2.0",
    id: 1,
    method: "initialize",
    params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "raw", version: "1" } },
  }),
});

describe("guards", () => {
  test("a foreign host or origin is refused before anything else, here and for uploads", async () => {
    verifies("mcp.guards");
    const { mcp } = await openMcp(world);
    const foreign: Record<string, string>[] = [
      { host: "evil.example" },
      { origin: "https://evil.example" },
      { origin: "null" },
      { host: "192.168.1.5" },
    ];
    const own: Record<string, string>[] = [
      { host: "localhost:3000" },
      { host: "[::1]:3000" },
      { origin: "http://localhost:5173" },
    ];
    for (const url of [address, `${address}/uploads`]) {
      for (const headers of foreign) {
        expect((await fetchFrom(mcp, url, initialize(headers))).status).toBe(403);
      }
    }
    for (const headers of own) {
      expect((await fetchFrom(mcp, address, initialize(headers))).status).toBe(200);
    }
  });

  test("its own public name and numeric addresses are not foreign hosts when tokens are required", async () => {
    verifies("mcp.guards");
    const { mcp } = await openMcp(world, { tokens: [ada], publicUrl: "https://toolcast.example" });
    const authorization = `Bearer ${ada.token}`;
    for (const host of ["toolcast.example", "192.168.1.5:3000"]) {
      expect((await fetchFrom(mcp, address, initialize({ host, authorization }))).status).toBe(200);
    }
    expect((await fetchFrom(mcp, address, initialize({ host: "other.example", authorization }))).status).toBe(403);
  });

  test("without a token there is no access, and the answer says what to do", async () => {
    verifies("mcp.guards", "mcp.no-sign-in");
    const { mcp } = await openMcp(world, { tokens: [ada] });
    const wrong = ["", "Bearer ", "Basic abc", `Bearer ${ada.token}x`, `Bearer ${bob.token}`, `Bearer ${ada.name}`];
    for (const authorization of wrong) {
      for (const url of [address, `${address}/uploads`]) {
        const response = await fetchFrom(mcp, url, initialize(authorization === "" ? {} : { authorization }));
        expect(response.status).toBe(401);
        expect(response.headers.get("www-authenticate")).toMatch(/^Bearer realm="toolcast"(, error="invalid_token")?$/);
        const { error } = (await response.json()) as { error: { message: string } };
        expect(error.message).toMatch(/Authorization: Bearer <token>/);
      }
    }
  });

  test("no metadata point to an authorization server, and a client that tries one gets a sentence", async () => {
    verifies("mcp.no-sign-in");
    const { mcp } = await openMcp(world, { tokens: [ada] });
    for (const document of ["oauth-protected-resource", "oauth-authorization-server", "openid-configuration"]) {
      for (const url of [`http://127.0.0.1/.well-known/${document}`, `http://127.0.0.1/.well-known/${document}/mcp`]) {
        expect((await fetchFrom(mcp, url)).status).toBe(404);
      }
    }
    for (const path of ["register", "token"]) {
      const refused = await fetchFrom(mcp, `http://127.0.0.1/${path}`, { method: "POST", body: "{}" });
      expect(refused.status).toBe(403);
      expect(await refused.json()).toMatchObject({ error_description: expect.stringContaining("no sign-in") });
    }
    const page = await fetchFrom(mcp, "http://127.0.0.1/authorize?client_id=x");
    expect([page.status, await page.text()]).toEqual([403, expect.stringContaining("no sign-in")]);
    const { mcp: open } = await openMcp(world);
    expect(await open.fetch(new Request("http://127.0.0.1/register", { method: "POST" }))).toBeNull();
  });

  test("the public name is foreign while no token is required", async () => {
    verifies("mcp.guards");
    const { mcp } = await openMcp(world, { publicUrl: "https://toolcast.example" });
    expect((await fetchFrom(mcp, address, initialize({ host: "toolcast.example" }))).status).toBe(403);
  });

  test("guessable tokens and duplicate names are refused at the start", async () => {
    verifies("mcp.guards");
    await expect(openMcp(world, { tokens: [{ name: "ada", token: "a".repeat(31) }] })).rejects.toThrow(/32/);
    await expect(openMcp(world, { tokens: [ada, { ...bob, name: "ada" }] })).rejects.toThrow(/same name/);
  });

  test("a body that is too large is refused", async () => {
    verifies("mcp.guards");
    const { mcp } = await openMcp(world);
    const body = JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "ping",
      // A file in base64, and a mebibyte for everything else.
      params: { filler: "x".repeat(Math.ceil((maxDataBytes * 4) / 3) + 1024 ** 2) },
    });
    const response = await fetchFrom(mcp, address, { ...initialize(), body });
    expect(response.status).toBe(413);
  });

  test("no other path is ours", async () => {
    const { mcp } = await openMcp(world);
    for (const path of ["/", "/mcpx", "/mcp/other", "/media/x", "/.well-known/oauth-authorization-server"]) {
      expect(await mcp.fetch(new Request(`http://127.0.0.1${path}`))).toBeNull();
    }
  });
});

describe("owners", () => {
  for (const era of eras) {
    test(`${era}: another person's jobs and media are not found`, async () => {
      verifies("mcp.owners");
      const { mcp } = await openMcp(world, { tokens: [ada, bob] });
      const hers = await connectHttp(mcp, era, { token: ada.token });
      const call = hers.callTool(picture);
      await world.pass(3_000);
      const { job_id, assets } = factsOf(await call);
      const his = await connectHttp(mcp, era, { token: bob.token });
      const look = await his.callTool({ name: "get_job", arguments: { job: job_id } });
      expect(look.isError).toBe(true);
      expect(textOf(look)).toMatch(/no job/);
      expect(textOf(await his.callTool({ name: "list_jobs", arguments: {} }))).not.toContain(job_id);
      for (const uri of [`job://${job_id}`, `media://${assets[0]?.asset_id}`]) {
        await expect(his.readResource({ uri })).rejects.toThrow(/not found/i);
        expect((await hers.readResource({ uri })).contents).toHaveLength(1);
      }
      const { resources } = await his.listResources();
      expect(resources.filter(({ uri }) => !uri.startsWith("ui:"))).toEqual([]);
    });
  }

  test("a session belongs to whoever began it", async () => {
    verifies("mcp.owners", "mcp.sessions");
    const { mcp } = await openMcp(world, { tokens: [ada, bob] });
    const begun = await fetchFrom(mcp, address, initialize({ authorization: `Bearer ${ada.token}` }));
    const session = begun.headers.get("mcp-session-id") as string;
    const list = (token: string) =>
      fetchFrom(mcp, address, {
        ...initialize({ authorization: `Bearer ${token}`, "mcp-session-id": session }),
        body: JSON.stringify({ jsonrpc: "2.0", id: 2, method: "tools/list" }),
      });
    expect((await list(bob.token)).status).toBe(404);
    expect((await list(ada.token)).status).toBe(200);
  });
});

describe("sessions", () => {
  const begin = async (mcp: Awaited<ReturnType<typeof openMcp>>["mcp"]) => {
    const response = await fetchFrom(mcp, address, initialize());
    await response.text();
    return response.headers.get("mcp-session-id") as string;
  };
  const isThere = async (mcp: Awaited<ReturnType<typeof openMcp>>["mcp"], session: string) => {
    const response = await fetchFrom(mcp, address, {
      ...initialize({ "mcp-session-id": session }),
      body: JSON.stringify({ jsonrpc: "2.0", id: 2, method: "ping" }),
    });
    await response.text();
    return response.status === 200;
  };

  test("ids have at least 122 random bits", async () => {
    verifies("mcp.sessions");
    const { mcp } = await openMcp(world);
    expect(await begin(mcp)).toMatch(/^session_[\w-]{22}$/);
  });

  test("an idle one ends; one in use stays", async () => {
    verifies("mcp.sessions");
    const { mcp } = await openMcp(world, { sessionIdleMs: 60_000 });
    const [used, idle] = [await begin(mcp), await begin(mcp)];
    for (let minute = 0; minute < 4; minute += 1) {
      await world.clock.advance(30_000);
      expect(await isThere(mcp, used as string)).toBe(true);
    }
    expect(await isThere(mcp, idle as string)).toBe(false);
  });

  test("one with an open stream is not idle", async () => {
    verifies("mcp.sessions");
    const { mcp } = await openMcp(world, { sessionIdleMs: 60_000 });
    const session = await begin(mcp);
    const stream = await fetchFrom(mcp, address, {
      headers: { accept: "text/event-stream", "mcp-session-id": session },
    });
    expect(stream.status).toBe(200);
    await world.clock.advance(300_000);
    expect(await isThere(mcp, session)).toBe(true);
    await stream.body?.cancel();
    await world.clock.advance(120_000);
    expect(await isThere(mcp, session)).toBe(false);
  });

  test("above the maximum number, the one unused for longest is closed", async () => {
    verifies("mcp.sessions");
    const { mcp } = await openMcp(world, { maxSessions: 2 });
    const first = await begin(mcp);
    await world.clock.advance(10);
    const second = await begin(mcp);
    await world.clock.advance(10);
    expect(await isThere(mcp, first)).toBe(true);
    await world.clock.advance(10);
    const third = await begin(mcp);
    expect([await isThere(mcp, first), await isThere(mcp, second), await isThere(mcp, third)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  test("if all are in use, a new one is refused", async () => {
    verifies("mcp.sessions");
    const { mcp } = await openMcp(world, { maxSessions: 1 });
    const session = await begin(mcp);
    const stream = await fetchFrom(mcp, address, {
      headers: { accept: "text/event-stream", "mcp-session-id": session },
    });
    expect((await fetchFrom(mcp, address, initialize())).status).toBe(503);
    await stream.body?.cancel();
    expect((await fetchFrom(mcp, address, initialize())).status).toBe(200);
  });

  test("many that begin at once do not exceed the maximum number", async () => {
    verifies("mcp.sessions");
    const { mcp } = await openMcp(world, { maxSessions: 2 });
    const begun = await Promise.all(Array.from({ length: 10 }, () => begin(mcp)));
    const open = await Promise.all(begun.filter((session) => session !== null).map((id) => isThere(mcp, id)));
    expect(open).toEqual([true, true]);
    expect(await begin(mcp)).not.toBeNull();
  });

  test("only a handshake closes another one", async () => {
    verifies("mcp.sessions");
    const { mcp } = await openMcp(world, { maxSessions: 1 });
    const session = await begin(mcp);
    const list = { ...initialize(), body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }) };
    for (const init of [list, { headers: { accept: "text/event-stream" } }, { ...initialize(), body: "{" }]) {
      expect((await fetchFrom(mcp, address, init)).status).toBe(400);
    }
    expect(await isThere(mcp, session)).toBe(true);
  });

  test("a person's sessions displace nobody else's", async () => {
    verifies("mcp.sessions");
    const { mcp } = await openMcp(world, { maxSessions: 1, tokens: [ada, bob] });
    const beginAs = async ({ token }: typeof ada) => {
      const response = await fetchFrom(mcp, address, initialize({ authorization: `Bearer ${token}` }));
      await response.text();
      return response.headers.get("mcp-session-id");
    };
    const session = (await beginAs(ada)) ?? "";
    const headers = { authorization: `Bearer ${ada.token}`, "mcp-session-id": session };
    const stream = await fetchFrom(mcp, address, { headers: { ...headers, accept: "text/event-stream" } });
    expect(await beginAs(bob)).not.toBeNull();
    expect(await beginAs(bob)).not.toBeNull();
    expect(await beginAs(ada)).toBeNull();
    await stream.body?.cancel();
  });

  test("closing ends every stream and accepts no new one", async () => {
    verifies("mcp.sessions");
    const { mcp } = await openMcp(world);
    const session = await begin(mcp);
    const stream = await fetchFrom(mcp, address, {
      headers: { accept: "text/event-stream", "mcp-session-id": session },
    });
    const ended = stream.text();
    await mcp.close();
    await ended;
    expect((await fetchFrom(mcp, address, initialize())).status).toBe(503);
  });

  test("one that its client ends is gone", async () => {
    verifies("mcp.sessions");
    const { mcp } = await openMcp(world);
    const session = await begin(mcp);
    await fetchFrom(mcp, address, { method: "DELETE", headers: { "mcp-session-id": session } });
    expect(await isThere(mcp, session)).toBe(false);
  });
});

test("a client that hangs up over a real socket stops the waiting at once", async () => {
  verifies("mcp.abort");
  const { mcp } = await openMcp(world);
  const listener = await listenForTests(
    async (request) => (await mcp.fetch(request)) ?? new Response(null, { status: 404 }),
  );
  try {
    world.provider.nextCheck(...Array.from({ length: 30 }, () => ({ state: "pending" as const })));
    const leave = new AbortController();
    const reply = await fetch(`${listener.url}/mcp`, {
      method: "POST",
      signal: leave.signal,
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "mcp-protocol-version": "2026-07-28",
        "mcp-method": "tools/call",
        "mcp-name": "create_avatar_video",
      },
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: {
          name: "create_avatar_video",
          arguments: {
            video: "https://pictures.example/avc.mp4",
            audio: "https://pictures.example/tone.wav",
            wait_seconds: 45,
          },
          _meta: {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": { name: "raw", version: "1" },
            "io.modelcontextprotocol/clientCapabilities": {},
          },
        },
      }),
    });
    expect(reply.status).toBe(200);
    await world.until(() => world.provider.starts.length === 1);
    const during = world.clock.pending();
    leave.abort();
    // The socket takes real time, more of it on a busy machine; the clock of the waiting stands still.
    const deadline = Date.now() + 30_000;
    while (world.clock.pending() >= during && Date.now() < deadline) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(world.clock.pending()).toBeLessThan(during);
  } finally {
    await listener.close();
  }
});

test("an unknown tool is an error of the protocol", async () => {
  verifies("mcp.errors");
  const { mcp } = await openMcp(world);
  const { error } = await rawRequest(mcp, "tools/call", { name: "no_such_tool", arguments: {} });
  expect(error?.code).toBe(-32602);
  const old = await connectHttp(mcp, "legacy");
  await expect(old.callTool({ name: "no_such_tool", arguments: {} })).rejects.toMatchObject({ code: -32602 });
});
