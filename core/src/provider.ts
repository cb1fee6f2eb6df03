/**
 * The entry point for code that defines a provider: what it is asked, how it answers, and what it is given to work
 * with.
 */

// Outgoing requests.
export { type Http, type HttpAnswer, HttpError, type HttpRequest, type ProxyFor, type Trust } from "./http/http.ts";
export { type FormPart, multipartForm } from "./http/multipart-form.ts";
export { createProxies, type Proxies, type ProxySettings } from "./http/proxies.ts";
export { retryAfterMs } from "./http/retry-after.ts";
export { fileBody, type StreamedBody } from "./http/streamed-body.ts";
export { dashscope } from "./providers/dashscope/index.ts";
export type {
  Balance,
  Capabilities,
  Charge,
  CheckEnd,
  Operation,
  OperationContext,
  Operations,
  Output,
  Price,
  ProducedMedia,
  StartEnd,
  VendorRecord,
  VoiceAddress,
} from "./providers/operation.ts";
export {
  defineProvider,
  type Finding,
  type InstallationFacts,
  type PresetVoice,
  type Provider,
  type ProviderDefinition,
  type ProviderInstance,
  type ProviderLimits,
  type ProviderTools,
  type Setting,
} from "./providers/provider.ts";
export { openai } from "./providers/openai/index.ts";
export * as settingSchema from "./providers/setting-schema.ts";
export { openSparkChat, type SparkChat, type SparkMessage, type SparkQuestion } from "./providers/spark/chat.ts";
export { spark } from "./providers/spark/index.ts";
export { type VendorFailures, vendorFailures } from "./providers/vendor-failures.ts";
export { xjc } from "./providers/xjc/index.ts";
