import { getEventListeners } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import type { Clock } from "../ground/clock.ts";
import { type Http, HttpError, type HttpRequest } from "./http.ts";
import { createUndiciHttp } from "./undici-http.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) {
    await close();
  }
});
const directory = mkdtempSync(join(tmpdir(), "toolcast-http-"));
afterAll(() => rmSync(directory, { recursive: true }));

async function listening(server: Server | TcpServer): Promise<string> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    for (const socket of sockets) {
      socket.destroy();
    }
    return new Promise((resolve) => server.close(resolve));
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const serve = (listener: RequestListener) => listening(createServer(listener));
const serveTcp = (onSocket: (socket: Socket) => void) => listening(createTcpServer(onSocket));

/** A clock whose only timer is fired by the test. */
function handClock(): Clock & { fire(): void } {
  const timers = new Set<() => void>();
  return {
    now: () => 0,
    monotonic: () => 0,
    setTimer(_delayMs, callback) {
      timers.add(callback);
      return () => timers.delete(callback);
    },
    fire: () => {
      for (const callback of timers) {
        callback();
      }
    },
  };
}

function httpFor(trusted: string[], more: Partial<Parameters<typeof createUndiciHttp>[0]> = {}): Http {
  const http = createUndiciHttp({ trustedHosts: () => trusted, ...more });
  closing.push(() => http.close());
  return http;
}

const ask = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: "GET",
  url,
  trust: "configured",
  timeoutMs: 5000,
  maxBytes: 1000,
  ...more,
});

async function failure(promise: Promise<unknown>): Promise<{ reason: string; sent: boolean; message: string }> {
  const error = await promise.then(
    () => expect.fail("expected a failure"),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(HttpError);
  const { reason, sent, message } = error as HttpError;
  expect(`${message} ${String((error as Error).cause)}`).not.toMatch(/secret|path/);
  return { reason, sent, message };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) {
    text += chunk;
  }
  return text;
}

describe("an exchange with an answer", () => {
  it("carries method, headers and body, joins repeated headers and reads the body", async () => {
    const host = await serve(async (request, response) => {
      response.setHeader("X-Two", ["a", "b"]);
      response.statusCode = 201;
      response.end(
        `${request.method} ${request.url} ${request.headers["x-key"]} ${request.headers["accept-encoding"]} ${await bodyOf(request)}`,
      );
    });
    const answer = await httpFor([host]).request(
      ask(`http://${host}/path?q=1`, { method: "POST", headers: { "X-Key": "k" }, body: "hello" }),
    );
    expect(answer.status).toBe(201);
    expect(answer.headers["x-two"]).toBe("a, b");
    expect(answer.text()).toBe("POST /path?q=1 k identity hello");
  });

  it("gives each POST its own connection, while reads share one", async () => {
    const ports: (number | undefined)[] = [];
    const host = await serve((request, response) => {
      ports.push(request.socket.remotePort);
      response.end();
    });
    const http = httpFor([host]);
    for (const method of ["POST", "POST", "GET", "GET"] as const) {
      await http.request(ask(`http://${host}/`, { method }));
      // The connection is released a moment after the answer has been read.
      await setImmediate();
    }
    expect(new Set(ports).size).toBe(3);
    expect(ports[2]).toBe(ports[3]);
  });

  it("answers HEAD although its headers describe a large, compressed body", async () => {
    const host = await serve((_request, response) => {
      response.setHeader("content-length", 5_000_000);
      response.setHeader("content-encoding", "gzip");
      response.end();
    });
    const answer = await httpFor([host]).request(ask(`http://${host}/`, { method: "HEAD" }));
    expect(answer.headers["content-length"]).toBe("5000000");
  });

  it("returns a configured host's redirect instead of following it", async () => {
    const host = await serve((_request, response) => response.writeHead(302, { location: "/else" }).end());
    expect((await httpFor([host]).request(ask(`http://${host}/`))).status).toBe(302);
  });
});

