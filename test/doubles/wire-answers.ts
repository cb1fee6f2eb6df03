import type { Json } from "@toolcast/core";
import { expect } from "vitest";
import type { RecordedExchange } from "./recording-http.ts";
import { type RecordedAnswer, shapeOf, type WireFixture, wireFixture, wireFixtureNames } from "./wire-fixtures.ts";

/** The fixtures that exchanges were compared with, as `vendor/name`. */
export const seen = new Set<string>();

/** What the fixtures say about an exchange: its request, and the answers of that kind. */
export function fixtureOf(vendor: string, exchange: RecordedExchange, started: WireFixture | undefined): WireFixture {
  const isTask = /\/tasks\/[^/]+$/.test(exchange.url.pathname);
  const body = exchange.sent === "" ? {} : JSON.parse(exchange.sent);
  const found = wireFixtureNames(vendor).find((name) => {
    const { call, request, posted } = wireFixture<WireFixture & { posted?: object }>(vendor, name);
    if (call?.method !== exchange.method || posted !== undefined) {
      return false;
    }
    const example = request.example as { model?: string; input?: { action?: string } } | undefined;
    const pattern = new RegExp(`${call.path.replace("task-1", "[^/]+")}$`);
    return (
      pattern.test(exchange.url.pathname) &&
      example?.model === body.model &&
      example?.input?.action === body.input?.action
    );
  });
  if (found === undefined && isTask && started !== undefined) {
    return { ...started, call: { method: "GET", path: "tasks" }, request: { headers: { authorization: "Bearer" } } };
  }
  expect(found, `${exchange.method} ${exchange.url.pathname} ${exchange.sent}`).toBeDefined();
  seen.add(`${vendor}/${found}`);
  return wireFixture(vendor, found!);
}

/** A recorded refusal of each vendor: every call may be refused like this. */
const refusals: Record<string, RecordedAnswer | undefined> = {
  xjc: wireFixture("xjc", "oauth-token").answers.find(
    ({ body }) => (body as { data?: Json } | undefined)?.data === null,
  ),
  dashscope: wireFixture("dashscope", "envelopes").answers[0],
};

/** Every field of the answer must occur, with its type, in one of the recorded answers. */
export function expectAnswer(vendor: string, fixture: WireFixture, text: string): void {
  const refusal = refusals[vendor];
  const answers = [...fixture.answers, ...(fixture.tasks ?? []), ...(refusal === undefined ? [] : [refusal])];
  const recorded = answers.map(({ body }) => body ?? fixture.printed);
  const shapes = recorded.map((body) => shapeOf(body).join("\n"));
  expect(shapes).toContain(shapeOf(JSON.parse(text)).join("\n"));
}
