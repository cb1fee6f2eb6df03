import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { onceBodyBegins } from "./when-body-ends.ts";

// @verifies mcp.overhead
test("what is answered in the same turn goes out with its headers", async () => {
  let answered = false;
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      for (let step = 0; step < 100; step += 1) {
        await null;
      }
      answered = true;
      controller.enqueue(Buffer.from("answer"));
      controller.close();
    },
  });
  let ends = 0;
  const response = await onceBodyBegins(new Response(body, { status: 207, headers: { "x-kept": "yes" } }), () => {
    ends += 1;
  });
  expect(answered).toBe(true);
  expect([response.status, response.headers.get("x-kept")]).toEqual([207, "yes"]);
  expect(await response.text()).toBe("answer");
  expect(ends).toBe(1);
});

// @verifies mcp.overhead
test("a call that takes longer has its headers sent before its answer", async () => {
  let give = (_part: string) => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      give = (part) => controller.enqueue(Buffer.from(part));
    },
  });
  let ends = 0;
  const response = await onceBodyBegins(new Response(body), () => {
    ends += 1;
  });
  const reader = response.body!.getReader();
  give("first");
  expect(Buffer.from((await reader.read()).value!).toString()).toBe("first");
  give("second");
  expect(Buffer.from((await reader.read()).value!).toString()).toBe("second");
  expect(ends).toBe(0);
  await reader.cancel();
  await setImmediate();
  expect(ends).toBe(1);
});
