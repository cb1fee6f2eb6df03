import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import type { Clock } from "../ground/clock.ts";
import { createUndiciHttp } from "./undici-http.ts";

test("parts are heard as they arrive, and a longer silence after one than allowed ends the exchange: timeout, sent", async () => {
  const timers: { delayMs: number; callback(): void; stopped: boolean }[] = [];
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    setTimer(delayMs, callback) {
      const timer = { delayMs, callback, stopped: false };
      timers.push(timer);
      return () => {
        timer.stopped = true;
      };
    },
  };
  const silences = () => timers.filter(({ delayMs }) => delayMs === 7);
  const server = createServer((_request, response) => void response.writeHead(200, { "x-a": "b" }).write("part"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const http = createUndiciHttp({ trustedHosts: () => [host], clock });
  const heard: [string, number, string | undefined][] = [];
  const answering = http.request({
    ...{ method: "POST", url: `http://${host}/`, trust: "configured", timeoutMs: 1_000, maxBytes: 100, silenceMs: 7 },
    onPart(part, { status, headers }) {
      heard.push([Buffer.from(part).toString(), status, headers["x-a"]]);
      expect(silences().map(({ stopped }) => stopped)).toEqual([true, false]);
      silences().at(-1)!.callback();
    },
  });
  await expect(answering).rejects.toMatchObject({ reason: "timeout", sent: true });
  expect(heard).toEqual([["part", 200, "b"]]);
  expect(timers.every(({ stopped }) => stopped)).toBe(true);
  await http.close();
  server.closeAllConnections();
  server.close();
});
