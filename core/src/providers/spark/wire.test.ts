import fc from "fast-check";
import { expect, test } from "vitest";
import { readAnswer, readFrame } from "./wire.ts";

test("a success is read whatever else it contains and whatever its status", () => {
  for (const status of [0, 2]) {
    const answer = {
      header: { code: 0, message: "Success", sid: "cht1", status, trace: 1 },
      payload: { choices: { status: 2, seq: 0, text: [{ content: "AAAA", index: 0, role: "assistant" }], more: {} } },
    };
    expect(readAnswer(JSON.stringify(answer))).toEqual({
      kind: "service",
      code: 0,
      message: "Success",
      sid: "cht1",
      content: "AAAA",
    });
  }
});

test.each([
  [{ header: { code: 10021, message: "refused", sid: "s" } }, 10021],
  [{ header: { code: "10021", message: null } }, 10021],
  [{ header: { code: 10021 }, payload: null }, 10021],
  [{ header: { code: 10021 }, payload: "odd" }, 10021],
])("a refusal is read from %j", (json, code) => {
  expect(readAnswer(JSON.stringify(json))).toMatchObject({ kind: "service", code, content: undefined });
});

test.each(["", "null", "[]", "{}", '{"header":{}}', '{"header":{"code":null}}', '{"header":{"code":""}}', "<html>"])(
  "%s is not a success",
  (text) => {
    expect(readAnswer(text)).toEqual({ kind: "unreadable" });
  },
);

test("the gateway's own answers are recognized", () => {
  expect(readAnswer('{"message":"Unauthorized"}')).toEqual({ kind: "gateway", message: "Unauthorized" });
});

test("no possible answer throws or is taken for a success", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const answer = readAnswer(text);
      expect(answer.kind === "service" && answer.code === 0).toBe(false);
    }),
  );
});

test.each([null, 7, "x", {}, { content: null }])("%j before the picture or among the words is passed over", (odd) => {
  // @verifies paid-once.missing-parts, provider.contract
  const body = (code: number) => ({
    header: { code, sid: "s" },
    payload: { choices: { status: 2, text: [odd, { content: "QUJD" }] } },
  });
  expect(readAnswer(JSON.stringify(body(0)))).toMatchObject({ kind: "service", content: "QUJD" });
  expect(readFrame(JSON.stringify(body(0)))).toMatchObject({ content: "QUJD", last: true });
});
