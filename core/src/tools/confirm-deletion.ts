import { flag } from "./field.ts";

/** The input without which a tool that deletes only says what it would delete. */
export const confirmDeletion = flag({
  title: { en: "Delete for good", "zh-CN": "永久删除" },
  summary: {
    en: "Yes deletes. Default no: says what would happen.",
    "zh-CN": "“是”即删除，默认否。",
  },
  optional: true,
});
