import { expect, test } from "vitest";
import { detection } from "./wire.ts";

// @verifies provider.contract

test.each([{}, { humanoid: true }, { message: "" }, { check_pass: null, face_bbox: null }])(
  "an answer about a picture that says neither yes nor no is no refusal of it: %j",
  (output) => {
    expect(detection.safeParse({ output }).success).toBe(false);
  },
);

test.each([
  { check_pass: false, humanoid: false },
  { pass: true, message: "success" },
  { code: "InvalidImage.NoHumanFace", message: "no face" },
  { face_bbox: [1, 2, 3, 4], ext_bbox: [1, 2, 3, 4] },
])("an answer that says so is one: %j", (output) => {
  expect(detection.safeParse({ output }).success).toBe(true);
});
