import { expect, test } from "vitest";
import { regionTitle } from "./regions.ts";

test.each([
  ["dashscope.aliyuncs.com", "Beijing"],
  ["ws-1.cn-beijing.maas.aliyuncs.com", "Beijing"],
  ["dashscope-intl.aliyuncs.com", "Singapore"],
  ["ws-1.ap-southeast-1.maas.aliyuncs.com", "Singapore"],
  ["dashscope-us.aliyuncs.com", "US (Virginia)"],
  ["ws-1.us-east-1.maas.aliyuncs.com", "US (Virginia)"],
  ["ws-1.cn-hongkong.maas.aliyuncs.com", "Hong Kong"],
  ["ws-1.eu-central-1.maas.aliyuncs.com", "Germany (Frankfurt)"],
  ["127.0.0.1:4000", "127.0.0.1:4000"],
])("%s serves %s", (host, region) => {
  expect(regionTitle(host).en).toBe(region);
});
