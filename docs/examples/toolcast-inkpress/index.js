import { choice, defineTool, step, text } from "@toolcast/core";
import { defineProvider, settingSchema } from "@toolcast/core/provider";
import { z } from "zod";

const title = { en: "Inkpress", "zh-CN": "墨印工坊" };

/** The vendor: posters from a headline, as tasks that end with an address. */
export const inkpress = defineProvider({
  id: "inkpress",
  title,
  settings: [
    {
      variable: "INKPRESS_KEY",
      summary: { en: "API key of the account.", "zh-CN": "账号的 API Key。" },
      ...{ secret: true, required: true },
    },
    {
      variable: "INKPRESS_URL",
      summary: { en: "Address of the service.", "zh-CN": "服务地址。" },
      default: "https://api.inkpress.example",
    },
    {
      variable: "INKPRESS_CONCURRENT",
      summary: { en: "Posters pressed at the same time, 1 to 10.", "zh-CN": "同时印制的海报数，1 到 10。" },
      default: "2",
    },
  ],
  schema: z
    .object({
      INKPRESS_KEY: settingSchema.requiredText("INKPRESS_KEY"),
      INKPRESS_URL: settingSchema.address("INKPRESS_URL", "https://api.inkpress.example"),
      INKPRESS_CONCURRENT: settingSchema.optionalNumber("INKPRESS_CONCURRENT", { min: 1, max: 10, whole: true }),
    })
    .transform((given) => ({
      key: given.INKPRESS_KEY,
      url: given.INKPRESS_URL,
      concurrent: given.INKPRESS_CONCURRENT ?? 2,
    })),
  hosts: ({ url }) => [settingSchema.hostOf(url)],
  onLoopback: ({ url }) => settingSchema.isLoopback(url),
  limits: ({ concurrent }) => ({ concurrent, startsPerSecond: 5 }),
  errors: [
    {
      code: "NoInk",
      says: "the account has no ink left",
      policy: "money",
      meaning: { en: "The Inkpress account has no ink left.", "zh-CN": "墨印工坊账号的墨水已用完。" },
      remedy: { en: "Buy ink at Inkpress.", "zh-CN": "请到墨印工坊购买墨水。" },
    },
    {
      code: "PressBusy",
      says: "all presses are busy",
      ...{ policy: "capacity", afterMs: 300 },
      meaning: { en: "All presses are busy.", "zh-CN": "印刷机全部在忙。" },
      remedy: { en: "Nothing to do: it is tried again.", "zh-CN": "无需处理，稍后自动重试。" },
    },
  ],
  create(settings, { http, failures }) {
    const send = createSend(settings, http, failures);
    return {
      operations: { poster: posterOperation(send, failures) },
      async balance(signal) {
        const { sheets } = await read(send, failures, "account", signal);
        return { amount: sheets, unit: "sheets", quotas: [] };
      },
      async doctor(signal) {
        const { owner } = await read(send, failures, "account", signal);
        const sentence = { en: `The key belongs to ${owner}.`, "zh-CN": `密钥属于 ${owner}。` };
        return [{ level: "ok", sentence }];
      },
    };
  },
});

function posterOperation(send, failures) {
  return {
    maxDurationMs: 10 * 60_000,
    firstCheckAfterMs: 200,
    price: () => ({ known: true, amount: 3, unit: "sheets" }),
    async start({ headline, colour = "black" }) {
      try {
        const { data, refused, trouble } = await send("POST", "posters", { headline, colour });
        if (refused) return { end: "refused", failure: refused };
        return data ? { end: "operation", reference: { id: data.id }, requestId: data.id } : failures.startEnd(trouble);
      } catch (error) {
        return failures.startEnd(error);
      }
    },
    async check({ id }, { signal }) {
      const { state, url, error } = await read(send, failures, `posters/${id}`, signal);
      if (state === "failed") {
        return { state, failure: failures.refused({ ...error, requestId: id }) };
      }
      if (state === "done") {
        const charge = { amount: 3, unit: "sheets" };
        return { state, output: { media: [{ url, name: "poster.png" }], charge, requestId: id } };
      }
      return { state: "pending", checkAfterMs: 200 };
    },
  };
}

/** One call: what came, the vendor's no, or why neither can be read. Throws what `http` throws; repeats nothing. */
function createSend({ url, key }, http, failures) {
  return async (method, path, body, signal) => {
    const answer = await http.request({
      ...{ method, url: `${url}/${path}`, signal, trust: "configured", timeoutMs: 10_000, maxBytes: 65_536 },
      headers: { authorization: `Bearer ${key}`, ...(body ? { "content-type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    let data;
    try {
      data = JSON.parse(answer.text());
    } catch {
      return { trouble: answer.status === 200 ? "unreadable" : { httpStatus: answer.status } };
    }
    if (data.error) return { refused: failures.refused({ ...data.error, httpStatus: answer.status }) };
    return { data };
  };
}

/** A question that costs nothing. */
async function read(send, failures, path, signal) {
  let answer;
  try {
    answer = await send("GET", path, undefined, signal);
  } catch (error) {
    throw failures.notReadable(error);
  }
  if (answer.refused) throw failures.asError(answer.refused);
  if (answer.trouble) throw failures.notReadable(answer.trouble);
  return answer.data;
}

export const makePoster = defineTool({
  name: "make_poster",
  command: "poster",
  effect: "spends",
  title: { en: "Poster", "zh-CN": "海报" },
  summary: { en: "Presses a poster with a headline.", "zh-CN": "印制带标题的海报。" },
  primary: "headline",
  input: {
    headline: text({
      title: { en: "Headline", "zh-CN": "标题" },
      summary: { en: "What it says in large letters, up to 60 characters.", "zh-CN": "海报上的大字，最多 60 字。" },
      maxLength: 60,
    }),
    colour: choice({
      title: { en: "Colour", "zh-CN": "颜色" },
      summary: { en: "Of the letters. Default: black.", "zh-CN": "文字颜色，默认黑色。" },
      choices: [
        { value: "black", title: { en: "Black", "zh-CN": "黑色" } },
        { value: "red", title: { en: "Red", "zh-CN": "红色" } },
      ],
      optional: true,
    }),
  },
  steps: ({ headline, colour }) => [
    step({
      name: "poster",
      title: { en: "Poster", "zh-CN": "海报" },
      capability: "poster",
      request: () => ({ headline, ...(colour === undefined ? {} : { colour }) }),
    }),
  ],
});
