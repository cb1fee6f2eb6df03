/**
 * The main entry point of core, in the order a newcomer needs it: run it, read its messages, define a tool. The other
 * entry points, each a short list, are `@toolcast/core/provider`, `/surface`, `/chat`, `/engine`, `/browser` and
 * `/errors`.
 */

// Run it.
export { createRuntime } from "./runtime/create-runtime.ts";
export type { ConfiguredProvider, RuntimeOptions } from "./runtime/runtime-options.ts";
export type { CallRequest, PressRequest, Reply, Runtime } from "./runtime/runtime.ts";
export { waitForJob } from "./runtime/wait-for-job.ts";
export type { Agreement } from "./job/agreement.ts";
export type { AccessRule } from "./money/policy.ts";
export type { Caller, Place } from "./people/caller.ts";
export { openSqliteEngine } from "./engine-sqlite/sqlite-engine.ts";
export { openState, type State } from "./state/open-state.ts";
export { loadSecretKey } from "./media/secret-key.ts";
export { createHttp } from "./http/create-http.ts";
export { systemClock } from "./ground/clock.ts";
export { systemRandom } from "./ground/random.ts";
export { type Logger, silentLogger } from "./ground/logger.ts";

// Read its messages.
export type { Message, MessageAction, MessageField, MessageMedia } from "./surface/message.ts";
export type { Job } from "./job/job.ts";
export type { Asset } from "./media/media.ts";
export type { MediaStore } from "./media/store.ts";
export type { Locale, LocalizedText } from "./ground/locale.ts";
export type { Json } from "./ground/json.ts";
export { ToolcastError, UsageError } from "./errors/errors.ts";

// Define a tool.
export {
  defineTool,
  type InlineTool,
  type SpendingTool,
  type Step,
  type StepContext,
  type Suggestion,
  step,
  type Tool,
  type ToolAnswer,
  type ToolContext,
} from "./tools/tool.ts";
export {
  choice,
  consent,
  decimal,
  type Field,
  type Fields,
  flag,
  type InputOf,
  integer,
  media,
  provider,
  text,
  voice,
} from "./tools/field.ts";
export type { Capability } from "./providers/operation.ts";
export type { Voice } from "./voices/voice-book.ts";
export { builtInTools } from "./tools/built-in-tools.ts";
export { builtInProviders } from "./providers/built-in-providers.ts";
