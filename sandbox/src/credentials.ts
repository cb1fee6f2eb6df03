/** The accounts of every sandbox. They are not secret: nothing outside loopback accepts them. */
export const sparkCredentials = {
  appId: "sandbox0",
  apiKey: "sandbox-spark-key",
  apiSecret: "sandbox-spark-secret",
} as const;

export const dashscopeCredentials = {
  apiKey: "sk-sandbox-dashscope-key",
  /** The name of the key in lists and the ledger. */
  apiKeyId: "sandbox-dashscope-key-id",
} as const;

export const openaiCredentials = {
  apiKey: "sk-sandbox-openai-key",
  /** The name of the key in the ledger. */
  apiKeyId: "sandbox-openai-key-id",
  model: "sandbox-model",
} as const;

export const xjcCredentials = {
  accessKey: "sandbox-xjc-access",
  secretKey: "sandbox-xjc-secret",
} as const;

/** The variables that point a Toolcast at a sandbox listening on `url`. */
export function environmentFor(url: string): Record<string, string> {
  return {
    SPARK_APP_ID: sparkCredentials.appId,
    SPARK_API_KEY: sparkCredentials.apiKey,
    SPARK_API_SECRET: sparkCredentials.apiSecret,
    SPARK_BASE_URL: `${url}/spark`,
    SPARK_CHAT_URL: `${url}/spark`,
    DASHSCOPE_API_KEY: dashscopeCredentials.apiKey,
    DASHSCOPE_BASE_URL: `${url}/dashscope/api/v1`,
    OPENAI_API_KEY: openaiCredentials.apiKey,
    OPENAI_BASE_URL: `${url}/openai/v1`,
    OPENAI_MODEL: openaiCredentials.model,
    OPENAI_PICTURES: "yes",
    XJC_ACCESS_KEY: xjcCredentials.accessKey,
    XJC_SECRET_KEY: xjcCredentials.secretKey,
    XJC_BASE_URL: `${url}/xjc`,
  };
}
