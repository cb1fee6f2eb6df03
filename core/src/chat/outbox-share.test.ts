import { expect, test } from "vitest";
import { createManualClock } from "../../../test/manual-clock.ts";
import { Outbox } from "./outbox.ts";
import { sendFailures } from "./send-failure.ts";

/** @verifies chat.paced */
test("requests of one conversation that hang leave room to the others", async () => {
  const clock = createManualClock();
  const failures = sendFailures("Roomy");
  const outbox = new Outbox({ clock, failures, readFailure: failures.connection, concurrent: 12 });
  const budgets = (name: string) => [{ name }, { name: "bot" }];
  const hanging = Promise.withResolvers<string>();
  const slow = Array.from({ length: 20 }, () => outbox.send({ budgets: budgets("slow") }, () => hanging.promise));
  expect(outbox.hasRoom(budgets("slow"))).toBe(false);
  expect(outbox.hasRoom(budgets("other"))).toBe(true);
  const others = Array.from({ length: 20 }, (_, index) =>
    outbox.send({ budgets: budgets("other") }, async () => `other ${index}`),
  );
  expect(await Promise.all(others)).toHaveLength(20);
  hanging.resolve("slow");
  expect(await Promise.all(slow)).toEqual(Array(20).fill("slow"));
});
