import { builtInTools } from "@toolcast/core";
import type { APIApplicationCommand } from "discord.js";
import { expect, test } from "vitest";
import { commandsFor } from "./commands.ts";
import { commandChanges } from "./register.ts";

const wanted = commandsFor(builtInTools, "global").map(({ body }) => body);

/** As Discord returns a command: with its defaults and ids, in its own order. */
function asStored(body: object, id: number): APIApplicationCommand {
  const { options = [], ...rest } = JSON.parse(JSON.stringify(body)) as { options?: Record<string, unknown>[] };
  return {
    ...{
      id: String(id),
      application_id: "1",
      version: "2",
      nsfw: false,
      default_permission: true,
      dm_permission: true,
    },
    ...rest,
    options: options.map(({ required, autocomplete, ...option }) => ({
      ...option,
      ...(required ? { required } : {}),
      ...(autocomplete ? { autocomplete } : {}),
    })),
  } as unknown as APIApplicationCommand;
}

/** @verifies discord.registered-once */
test("what Discord adds is not a change; every difference in our fields is", () => {
  const present = wanted.map(asStored);
  expect(commandChanges(wanted, present)).toEqual({ changed: [], removed: [] });
  const differing = structuredClone(wanted);
  differing[0]!.description = "Another.";
  differing[1]!.options![0]!.name_localizations = { "zh-CN": "别的" };
  differing[2]!.default_member_permissions = "0";
  expect(commandChanges(differing, present).changed.map(({ name }) => name)).toEqual(
    differing.slice(0, 3).map(({ name }) => name),
  );
  const menu = { ...present[0]!, type: 2, name: "A menu", id: "900" } as unknown as APIApplicationCommand;
  expect(commandChanges(wanted.slice(1), [...present, menu])).toEqual({ changed: [], removed: ["0"] });
});
