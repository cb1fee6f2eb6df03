import { isObject, type JsonObject } from "../json.ts";
import { refusedFor, SlackError } from "./api-error.ts";
import { checkBlocks } from "./block-rules.ts";
import type { FileRule } from "./element-rules.ts";
import { createFieldCheck } from "./field-check.ts";
import { slackLimits } from "./limits.ts";

/** Checks a view as given; throws `invalid_arguments` with what is wrong and where. */
export function checkView(value: unknown, type: "modal" | "home", fileRule: FileRule): JsonObject {
  const check = createFieldCheck();
  const view = check.object("/view", value) ?? {};
  if (JSON.stringify(view).length > slackLimits.view.bytes) {
    throw new SlackError("view_too_large");
  }
  check.oneOf("/view/type", view.type, [type], false);
  const blocks = checkBlocks(check, "/view/blocks", view.blocks, {
    surface: type,
    max: slackLimits.view.blocks,
    fileRule,
  });
  const titled = { max: slackLimits.view.title, kinds: "plain" as const };
  if (type === "modal") {
    check.text("/view/title", view.title, titled);
    const hasInputs = blocks.some((block) => isObject(block) && block.type === "input");
    check.text("/view/submit", view.submit, { ...titled, optional: !hasInputs });
    check.text("/view/close", view.close, { ...titled, optional: true });
  }
  check.string("/view/private_metadata", view.private_metadata, {
    max: slackLimits.view.privateMetadata,
    optional: true,
  });
  for (const name of ["callback_id", "external_id"]) {
    check.string(`/view/${name}`, view[name], { max: slackLimits.view.callbackId, optional: true });
  }
  if (check.problems.length > 0) {
    throw refusedFor("invalid_arguments", check.problems);
  }
  return view;
}
