/**
 * The door of core, in the order a newcomer needs it: run it, define a tool, define a provider, add a surface, then
 * the parts a program may want by themselves.
 */

// Run it.
export { type ConfiguredProvider, createRuntime, type RuntimeOptions } from "./runtime/create-runtime.ts";
export type { CallRequest, Overview, PressRequest, Reply, Runtime } from "./runtime/runtime.ts";
export { type Agreement, agreements, isAgreement } from "./job/agreement.ts";
export type { AccessRule } from "./money/policy.ts";
export { waitForJob } from "./runtime/wait-for-job.ts";
export { agreementAsked, type JobQuestion } from "./job-view/job-question.ts";
export type { Caller, Place } from "./people/caller.ts";
export type { Message, MessageAction, MessageField, MessageMedia, Tone } from "./surface/message.ts";
export type { Condition } from "./runtime/condition.ts";
export type { ClockStep } from "./runtime/clock-steps.ts";

// Define a tool.
export {
  type Answer,
  defineTool,
  type InlineTool,
  type SpendingTool,
  type Step,
  type StepContext,
  type Suggestion,
  step,
  type Tool,
  type ToolContext,
} from "./tools/tool.ts";
export {
  choice,
  decimal,
  type Field,
  type FieldChoice,
  type FieldShape,
  type Fields,
  flag,
  type InputOf,
  integer,
  media,
  text,
} from "./tools/field.ts";
export { builtInTools } from "./tools/built-in-tools.ts";
export type { Voice, VoiceBook } from "./voices/voice-book.ts";

// Define a provider.
export {
  defineProvider,
  type Finding,
  type Provider,
  type ProviderDefinition,
  type ProviderInstance,
  type ProviderLimits,
  type ProviderTools,
  type Setting,
} from "./providers/provider.ts";
export type { VendorFailures } from "./providers/vendor-failures.ts";
export * as settingSchema from "./providers/setting-schema.ts";
export type {
  Balance,
  Capabilities,
  Capability,
  Charge,
  CheckEnd,
  Operation,
  OperationContext,
  Operations,
  Output,
  Price,
  ProducedMedia,
  StartEnd,
} from "./providers/operation.ts";
export { builtInProviders } from "./providers/built-in-providers.ts";
export { dashscope } from "./providers/dashscope/index.ts";
export { spark } from "./providers/spark/index.ts";
export { xjc } from "./providers/xjc/index.ts";

// Add a surface.
export {
  type Adapter,
  type AdapterDefinition,
  type AdapterDoctorTools,
  AdapterStartError,
  type AdapterTools,
  defineAdapter,
} from "./runtime/adapter.ts";
export type { Delivery, SendEnd, Surface, SurfaceLimits } from "./surface/surface.ts";
export { describeTool, type FieldDescription, fieldsOf, type ToolDescription } from "./tools/describe.ts";
export { parseCommandLine } from "./tools/command-line.ts";
export { parseInput } from "./tools/input.ts";
export { fieldText, messageText } from "./surface/message-text.ts";
export {
  type AgentWays,
  adviceAbout,
  adviceAfter,
  adviceLine,
  failureCode,
  nextPollSeconds,
  repeatAdvice,
} from "./job-view/agent-advice.ts";
export { type NamedRequest, markOf } from "./job/request-mark.ts";
export { personName } from "./people/person.ts";
export { formatBytes, formatDuration, type MessageKey, messages, type Sentence, say } from "./messages/sentence.ts";
export { type Locale, type LocalizedText, locales, nearestLocale } from "./ground/locale.ts";

// Jobs and where they live.
export {
  endedPhases,
  type Hold,
  hasEnded,
  type Job,
  type Notice,
  type Phase,
  type PhaseName,
  type Rung,
  type StepRecord,
} from "./job/job.ts";
export { type JobEvent, TransitionError, transition } from "./job/transition.ts";
export type { Admission, JobEngine, JobFilter, Lease, Schedule, WriteEnd, WriteOptions } from "./job/engine.ts";
export { openSqliteEngine } from "./engine-sqlite/sqlite-engine.ts";
export { openState, type State } from "./state/open-state.ts";
export { type DatabaseOptions, inTransaction, openDatabase } from "./state/open-database.ts";
export { KeyvSqlite } from "./state/sqlite-keyv.ts";

// Errors, and what vendors' codes mean.
export {
  type Charged,
  type Failure,
  failureOf,
  PolicyError,
  ProviderError,
  ToolcastError,
  UsageError,
} from "./errors/errors.ts";
export { asUnusablePath } from "./errors/unusable-path.ts";
export { failureJson } from "./job-view/job-json.ts";
export { jobMoney } from "./money/job-money.ts";
export { addToCatalog, type CatalogEntry, catalogEntries, catalogVendors, findEntry } from "./errors/catalog.ts";
export { errorPolicies } from "./errors/catalog/policy.ts";
export type { CatalogRow } from "./errors/catalog/table.ts";
export { type Explanation, explain } from "./errors/explain.ts";
export { entryJson, explanationJson } from "./tools/explain-error.ts";

// Media, the way out, time and chance.
export type { Asset, MediaFacts } from "./media/media.ts";
export type { MediaKind, MediaLimits } from "./media/formats.ts";
export type { MediaLink } from "./media/media-links.ts";
export type { Preview, PreviewBounds } from "./media/preview.ts";
export { maxFileBytes, receiveUpload, UploadRefusal } from "./media/receive-upload.ts";
export type { MediaStore } from "./media/store.ts";
export { loadSecretKey } from "./media/secret-key.ts";
export { type Http, type HttpAnswer, HttpError, type HttpRequest, type Trust } from "./http/http.ts";
export { createHttp } from "./http/undici-http.ts";
export { type Clock, sleep, systemClock, waitingClock } from "./ground/clock.ts";
export { type Random, randomId, systemRandom } from "./ground/random.ts";
export type { Json } from "./ground/json.ts";
export { type Logger, silentLogger } from "./ground/logger.ts";
