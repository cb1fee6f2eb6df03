import { choice, defineTool, step, text } from "@toolcast/core";
import { defineProvider, retryAfterMs, settingSchema } from "@toolcast/core/provider";
import { z } from "zod";

const title = { en: "Inkpress", "zh-CN": "墨印工坊" };

/** The vendor makes posters from a headline, as tasks whose result is an address. */
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
      code: "WrongKey",
      says: "nobody has this key",
      policy: "credentials",
      meaning: { en: "Inkpress does not know the key.", "zh-CN": "墨印工坊不认识该密钥。" },
      remedy: { en: "Correct INKPRESS_KEY.", "zh-CN": "请改正 INKPRESS_KEY。" },
    },
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
    {
      code: "NoSuchPoster",
      says: "there is no such poster",
      // It was started, otherwise nobody would ask for it.
      ...{ policy: "not-found", charged: "unknown" },
      meaning: { en: "Inkpress knows nothing of this poster.", "zh-CN": "墨印工坊没有这张海报的记录。" },
      remedy: { en: "Ask Inkpress whether it was charged.", "zh-CN": "请向墨印工坊核实是否已扣费。" },
    },
  ],
  create(settings, { http, failures, clock }) {
    const send = createSend(settings, http, failures);
    return {
      operations: { poster: posterOperation(send, failures, clock) },
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

/** How long after its start a poster may be unknown to the service. */
const settlingMs = 60_000;

function posterOperation(send, failures, clock) {
  return {
    maxDurationMs: 10 * 60_000,
    firstCheckAfterMs: 200,
    // Inkpress knows a poster by its key for a day, so a start without an answer is asked again with the same one.
    sameKeyForMs: 24 * 60 * 60_000,
    price: () => ({ known: true, amount: 3, unit: "sheets" }),
    async start({ headline, colour = "black" }, { signal, startKey }) {
      try {
        const { data, refused, trouble } = await send("POST", "posters", { headline, colour }, signal, startKey);
        if (refused) return { end: "refused", failure: refused };
        if (typeof data?.id !== "string") return failures.startEnd(trouble ?? "unreadable");
        const reference = { id: data.id, startedAt: clock.now() };
        return { end: "operation", reference, requestId: data.id };
      } catch (error) {
        return failures.startEnd(error);
      }
    },
    async check(reference, { signal }) {
      const { id, startedAt } = reference ?? {};
      if (typeof id !== "string") return { state: "lost", failure: failures.refused({ code: "NoSuchPoster" }) };
      const { data, refused, trouble } = await ask(send, failures, `posters/${id}`, signal);
      if (refused?.vendorCode === "NoSuchPoster") {
        const isNew = clock.now() - startedAt < settlingMs;
        return isNew ? { state: "pending", checkAfterMs: 1_000 } : { state: "lost", failure: refused };
      }
      if (refused) throw failures.asError(refused);
      const { state, url, error } = data ?? {};
      if (state === "failed" && error) {
        return { state, failure: failures.refused({ ...error, requestId: id }) };
      }
      if (state === "done" && url) {
        const charge = { amount: 3, unit: "sheets" };
        return { state, output: { media: [{ url, name: "poster.png" }], charge, requestId: id } };
      }
      if (state === "pressing") return { state: "pending", checkAfterMs: 200 };
      throw failures.notReadable(trouble ?? "unreadable");
    },
  };
}

/**
 * One call: its answer, the vendor's refusal, or why neither can be read. Throws what `http` throws; retries nothing.
 */
function createSend({ url, key }, http, failures) {
  return async (method, path, body, signal, startKey) => {
    const answer = await http.request({
      ...{ method, url: `${url}/${path}`, signal, trust: "configured", timeoutMs: 10_000, maxBytes: 65_536 },
      headers: {
        authorization: `Bearer ${key}`,
        ...(body ? { "content-type": "application/json" } : {}),
        ...(startKey ? { "idempotency-key": startKey } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const status = { httpStatus: answer.status, retryAfterMs: retryAfterMs(answer) };
    let data;
    try {
      data = JSON.parse(answer.text());
    } catch {
      return { trouble: answer.status === 200 ? "unreadable" : status };
    }
    // A failed poster gives its reason in the same place.
    if (data.error && !data.state) return { refused: failures.refused({ ...data.error, ...status }) };
    return { data };
  };
}

/** A question that costs nothing. */
async function ask(send, failures, path, signal) {
  try {
    return await send("GET", path, undefined, signal);
  } catch (error) {
    throw failures.notReadable(error);
  }
}

/** Its answer, when only a successful one is of use. */
async function read(send, failures, path, signal) {
  const { data, refused, trouble } = await ask(send, failures, path, signal);
  if (refused) throw failures.asError(refused);
  if (!data) throw failures.notReadable(trouble);
  return data;
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
