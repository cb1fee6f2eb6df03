/** The entry point for code that brings Toolcast to another place: adapters, agents, command lines and pages. */

export { nearestWord } from "./ground/edit-distance.ts";
export { acceptedLocale, locales, nearestLocale } from "./ground/locale.ts";
// Take requests.
export { readBody } from "./http/request-body.ts";
// Serve programs.
export { agreements, isAgreement } from "./job/agreement.ts";
export { decisionAbout } from "./job/decision.ts";
export { markOf, type NamedRequest } from "./job/request-mark.ts";
export {
  type AgentWays,
  adviceAbout,
  adviceAfter,
  adviceLine,
  failureCode,
  nextPollSeconds,
  repeatAdvice,
} from "./job-view/agent-advice.ts";
export { failureJson } from "./job-view/job-json.ts";
export { agreementAsked, type JobQuestion } from "./job-view/job-question.ts";
export { failureFields } from "./job-view/job-message.ts";
export { mediumOf } from "./job-view/message-media.ts";
export { isSentAgain } from "./job-view/next-step.ts";
export { refusalMessage } from "./job-view/refusal-message.ts";
export type { MediaKind, MediaLimits } from "./media/formats.ts";
// Take and show media.
export { checkMade } from "./media/check-made.ts";
export { kindsOfFileName } from "./media/file-name-kinds.ts";
export type { MediaFacts } from "./media/media.ts";
export type { MediaLink } from "./media/media-links.ts";
export { probe } from "./media/probe.ts";
export type { Preview, PreviewBounds } from "./media/preview.ts";
export { readMedium, saveMedia } from "./media/save-media.ts";
export { decodeDataAddress, isDataAddress, maxDataBytes } from "./media/data-address.ts";
export {
  maxFileBytes,
  receiveUpload,
  requestHeadTimeoutMs,
  requestTimeoutMs,
  UploadRefusal,
} from "./media/receive-upload.ts";
export { formatBytes, formatDuration, type MessageKey, messages, type Sentence, say } from "./messages/sentence.ts";
export { jobMoney } from "./money/job-money.ts";
export { personName } from "./people/person.ts";
// Define an adapter.
export {
  type Adapter,
  type AdapterCommand,
  type AdapterDefinition,
  type AdapterDoctorTools,
  AdapterStartError,
  type AdapterTools,
  defineAdapter,
} from "./runtime/adapter.ts";
export { createReceivingTurn, neverOurTurn, type ReceivingTurn } from "./runtime/receiving-turn.ts";
export type { ClockStep } from "./runtime/clock-steps.ts";
// Report its condition.
export type { Condition } from "./runtime/condition.ts";
export type { Overview, OwnThing, OwnVoice, Removal, RemovalRequest } from "./runtime/runtime.ts";
// Write messages.
export type { Tone } from "./surface/message.ts";
export { mediumFacts } from "./surface/medium-facts.ts";
export { fieldText, messageText } from "./surface/message-text.ts";
export type { Delivery, SendEnd, Surface, SurfaceLimits } from "./surface/surface.ts";
export { parseCommandLine } from "./tools/command-line.ts";
// Show tools, parse what people type.
export { consentAsked } from "./tools/consent.ts";
export { answersPrivately, asksForQuote } from "./tools/quote.ts";
export type { FieldChoice, FieldRole, FieldShape } from "./tools/field.ts";
export { describeTool, type FieldDescription, fieldsOf, type ToolDescription } from "./tools/describe.ts";
export { entryJson, explanationFields, explanationJson } from "./tools/explain-error.ts";
export { isLeftOut, parseInput } from "./tools/input.ts";
export { type JobTool, type JobTools, jobToolsOf } from "./tools/job-tools-of.ts";
export { type ExpectedResults, expectedResults } from "./work/expected-results.ts";
export { wellFormed } from "./ground/well-formed.ts";
