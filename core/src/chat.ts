/** What every chat surface builds on, whatever its platform. */

export {
  type Answer,
  answerLane,
  type GivenInput,
  type PendingPress,
  type PendingRequest,
  type Receipt,
  type ReplyHandle,
  receiptFor,
  receiptOf,
  type ShowOptions,
  showsOther,
} from "./chat/answer.ts";
export { Answers } from "./chat/answers.ts";
// The files that go with it.
export {
  type Attached,
  type AttachOptions,
  attachable,
  type ChatFile,
  filesOf,
  type LinkOptions,
  reachableLink,
  textFile,
  unsentMedia,
} from "./chat/attached-files.ts";
// What a message says, in the platform's own form.
export { type Block, type BlockKind, blockText, cleanSpans, type Span } from "./chat/blocks.ts";
// What is sent, and how sending ends.
export type { Budget } from "./chat/budgets.ts";
// The buttons below it.
export {
  actionId,
  type ButtonId,
  carriesMarker,
  digest,
  formAction,
  formKey,
  type KeptButton,
  KeptButtons,
  markerOf,
  readButtonId,
  type WrittenId,
  writeButtonId,
} from "./chat/button-id.ts";
// From an event to its answer.
export { Chat } from "./chat/chat.ts";
export { type ChatContext, type ChatKit, type ChatKitOptions, createChatKit } from "./chat/chat-kit.ts";
export type { ChatEvent, ChatPort, EventWays, FormToOpen, OfferedFile, Opened } from "./chat/chat-port.ts";
export { type DescribeOptions, describeMessage, gapBefore, plainText } from "./chat/describe-message.ts";
// From its start to its end.
export { Connection, type ConnectionOptions, unreachable } from "./chat/connection.ts";
// Whether it is set up.
export { type Diagnosis, diagnoseBot, type Probe } from "./chat/diagnose.ts";
export type { ChangeNotice, ChangeNoticePort } from "./chat/change-notice.ts";
export { type DirectRoute, directBy } from "./chat/direct-route.ts";
export { type ChatRoute, closedRoute, deliverBy, type Sending } from "./chat/delivery-routes.ts";
export type { Elsewhere } from "./chat/elsewhere.ts";
export { Intake, type IntakeOptions } from "./chat/intake.ts";
export { type Fitted, fitBlocks, type TextPort } from "./chat/fit-blocks.ts";
export { type FormField, type FormLimits, type FormValues, formFields } from "./chat/form-fields.ts";
// What people enter.
export {
  type FieldProblem,
  type FileClaim,
  fileLimits,
  fileProblem,
  wantsForm,
} from "./chat/given-input.ts";
export { missingFields } from "./tools/describe.ts";
export { jobOfButton, textMadeBy } from "./chat/own-message.ts";
export {
  type ButtonLimits,
  type ButtonOptions,
  buttonRows,
  type ChatButton,
  type LinkButton,
  messageButtons,
  type PressButton,
} from "./chat/message-buttons.ts";
export { freeMediaFields, givenByMessage, messageTools, type PointedMessage } from "./chat/message-tools.ts";
export {
  type FileContent,
  type FileSource,
  fileSources,
  type KeptMessage,
  readFiles,
  withKeptMedia,
} from "./chat/message-files.ts";
export { Outbox, type OutboxOptions, type Priority, type Send } from "./chat/outbox.ts";
export { type Download, downloadFrom, type FileAddress, type InboundFile, receiveFile } from "./chat/receive-file.ts";
export {
  type ReadFailure,
  reasonOf,
  SendError,
  type SendFailure,
  type SendFailures,
  type SendReason,
  sendEndOf,
  sendFailures,
} from "./chat/send-failure.ts";
export { type OwnMessages, searchOwn } from "./chat/search-own.ts";
export { type NotedSend, SendNotes, type UnseenSend } from "./chat/send-notes.ts";
export { startsWork } from "./chat/press.ts";
export { correctAction } from "./chat/requests.ts";
export { shorten, truncate } from "./chat/shorten.ts";
export { answerField, Forms, fillForm, nextField, type StoredForm } from "./chat/stored-forms.ts";
export { type SuggestLimits, type SuggestQuery, suggest } from "./chat/suggest.ts";
export { Turnstile } from "./chat/turnstile.ts";
