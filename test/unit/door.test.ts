import * as core from "@toolcast/core";
import { describe, expect, test } from "vitest";
import { read } from "../repository.ts";
import { verifies } from "../verifies.ts";

/** What a door exports, types included: adding a line there makes public API. */
function namesOf(door: string): string[] {
  const source = read(`core/src/${door}.ts`).replaceAll(/\/\*[\s\S]*?\*\//g, "");
  const lists = [...source.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, list = ""]) => list.split(","));
  const spaces = [...source.matchAll(/export \* as (\w+)/g)].map(([, name = ""]) => name);
  return [...lists.map((name) => name.trim().replace(/^type /, "")), ...spaces].filter((name) => name !== "").sort();
}

describe("the doors of core", () => {
  test("the main one lists what a tool author and an embedding program need: fewer than 60 names", () => {
    verifies("built.door");
    expect(namesOf("index").length).toBeLessThan(60);
    expect(namesOf("index")).toMatchInlineSnapshot(`
      [
        "AccessRule",
        "Agreement",
        "Answer",
        "Asset",
        "CallRequest",
        "Caller",
        "Capability",
        "ConfiguredProvider",
        "Field",
        "FieldChoice",
        "FieldShape",
        "Fields",
        "InlineTool",
        "InputOf",
        "Job",
        "Json",
        "Locale",
        "LocalizedText",
        "Logger",
        "MediaStore",
        "Message",
        "MessageAction",
        "MessageField",
        "MessageMedia",
        "Overview",
        "Place",
        "PressRequest",
        "Reply",
        "Runtime",
        "RuntimeOptions",
        "SpendingTool",
        "State",
        "Step",
        "StepContext",
        "Suggestion",
        "Tool",
        "ToolContext",
        "ToolcastError",
        "UsageError",
        "Voice",
        "builtInProviders",
        "builtInTools",
        "choice",
        "createHttp",
        "createRuntime",
        "decimal",
        "defineTool",
        "flag",
        "integer",
        "loadSecretKey",
        "media",
        "openSqliteEngine",
        "openState",
        "silentLogger",
        "step",
        "systemClock",
        "systemRandom",
        "text",
        "waitForJob",
      ]
    `);
  });

  test("no name stands in two of them for the same thing", () => {
    verifies("built.door");
    const seen = new Map<string, string>();
    const twice = ["index", "provider", "surface", "engine", "errors"].flatMap((door) =>
      namesOf(door).flatMap((name) => {
        const other = seen.get(name);
        seen.set(name, door);
        return other === undefined ? [] : [`${name}: ${other}, ${door}`];
      }),
    );
    expect(twice).toEqual([]);
  });

  test("provider", () => {
    verifies("built.door");
    expect(namesOf("provider")).toMatchInlineSnapshot(`
      [
        "Balance",
        "Capabilities",
        "Charge",
        "CheckEnd",
        "Finding",
        "Http",
        "HttpAnswer",
        "HttpError",
        "HttpRequest",
        "Operation",
        "OperationContext",
        "Operations",
        "Output",
        "Price",
        "ProducedMedia",
        "Provider",
        "ProviderDefinition",
        "ProviderInstance",
        "ProviderLimits",
        "ProviderTools",
        "Setting",
        "StartEnd",
        "Trust",
        "VendorFailures",
        "dashscope",
        "defineProvider",
        "settingSchema",
        "spark",
        "xjc",
      ]
    `);
  });

  test("surface", () => {
    verifies("built.door");
    expect(namesOf("surface")).toMatchInlineSnapshot(`
      [
        "Adapter",
        "AdapterDefinition",
        "AdapterDoctorTools",
        "AdapterStartError",
        "AdapterTools",
        "AgentWays",
        "ClockStep",
        "Condition",
        "Delivery",
        "FieldDescription",
        "JobQuestion",
        "MediaFacts",
        "MediaKind",
        "MediaLimits",
        "MediaLink",
        "MessageKey",
        "NamedRequest",
        "Preview",
        "PreviewBounds",
        "SendEnd",
        "Sentence",
        "Surface",
        "SurfaceLimits",
        "Tone",
        "ToolDescription",
        "UploadRefusal",
        "adviceAbout",
        "adviceAfter",
        "adviceLine",
        "agreementAsked",
        "agreements",
        "defineAdapter",
        "describeTool",
        "entryJson",
        "explanationJson",
        "failureCode",
        "failureJson",
        "fieldText",
        "fieldsOf",
        "formatBytes",
        "formatDuration",
        "isAgreement",
        "jobMoney",
        "locales",
        "markOf",
        "maxFileBytes",
        "messageText",
        "messages",
        "nearestLocale",
        "nextPollSeconds",
        "parseCommandLine",
        "parseInput",
        "personName",
        "receiveUpload",
        "repeatAdvice",
        "requestHeadTimeoutMs",
        "requestTimeoutMs",
        "say",
      ]
    `);
  });

  test("chat", () => {
    verifies("built.door");
    expect(namesOf("chat")).toMatchInlineSnapshot(`
      [
        "Answer",
        "Answers",
        "AttachOptions",
        "Attached",
        "Block",
        "BlockKind",
        "Budget",
        "ButtonId",
        "ButtonLimits",
        "ButtonOptions",
        "Chat",
        "ChatButton",
        "ChatContext",
        "ChatEvent",
        "ChatFile",
        "ChatKit",
        "ChatKitOptions",
        "ChatPort",
        "DescribeOptions",
        "Diagnosis",
        "Download",
        "Elsewhere",
        "EventWays",
        "FieldProblem",
        "FileAddress",
        "FileClaim",
        "FileContent",
        "Fitted",
        "FormField",
        "FormLimits",
        "FormToOpen",
        "FormValues",
        "Forms",
        "GivenInput",
        "InboundFile",
        "KeptButton",
        "KeptButtons",
        "KeptMessage",
        "LinkButton",
        "LinkOptions",
        "NotedSend",
        "OfferedFile",
        "Opened",
        "Outbox",
        "OutboxOptions",
        "PendingPress",
        "PendingRequest",
        "PressButton",
        "Priority",
        "Probe",
        "ReadFailure",
        "Receipt",
        "ReplyHandle",
        "Send",
        "SendError",
        "SendFailure",
        "SendFailures",
        "SendNotes",
        "SendReason",
        "ShowOptions",
        "Span",
        "StoredForm",
        "SuggestLimits",
        "SuggestQuery",
        "TextPort",
        "Turnstile",
        "UnseenSend",
        "WrittenId",
        "actionId",
        "answerField",
        "answerLane",
        "attachable",
        "blockText",
        "buttonRows",
        "carriesMarker",
        "cleanSpans",
        "createChatKit",
        "describeMessage",
        "diagnoseBot",
        "digest",
        "downloadFrom",
        "fileLimits",
        "fileProblem",
        "filesOf",
        "fillForm",
        "fitBlocks",
        "formAction",
        "formFields",
        "formKey",
        "gapBefore",
        "markerOf",
        "messageButtons",
        "missingFields",
        "nextField",
        "plainText",
        "reachableLink",
        "readButtonId",
        "readFiles",
        "reasonOf",
        "receiptFor",
        "receiptOf",
        "receiveFile",
        "sendEndOf",
        "sendFailures",
        "shorten",
        "suggest",
        "textFile",
        "unsentMedia",
        "withKeptMedia",
        "writeButtonId",
      ]
    `);
  });

  test("engine", () => {
    verifies("built.door");
    expect(namesOf("engine")).toMatchInlineSnapshot(`
      [
        "Admission",
        "Clock",
        "DatabaseOptions",
        "Hold",
        "Inbox",
        "InboxCredentials",
        "InboxEntry",
        "InboxEvent",
        "JobEngine",
        "JobEvent",
        "JobFilter",
        "KeyvSqlite",
        "Lease",
        "Notice",
        "Phase",
        "PhaseName",
        "Random",
        "Rung",
        "Schedule",
        "StepRecord",
        "TransitionError",
        "VoiceBook",
        "WriteEnd",
        "WriteOptions",
        "assetsOf",
        "endedPhases",
        "hasEnded",
        "inTransaction",
        "maxInboxBytes",
        "openDatabase",
        "randomId",
        "readJob",
        "sleep",
        "transition",
        "waitingClock",
      ]
    `);
  });

  test("errors", () => {
    verifies("built.door");
    expect(namesOf("errors")).toMatchInlineSnapshot(`
      [
        "CatalogEntry",
        "CatalogRow",
        "Charged",
        "Explanation",
        "Failure",
        "PolicyError",
        "ProviderError",
        "addToCatalog",
        "asUnusablePath",
        "catalogEntries",
        "catalogVendors",
        "errorPolicies",
        "explain",
        "failureOf",
        "findEntry",
      ]
    `);
  });
});

test("the tools people and agents rely on keep their names and inputs", () => {
  verifies("built.door");
  const named = Object.fromEntries(
    core.builtInTools.map((tool) => [`${tool.name}/${tool.command}`, Object.keys(tool.input).join(", ")]),
  );
  expect(named).toEqual({
    "generate_image/image": "prompt, size, count, negative_prompt, seed, provider",
    "describe_image/describe": "image, question, fresh, provider",
    "create_avatar_video/avatar": "video, image, audio, text, voice, title, provider",
    "synthesize_speech/speak": "text, voice, speed, pitch, volume, cross_language",
    "clone_voice/clone": "audio, name, tier, voice, consent, provider",
    "list_voices/voices": "",
    "share_voice/share": "voice, shared",
    "list_jobs/jobs": "state, limit",
    "get_job/job": "job",
    "cancel_job/cancel": "job",
    "get_balance/balance": "provider",
    "list_bills/bills": "page, page_size",
    "explain_error/explain": "text, provider",
  });
});
