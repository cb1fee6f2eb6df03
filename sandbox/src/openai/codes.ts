/** What the service answers with a code: its status, its words, and what it calls the kind. */
interface Saying {
  status: number;
  message: string;
  type: string;
  param?: string;
}

const request = "invalid_request_error";

/** By code, as OpenAI's own service says them; `server_error` and `invalid_request_error` come as a type without a code. */
export const openaiSayings: Readonly<Record<string, Saying>> = {
  invalid_api_key: { status: 401, message: "Incorrect API key provided.", type: request },
  unsupported_country_region_territory: {
    status: 403,
    message: "Country, region, or territory not supported",
    type: "request_forbidden",
  },
  model_not_found: {
    status: 404,
    message: "The model does not exist or you do not have access to it.",
    type: request,
  },
  context_length_exceeded: {
    status: 400,
    message: "This model's maximum context length is 8192 tokens. Please reduce the length of the messages.",
    type: request,
    param: "messages",
  },
  content_filter: {
    status: 400,
    message: "The response was filtered due to the prompt triggering content management policy.",
    type: request,
    param: "prompt",
  },
  unsupported_parameter: {
    status: 400,
    message: "Unsupported parameter: 'max_tokens' is not supported with this model.",
    type: request,
    param: "max_tokens",
  },
  invalid_request_error: { status: 400, message: "Invalid value for the request.", type: request },
  rate_limit_exceeded: { status: 429, message: "Rate limit reached for this model.", type: "requests" },
  insufficient_quota: {
    status: 429,
    message: "You exceeded your current quota, please check your plan and billing details.",
    type: "insufficient_quota",
  },
  server_error: {
    status: 500,
    message: "The server had an error while processing your request.",
    type: "server_error",
  },
};

/** A refusal as the service sends it; `message` replaces its usual words. */
export function openaiRefusal(code: string, requestId: string, message?: string): Response {
  const saying = openaiSayings[code] ?? openaiSayings.server_error!;
  const { status, type, param = null } = saying;
  const error = { message: message ?? saying.message, type, param, code: type === code ? null : code };
  const named = code === "insufficient_quota" ? { ...error, code } : error;
  return Response.json({ error: named }, { status, headers: { "x-request-id": requestId } });
}
