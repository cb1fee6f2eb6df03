import type { CatalogTable } from "./table.ts";

/**
 * Refusals by the gateway in front of the Spark service: the HTTP status is the code, and the body's `message` gives
 * the cause.
 */
export const sparkGatewayTable: CatalogTable = {
  provider: "spark",
  layer: "http",
  source: "later-edition",
  rows: [
    {
      code: "401",
      says: "Unauthorized",
      httpStatus: 401,
      message: "Unauthorized",
      policy: "credentials",
      meaning: {
        en: "The request reached iFlytek's gateway without a signature.",
        "zh-CN": "请求到达讯飞网关时没有携带签名。",
      },
      remedy: {
        en: "Check that SPARK_API_KEY and SPARK_API_SECRET are set, and that no proxy strips the query string.",
        "zh-CN": "请确认已设置 SPARK_API_KEY 和 SPARK_API_SECRET，且中间代理没有去掉地址中的查询参数。",
      },
    },
    {
      code: "401",
      says: "HMAC signature cannot be verified",
      httpStatus: 401,
      message: "HMAC signature cannot be verified",
      policy: "credentials",
      meaning: {
        en: "The gateway could not read the authorization or does not recognise the API key.",
        "zh-CN": "网关无法解析鉴权信息，或该 APIKey 不存在。",
      },
      remedy: {
        en: "Check SPARK_API_KEY: copied in full, without spaces, from the app that has this service.",
        "zh-CN": "请核对 SPARK_API_KEY：完整复制、来自已开通该服务的应用、前后没有空格。",
      },
    },
    {
      code: "401",
      says: "HMAC signature does not match",
      httpStatus: 401,
      message: "HMAC signature does not match",
      policy: "credentials",
      meaning: {
        en: "The signature does not match: the secret is wrong, or what was signed (method, path, host) is not what was sent.",
        "zh-CN": "签名不匹配：密钥有误，或签名所用的方法、路径、主机与实际请求不一致。",
      },
      remedy: {
        en: "Check SPARK_API_SECRET first (key and secret are easily swapped), then SPARK_BASE_URL and whether a proxy rewrites host or path.",
        "zh-CN":
          "请先核对 SPARK_API_SECRET（容易与 APIKey 填反），再检查 SPARK_BASE_URL，以及代理是否改写了主机或路径。",
      },
    },
    {
      code: "403",
      says: "HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication",
      httpStatus: 403,
      policy: "measured-clock",
      meaning: {
        en: "This machine's clock is more than five minutes off the vendor's, so the signature counts as expired.",
        "zh-CN": "本机时间与服务商相差超过 5 分钟，签名被视为过期。",
      },
      remedy: {
        en: "The difference is measured from the answer and corrected automatically. Synchronise this machine's clock with a time server so that it does not happen again.",
        "zh-CN": "系统会根据响应测出时间差并自动修正。请为本机开启网络校时，避免再次出现。",
      },
    },
  ],
};
