import { expect, test } from "vitest";
import { ada, createInstallation, startJob } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

test("a job's timeline shows no internal name: steps, routes and units are in the reader's language", async () => {
  verifies("understood.both-languages");
  await using installation = await createInstallation();
  const process = await installation.open();
  const { id } = await startJob(process, "image", { prompt: "x" });
  await installation.until(() => installation.platform.posted.length === 1);
  const story = async (locale: "en" | "zh-CN") => {
    const reply = await process.runtime.call({ tool: "job", input: { job: id }, caller: { ...ada, locale } });
    return (reply.message.fields ?? []).filter(({ label }) => /\d:\d\d/.test(label)).map(({ value }) => value);
  };
  expect(await story("en")).toEqual([
    "Requested by you",
    "Sending step “Picture 1” to the vendor",
    "Step “Picture 1” is done; charged 2 points",
    "Finished",
    "Delivered (as a message)",
  ]);
  expect(await story("zh-CN")).toEqual([
    "您提出请求",
    "正在向服务商提交步骤“第 1 张图片”",
    "步骤“第 1 张图片”已完成，扣费 2 点",
    "全部完成",
    "已送达（发送消息）",
  ]);
});