describe("an exchange without an answer", () => {
  it("connection refused: connect, not sent", async () => {
    const host = await serve(() => {});
    await closing.pop()?.();
    for (const method of ["GET", "POST"] as const) {
      const failed = await failure(httpFor([host]).request(ask(`http://${host}/path?secret=1`, { method })));
      expect(failed).toMatchObject({ reason: "connect", sent: false, message: `connect (${host})` });
    }
  });

  it("unknown name: connect, not sent", async () => {
    const lookup = () => Promise.reject(Object.assign(new Error("no such name"), { code: "ENOTFOUND" }));
    const http = httpFor(["nowhere.example"], { lookup });
    expect(await failure(http.request(ask("http://nowhere.example/path")))).toMatchObject({
      reason: "connect",
      sent: false,
    });
  });

  it("a TLS handshake that never ends: timeout, not sent", async () => {
    const clock = handClock();
    const host = await serveTcp((socket) => socket.once("data", () => clock.fire()));
    const http = httpFor([host], { clock });
    expect(await failure(http.request(ask(`https://${host}/path`, { method: "POST" })))).toMatchObject({
      reason: "timeout",
      sent: false,
    });
  });

  it("a TLS handshake that is cut: connect, not sent", async () => {
    const host = await serveTcp((socket) => socket.once("data", () => socket.destroy()));
    expect(await failure(httpFor([host]).request(ask(`https://${host}/`, { method: "POST" })))).toMatchObject({
      reason: "connect",
      sent: false,
    });
  });

  it("silence after the request: timeout, sent", async () => {
    const clock = handClock();
    const host = await serve(() => clock.fire());
    expect(await failure(httpFor([host], { clock }).request(ask(`http://${host}/`, { method: "POST" })))).toMatchObject(
      { reason: "timeout", sent: true },
    );
  });

  it("silence in the middle of the body: timeout, sent", async () => {
    const clock = handClock();
    const host = await serve((_request, response) => {
      response.writeHead(200);
      response.write("part", () => setImmediate().then(() => clock.fire()));
    });
    expect(await failure(httpFor([host], { clock }).request(ask(`http://${host}/`)))).toMatchObject({
      reason: "timeout",
      sent: true,
    });
  });

  it("a connection cut after the request, or within the body: reset, sent, and asked once", async () => {
    let requests = 0;
    const host = await serve((request, response) => {
      requests += 1;
      if (request.method === "GET") {
        response.writeHead(200, { "content-length": 10 });
        response.write("half", () => request.socket.destroy());
      } else {
        request.socket.destroy();
      }
    });
    for (const method of ["GET", "POST"] as const) {
      expect(await failure(httpFor([host]).request(ask(`http://${host}/`, { method })))).toMatchObject({
        reason: "reset",
        sent: true,
      });
    }
    expect(requests).toBe(2);
  });

  it("garbage instead of HTTP: protocol, sent", async () => {
    const host = await serveTcp((socket) => socket.once("data", () => socket.end("secret nonsense\r\n\r\n")));
    expect(await failure(httpFor([host]).request(ask(`http://${host}/`, { method: "POST" })))).toMatchObject({
      reason: "protocol",
      sent: true,
    });
  });

  it("cancelled before and after sending", async () => {
    const controller = new AbortController();
    const host = await serve(() => controller.abort());
    const http = httpFor([host]);
    const request = ask(`http://${host}/`, { method: "POST", signal: controller.signal });
    expect(await failure(http.request(request))).toMatchObject({ reason: "cancelled", sent: true });
    expect(await failure(http.request(request))).toMatchObject({ reason: "cancelled", sent: false });
  });

  it("cancelled by closing", async () => {
    let asked = () => {};
    const arrived = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const host = await serve(() => asked());
    const http = httpFor([host]);
    const failing = failure(http.request(ask(`http://${host}/`, { method: "POST" })));
    await arrived;
    await http.close();
    expect(await failing).toMatchObject({ reason: "cancelled", sent: true });
  });

  it("leaves no listener on a signal after a thousand calls", async () => {
    const host = await serve((request, response) =>
      request.url === "/ok" ? response.end() : request.socket.destroy(),
    );
    const http = httpFor([host]);
    const { signal } = new AbortController();
    for (let call = 0; call < 1000; call += 1) {
      await http.request(ask(`http://${host}/${call % 10 === 0 ? "no" : "ok"}`, { signal })).catch(() => {});
    }
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  }, 20_000);
});

describe("the cap", () => {
  it.each([
    ["declared", { "content-length": "1001" }, 1001],
    ["chunked", {}, 1001],
  ])("%s: one byte too many is refused, the last allowed byte is read", async (_name, headers, bytes) => {
    const host = await serve((request, response) => {
      const size = request.url === "/over" ? bytes : 1000;
      response.writeHead(200, request.url === "/over" ? headers : {});
      response.end(Buffer.alloc(size));
    });
    const http = httpFor([host]);
    expect(await failure(http.request(ask(`http://${host}/over`)))).toMatchObject({ reason: "too-large", sent: true });
    expect((await http.request(ask(`http://${host}/fits`))).body).toHaveLength(1000);
  });

  // @verifies safe.body-caps
  it("counts the decompressed bytes of a compressed body", async () => {
    const host = await serve((request, response) => {
      response.writeHead(200, { "content-encoding": "gzip" });
      response.end(gzipSync(request.url === "/bomb" ? Buffer.alloc(10_000_000) : "unfolded"));
    });
    const http = httpFor([host]);
    expect((await failure(http.request(ask(`http://${host}/bomb`, { maxBytes: 20_000 })))).reason).toBe("too-large");
    expect((await http.request(ask(`http://${host}/`))).text()).toBe("unfolded");
  });

  it("a compressed body that is broken: protocol", async () => {
    const host = await serve((_request, response) => {
      response.writeHead(200, { "content-encoding": "gzip" });
      response.end("not gzip");
    });
    expect((await failure(httpFor([host]).request(ask(`http://${host}/`)))).reason).toBe("protocol");
  });
});

