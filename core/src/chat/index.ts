/** What every chat surface stands on, whatever its platform. */

// What a message says, in the platform's own form.
export { type Block, type BlockKind, blockText, cleanSpans, type Span } from "./blocks.ts";
export { type DescribeOptions, describeMessage, gapBefore, plainText } from "./describe-message.ts";
export { type Fitted, fitBlocks, type TextPort } from "./fit-blocks.ts";
export { shorten } from "./shorten.ts";

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
} from "./attached-files.ts";
export { type FileContent, type KeptMessage, readFiles, withKeptMedia } from "./message-files.ts";

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
} from "./button-id.ts";
export {
  type ButtonLimits,
  type ButtonOptions,
  buttonRows,
  type ChatButton,
  type LinkButton,
  messageButtons,
  type PressButton,
} from "./message-buttons.ts";

// What people give.
export { type FieldProblem, type FileClaim, fileLimits, fileProblem, missingFields } from "./given-input.ts";
export { type FormField, type FormLimits, type FormValues, formFields } from "./form-fields.ts";
export { type Download, downloadFrom, type FileAddress, type InboundFile, receiveFile } from "./receive-file.ts";
export { type SuggestLimits, type SuggestQuery, suggest } from "./suggest.ts";

// What is sent, and how that ends.
export type { Budget } from "./budgets.ts";
export { Outbox, type OutboxOptions, type Priority, type Send } from "./outbox.ts";
export {
  type ReadFailure,
  reasonOf,
  SendError,
  type SendFailure,
  type SendFailures,
  type SendReason,
  sendEndOf,
  sendFailures,
} from "./send-failure.ts";
export { type NotedSend, SendNotes, type UnseenSend } from "./send-notes.ts";
export { Turnstile } from "./turnstile.ts";

// Whether it is set up.
export { type Diagnosis, diagnoseBot, type Probe } from "./diagnose.ts";

// From an event to its answer.
export { Chat } from "./chat.ts";
export { type ChatContext, type ChatKit, type ChatKitOptions, createChatKit } from "./chat-kit.ts";
export type { ChatEvent, ChatPort, EventWays, FormToOpen, OfferedFile, Opened } from "./chat-port.ts";
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
} from "./answer.ts";
export { Answers } from "./answers.ts";
export type { Elsewhere } from "./elsewhere.ts";
export { answerField, Forms, fillForm, nextField, type StoredForm } from "./stored-forms.ts";
