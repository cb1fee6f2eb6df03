import { type MessageKey, say } from "../messages/sentence.ts";
import { flag } from "./field.ts";
import { defineTool, type ToolAnswer } from "./tool.ts";
import { vendorsOf } from "./vendor-names.ts";

/** Shows what is kept, where and how long; platforms require this of every bot. */
export const showPrivacy = defineTool({
  name: "show_privacy",
  command: "privacy",
  effect: "reads",
  title: { en: "Privacy", "zh-CN": "隐私" },
  summary: {
    en: "Shows what is kept about you, where and for how long.",
    "zh-CN": "说明保存了您的哪些信息、保存在哪里、保存多久。",
  },
  private: true,
  input: {},
  async answer(_input, context) {
    const { caller, retentionDays, jobRetentionDays } = context;
    const { locale } = caller;
    const kept: [MessageKey, string][] = [
      [
        "privacy.jobs",
        jobRetentionDays === 0
          ? say({ key: "privacy.until-forgotten" }, locale)
          : say({ key: "privacy.days-after", values: { days: jobRetentionDays } }, locale),
      ],
      ["privacy.media", say({ key: "privacy.days", values: { days: retentionDays } }, locale)],
      ["privacy.voices", say({ key: "privacy.until-forgotten" }, locale)],
      ["privacy.events", say({ key: "privacy.month" }, locale)],
      ["privacy.sums", say({ key: "privacy.stays" }, locale)],
    ];
    return {
      message: {
        tone: "info",
        title: say({ key: "privacy.title" }, locale),
        lines: [
          say({ key: "privacy.where" }, locale),
          say({ key: "privacy.vendors", values: { vendors: vendorsOf(context) } }, locale),
        ],
        fields: kept.map(([key, value]) => ({ label: say({ key }, locale), value })),
      },
      data: {
        kept: {
          jobs: jobRetentionDays === 0 ? "until erased" : "some days after their end, or until erased",
          ...(jobRetentionDays === 0 ? {} : { jobDaysAfterEnd: jobRetentionDays }),
          mediaDays: retentionDays,
          voices: "until erased",
          eventsAndFormsDays: 30,
          sums: "stay",
        },
        vendors: context.providers.map(({ id }) => id),
        eraseWith: "forget_me",
      },
    };
  },
});

/** Erases what is kept about the caller, once they have confirmed. */
export const forgetMe = defineTool({
  name: "forget_me",
  command: "forget",
  effect: "changes",
  title: { en: "Forget me", "zh-CN": "清除我的信息" },
  summary: {
    en: "Erases what is kept about you here: requests, files, voices. Asks before it does.",
    "zh-CN": "清除您在这里的请求、文件和音色，执行前先确认。",
  },
  primary: "confirm",
  private: true,
  input: {
    confirm: flag({
      title: { en: "Erase for good", "zh-CN": "永久清除" },
      summary: {
        en: "Yes erases everything for good. Default no: says what would be erased.",
        "zh-CN": "“是”即清除，无法恢复。默认否，只说明后果。",
      },
      optional: true,
    }),
  },
  async answer({ confirm }, context): Promise<ToolAnswer> {
    const { locale } = context.caller;
    if (confirm !== true) {
      return {
        message: {
          tone: "question",
          title: say({ key: "forget.ask" }, locale),
          lines: [
            say({ key: "forget.goes" }, locale),
            say({ key: "forget.work" }, locale),
            say({ key: "forget.stays", values: { vendors: vendorsOf(context) } }, locale),
          ],
          actions: [
            {
              action: "form",
              subject: "forget",
              label: say({ key: "forget.confirm" }, locale),
              style: "danger",
              form: { command: "forget", input: { confirm: true } },
            },
          ],
        },
        data: { erased: false, confirmWith: { confirm: true } },
      };
    }
    const underWay = await context.forget();
    const key = underWay === 0 ? "forget.done" : "forget.goes-on";
    return {
      message: { tone: "success", title: say({ key, values: { count: underWay } }, locale) },
      data: { erased: true, jobsUnderWay: underWay },
    };
  },
});