describe("trust", () => {
  const foreign = { trust: "foreign" } as const;
  const toLoopback = async () => [{ address: "127.0.0.1", family: 4 }];

  it("configured: any other host is blocked", async () => {
    const host = await serve((_request, response) => response.end());
    expect(await failure(httpFor(["other.example"]).request(ask(`http://${host}/`)))).toMatchObject({
      reason: "blocked",
      sent: false,
    });
  });

  it.each(["ftp://files.example/", "file:///etc/passwd", "http://user:secret@pictures.example/", "not an address"])(
    "foreign: %s is blocked",
    async (url) => {
      expect(await failure(httpFor([]).request(ask(url, foreign)))).toMatchObject({ reason: "blocked", sent: false });
    },
  );

  // @verifies safe.private-networks
  it("foreign: loopback is blocked as a literal and behind a name, unless it is the operator's own host", async () => {
    const host = await serve((_request, response) => response.end("mine"));
    const port = host.split(":")[1];
    const strangers = httpFor([], { lookup: toLoopback });
    for (const url of [`http://${host}/`, `http://[::1]:${port}/`, `http://inside.example:${port}/`]) {
      expect(await failure(strangers.request(ask(url, foreign)))).toMatchObject({ reason: "blocked", sent: false });
    }
    expect((await httpFor([host]).request(ask(`http://${host}/`, foreign))).text()).toBe("mine");
  });

  // @verifies safe.private-networks
  it("foreign: each hop is checked, and a hop to a private address is blocked", async () => {
    let reached = false;
    const inside = await serve((_request, response) => {
      reached = true;
      response.end();
    });
    const host = await serve((_request, response) => response.writeHead(302, { location: `http://${inside}/` }).end());
    expect(await failure(httpFor([host]).request(ask(`http://${host}/`, foreign)))).toMatchObject({
      reason: "blocked",
      sent: true,
    });
    expect(reached).toBe(false);
  });

  it("foreign: five redirects are followed, six are not; secrets stay with the first host", async () => {
    const seen: (string | undefined)[] = [];
    const last = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.end("end");
    });
    const host = await serve((request, response) => {
      seen.push(request.headers.authorization);
      const left = Number(request.url?.slice(1));
      response.writeHead(302, { location: left === 1 ? `http://${last}/` : `/${left - 1}` }).end();
    });
    const http = httpFor([host, last]);
    const headers = { authorization: "Bearer secret" };
    expect((await http.request(ask(`http://${host}/5`, { ...foreign, headers }))).text()).toBe("end");
    expect(seen).toEqual([...Array<string>(5).fill("Bearer secret"), undefined]);
    expect((await failure(http.request(ask(`http://${host}/6`, foreign)))).reason).toBe("protocol");
  });

  it("foreign: redirects are never followed for anything but reads", async () => {
    const host = await serve((_request, response) => response.writeHead(307, { location: "/else" }).end());
    expect((await httpFor([host]).request(ask(`http://${host}/`, { ...foreign, method: "POST" }))).status).toBe(307);
  });
});

describe("download", () => {
  it("writes the body to a file", async () => {
    const host = await serve((_request, response) =>
      response.writeHead(200, { "content-type": "image/png" }).end("bytes"),
    );
    const file = join(directory, "whole");
    const end = await httpFor([host]).download(ask(`http://${host}/`), file);
    expect(end).toMatchObject({ bytes: 5, status: 200, headers: { "content-type": "image/png" } });
    expect(readFileSync(file, "utf8")).toBe("bytes");
  });

  it("leaves no file when it fails, and reports a failing disk as such", async () => {
    const host = await serve((_request, response) => response.end(Buffer.alloc(2000)));
    const http = httpFor([host]);
    const file = join(directory, "half");
    expect((await failure(http.download(ask(`http://${host}/`), file))).reason).toBe("too-large");
    expect(existsSync(file)).toBe(false);
    await expect(http.download(ask(`http://${host}/`), join(directory, "absent", "x"))).rejects.toMatchObject({
      code: "ENOENT",
    });
  });
});
