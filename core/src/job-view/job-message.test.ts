import { assert, expect, test } from "vitest";
import { sampleJob } from "../../../test/sample-job.ts";
import { silentLogger } from "../ground/logger.ts";
import { builtInTools } from "../tools/built-in-tools.ts";
import { jobName } from "./job-message.ts";

test("the name of a job has the punctuation of its language", () => {
  // @verifies understood.both-languages
  for (const [locale, name] of [
    ["en", "Generate an image “日照金山”"],
    ["zh-CN", "生成图片“日照金山”"],
  ] as const) {
    const job = sampleJob("job_named");
    const tool = builtInTools.find((candidate) => candidate.name === job.tool);
    assert(tool?.effect === "spends");
    expect(jobName({ job, caller: { ...job.caller, locale }, tool, logger: silentLogger })).toBe(name);
  }
});
