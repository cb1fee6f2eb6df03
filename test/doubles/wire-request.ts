import type { Json } from "@toolcast/core";
import { expect } from "vitest";
import type { RecordedExchange } from "./recording-http.ts";
import { shapeOf, type WireFixture } from "./wire-fixtures.ts";

const withoutType = (field: string) => field.replace(/: [^:]*$/, "");

/** A request must contain nothing undocumented and everything required. */
export function expectRequest({ request }: WireFixture, exchange: RecordedExchange): void {
  const sent: Json = exchange.sent === "" ? {} : JSON.parse(exchange.sent);
  const sentFields = exchange.sent === "" ? [] : shapeOf(sent);
  const documented = request.example === undefined ? [] : shapeOf(request.example);
  expect(documented).toEqual(expect.arrayContaining(sentFields));
  const marked = Object.entries(request.body ?? {}).flatMap(([name, { required }]) => (required ? [name] : []));
  expect(sentFields.map(withoutType)).toEqual(expect.arrayContaining(request.required ?? marked));

  const query = [...exchange.url.searchParams.keys()];
  const queryNames = Array.isArray(request.query) ? request.query : Object.keys(request.query ?? {});
  expect(queryNames).toEqual(expect.arrayContaining(query));
  if (!Array.isArray(request.query)) {
    expect(query).toEqual(expect.arrayContaining(queryNames));
  }

  for (const [name, value] of Object.entries(request.headers ?? {})) {
    if (name === "authorization-token") {
      expect(Boolean(exchange.headers[name])).toBe(!exchange.url.pathname.endsWith("oauth/token"));
    } else if (name !== "content-type" || exchange.sent !== "") {
      expect(exchange.headers[name]).toMatch(value === "Bearer" ? /^Bearer sk-/ : value);
    }
  }
  expect(exchange.headers["x-dashscope-async"]).toBe(request.headers?.["x-dashscope-async"]);
}
