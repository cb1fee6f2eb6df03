import { describe, expect, test } from "vitest";
import { Policy } from "../../core/src/money/policy.ts";
import { ada } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

describe("an outsider", () => {
  const guest = { ...ada, id: "chat:guest", outsider: true };
  const asks = (access: { tool: string; allowed: string[] }[] = [], operators: string[] = []) => {
    const policy = new Policy({ operators, access });
    return (effect: "reads" | "spends") => policy.mayUse({ command: "image", effect }, guest);
  };

  test("may read, and spends only if a rule names them", () => {
    verifies("slack.closed");
    expect(asks()("reads")).toBe(true);
    expect(asks()("spends")).toBe(false);
    expect(asks([{ tool: "image", allowed: [ada.id] }])("spends")).toBe(false);
    expect(asks([{ tool: "image", allowed: [guest.id] }])("spends")).toBe(true);
    expect(asks([{ tool: "*", allowed: [guest.id] }])("spends")).toBe(true);
    expect(asks([], [guest.id])("spends")).toBe(true);
  });
});
