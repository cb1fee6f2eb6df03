import { expect, test } from "vitest";
import { jobIdOf } from "../../adapters/mcp/card/job-question.ts";

const [job, other] = ["job_aaaaaaaaaaaaaaaaaaaa", "job_bbbbbbbbbbbbbbbbbbbb"];
const content = [{ type: "text" as const, text: `A picture of ${other}.` }];

// @verifies mcp.card
test("a result is about the job that its facts name, whatever its text mentions", () => {
  expect(jobIdOf({ content, structuredContent: { message: other, job_id: job } })).toBe(job);
  expect(jobIdOf({ content, structuredContent: { message: other } })).toBeNull();
});

// @verifies mcp.card
test("from a host that passes on only the text, it is the job that the text names", () => {
  expect(jobIdOf({ content })).toBe(other);
  expect(jobIdOf({ content: [{ type: "text", text: "A quote." }] })).toBeNull();
});
