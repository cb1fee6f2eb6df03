import type { CatalogTable } from "./table.ts";

/**
 * The codes of OpenAI's own service, which compatible ones imitate; where `code` is null it is the `type`
 * (https://platform.openai.com/docs/guides/error-codes).
 */
export const openaiTable: CatalogTable = {
  provider: "openai",
  layer: "api",
  source: "later-edition",
  rows: [
    {
      code: "invalid_api_key",
      says: "Incorrect API key provided.",
      httpStatus: 401,
      policy: "credentials",
      meaning: {
        en: "The service does not know this API key.",
        "zh-CN": "服务不认识该 API Key。",
      },
      remedy: {
        en: "An operator should check OPENAI_API_KEY, and that it belongs to the service at OPENAI_BASE_URL.",
        "zh-CN": "请管理员核对 OPENAI_API_KEY，并确认它属于 OPENAI_BASE_URL 所指的服务。",
      },
    },
    {
      code: "unsupported_country_region_territory",
      says: "Country, region, or territory not supported",
      httpStatus: 403,
      policy: "blocked",
      meaning: {
        en: "The service is not offered where this machine is.",
        "zh-CN": "该服务不对本机所在地区开放。",
      },
      remedy: {
        en: "An operator should use another service (OPENAI_BASE_URL).",
        "zh-CN": "请管理员改用其他服务（OPENAI_BASE_URL）。",
      },
    },
    {
      code: "model_not_found",
      says: "The model `x` does not exist or you do not have access to it.",
      httpStatus: 404,
      policy: "not-found",
      actor: "operator",
      meaning: {
        en: "The model does not exist there, or this account has no access to it.",
        "zh-CN": "该服务没有此模型，或当前账号无权使用。",
      },
      remedy: {
        en: "An operator should check OPENAI_MODEL.",
        "zh-CN": "请管理员核对 OPENAI_MODEL。",
      },
    },
    {
      code: "context_length_exceeded",
      says: "This model's maximum context length is 8192 tokens.",
      httpStatus: 400,
      policy: "input",
      meaning: {
        en: "The question and the conversation before it are longer than the model can read.",
        "zh-CN": "问题连同此前的对话超过了模型可读取的长度。",
      },
      remedy: {
        en: "Start over or shorten the question; an operator can have less of a conversation sent along (OPENAI_MEMORY_TOKENS).",
        "zh-CN": "请重新开始对话或缩短问题；管理员也可减少附带的历史问答（OPENAI_MEMORY_TOKENS）。",
      },
    },
    {
      code: "content_filter",
      says: "The response was filtered due to the prompt triggering content management policy.",
      httpStatus: 400,
      policy: "content",
      charged: "unknown",
      meaning: {
        en: "The content check blocked the question or the answer.",
        "zh-CN": "内容审核未通过：问题或回答疑似包含敏感内容。",
      },
      remedy: { en: "Ask in other words.", "zh-CN": "请换一种说法后再试。" },
    },
    {
      code: "unsupported_parameter",
      says: "Unsupported parameter: 'max_tokens' is not supported with this model.",
      httpStatus: 400,
      policy: "client",
      meaning: {
        en: "The model does not accept one of the request's parameters.",
        "zh-CN": "该模型不接受请求中的某项参数。",
      },
      remedy: {
        en: "See the vendor's message; an operator should choose another model (OPENAI_MODEL).",
        "zh-CN": "请查看服务商的原始信息，并请管理员更换模型（OPENAI_MODEL）。",
      },
    },
    {
      code: "invalid_request_error",
      says: "Invalid value for the request.",
      httpStatus: 400,
      policy: "client",
      meaning: {
        en: "The service does not accept the request as it is.",
        "zh-CN": "服务不接受该请求。",
      },
      remedy: {
        en: "See the vendor's message; an operator should check OPENAI_MODEL, OPENAI_MAX_TOKENS and OPENAI_PICTURES.",
        "zh-CN": "请查看服务商的原始信息，并请管理员核对 OPENAI_MODEL、OPENAI_MAX_TOKENS 和 OPENAI_PICTURES。",
      },
    },
    {
      code: "rate_limit_exceeded",
      says: "Rate limit reached for this model.",
      httpStatus: 429,
      policy: "rate",
      meaning: {
        en: "The account asks more often, or for more tokens a minute, than the service allows.",
        "zh-CN": "请求频率或每分钟 token 数超过服务限制。",
      },
      remedy: { en: "Nothing to do: it will be sent again automatically.", "zh-CN": "无需处理，系统会自动重试。" },
    },
    {
      code: "insufficient_quota",
      says: "You exceeded your current quota, please check your plan and billing details.",
      httpStatus: 429,
      policy: "money",
      meaning: {
        en: "The account's credit or monthly budget is used up.",
        "zh-CN": "账号余额或每月额度已用尽。",
      },
      remedy: {
        en: "An operator should add credit or raise the budget at the service.",
        "zh-CN": "请管理员在该服务充值或提高额度。",
      },
    },
    {
      code: "server_error",
      says: "The server had an error while processing your request.",
      httpStatus: 500,
      policy: "vendor-fault",
      meaning: {
        en: "The service hit an error of its own.",
        "zh-CN": "服务内部错误。",
      },
      remedy: {
        en: "Ask again later; whether tokens were used, the service's own pages show.",
        "zh-CN": "请稍后再问；是否消耗 token 可在该服务的用量页面查看。",
      },
    },
  ],
};
