import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  createRequestStateCodec,
  type InputRequests,
  inputRequired,
  inputResponse,
  type McpServer,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import type { ClientEra } from "../mcp-client.ts";

const text = (value: string) => ({ content: [{ type: "text" as const, text: value }] });
const asking = (message: string, properties: Record<string, object>) =>
  inputRequired.elicit({
    mode: "form",
    message,
    requestedSchema: { type: "object", properties: properties as never, required: Object.keys(properties) },
  });
const words = { type: "string" };
const named = () => asking("What is your name?", { name: words });
const sampling = (question: string, maxTokens: number) =>
  inputRequired.createMessage({
    messages: [{ role: "user", content: { type: "text", text: question } }],
    maxTokens,
  });

/** Tools and a prompt that ask the client something, in the way of each era. */
export function addInputFixtures(server: McpServer, era: ClientEra): void {
  if (era === "legacy") {
    addQuestionsOnTheWay(server);
  } else {
    verifyStates(server);
    addReturnedQuestions(server);
  }
}

/**
 * 2025: a request to the client while the call is open, on that call's own stream. By default the SDK uses the
 * standalone stream, which a client may not have opened yet; whatever is sent before that is lost.
 */
function addQuestionsOnTheWay(server: McpServer): void {
  server.registerTool(
    "test_sampling",
    { description: "asks the client's model", inputSchema: z.object({ prompt: z.string() }) },
    async ({ prompt }, { mcpReq }) => {
      const { content } = await mcpReq.requestSampling(
        { messages: [{ role: "user", content: { type: "text", text: prompt } }], maxTokens: 100 },
        { relatedRequestId: mcpReq.id },
      );
      return text(`LLM response: ${JSON.stringify(content)}`);
    },
  );
  const ask = async (
    { mcpReq }: ServerContext,
    message: string,
    properties: Record<string, object>,
    required?: string[],
  ) =>
    mcpReq.elicitInput(
      {
        mode: "form",
        message,
        requestedSchema: { type: "object", properties: properties as never, ...(required ? { required } : {}) },
      },
      { relatedRequestId: mcpReq.id },
    );
  server.registerTool(
    "test_elicitation",
    { description: "asks the client's person", inputSchema: z.object({ message: z.string() }) },
    async ({ message }, context) => {
      const fields = {
        username: { type: "string", description: "User's response" },
        email: { type: "string", description: "User's email address" },
      };
      const { action, content } = await ask(context, message, fields, ["username", "email"]);
      return text(`User response: action: ${action}, content: ${JSON.stringify(content ?? {})}`);
    },
  );
  const completed = async (context: ServerContext, properties: Record<string, object>) => {
    const { action, content } = await ask(context, "Please look at the form", properties);
    return text(`Elicitation completed: action=${action}, content=${JSON.stringify(content ?? {})}`);
  };
  server.registerTool("test_elicitation_sep1034_defaults", { description: "a form with defaults" }, (context) =>
    completed(context, {
      name: { type: "string", default: "John Doe" },
      age: { type: "integer", default: 30 },
      score: { type: "number", default: 95.5 },
      status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
      verified: { type: "boolean", default: true },
    }),
  );
  const titled = (prefix: string, noun: string) =>
    ["First", "Second", "Third"].map((title, index) => ({ const: `${prefix}${index + 1}`, title: `${title} ${noun}` }));
  server.registerTool("test_elicitation_sep1330_enums", { description: "a form with choices" }, (context) =>
    completed(context, {
      untitledSingle: { type: "string", enum: ["option1", "option2", "option3"] },
      titledSingle: { type: "string", oneOf: titled("value", "Option") },
      legacyEnum: {
        type: "string",
        enum: ["opt1", "opt2", "opt3"],
        enumNames: ["Option One", "Option Two", "Option Three"],
      },
      untitledMulti: { type: "array", items: { type: "string", enum: ["option1", "option2", "option3"] } },
      titledMulti: { type: "array", items: { anyOf: titled("value", "Choice") } },
    }),
  );
}

const codec = createRequestStateCodec<{ round: string }>({ key: new Uint8Array(32).fill(9) });

/** Checked before a handler runs, as the SDK does for servers made with `requestState.verify`; ours keep no state. */
function verifyStates(server: McpServer): void {
  Reflect.set(server.server, "_requestStateVerify", codec.verify);
}

/** 2026: the answer is the question, and the client repeats the call with the person's reply. */
function addReturnedQuestions(server: McpServer): void {
  const asks = (name: string, questions: () => InputRequests, done: (context: ServerContext) => string) =>
    server.registerTool(name, { description: name }, async (context) => {
      const { inputResponses } = context.mcpReq;
      const isAnswered = Object.keys(questions()).every((key) => inputResponse(inputResponses, key).kind !== "missing");
      return isAnswered ? text(done(context)) : inputRequired({ inputRequests: questions() });
    });
  asks(
    "test_streaming_elicitation",
    () => ({ user_name: named() }),
    () => "done",
  );
  asks(
    "test_missing_capability",
    () => ({ question: sampling("Anything?", 10) }),
    () => "done",
  );
  asks(
    "test_input_required_result_elicitation",
    () => ({ user_name: named() }),
    ({ mcpReq }) => `Hello, ${acceptedContent(mcpReq.inputResponses, "user_name")?.name}!`,
  );
  asks(
    "test_input_required_result_sampling",
    () => ({ capital_question: sampling("What is the capital of France?", 100) }),
    ({ mcpReq }) => JSON.stringify(inputResponse(mcpReq.inputResponses, "capital_question")),
  );
  asks(
    "test_input_required_result_list_roots",
    () => ({ client_roots: inputRequired.listRoots() }),
    ({ mcpReq }) => JSON.stringify(inputResponse(mcpReq.inputResponses, "client_roots")),
  );
  server.registerTool(
    "test_input_required_result_capabilities",
    { description: "asks what is declared" },
    async (context) => {
      const envelope: Record<string, unknown> = context.mcpReq.envelope ?? {};
      const capabilities = (envelope[CLIENT_CAPABILITIES_META_KEY] ?? {}) as {
        elicitation?: object;
        sampling?: object;
        roots?: object;
      };
      const requests: InputRequests = {
        ...(capabilities.elicitation === undefined ? {} : { user_name: named() }),
        ...(capabilities.sampling === undefined ? {} : { greeting: sampling("Generate a greeting", 50) }),
        ...(capabilities.roots === undefined ? {} : { client_roots: inputRequired.listRoots() }),
      };
      return Object.keys(requests).length === 0 ? text("nothing to ask") : inputRequired({ inputRequests: requests });
    },
  );
  const withState = (name: string, questions: () => InputRequests, said: string) =>
    server.registerTool(name, { description: name }, async (context) => {
      if (context.mcpReq.inputResponses === undefined) {
        return inputRequired({ inputRequests: questions(), requestState: await codec.mint({ round: "1" }) });
      }
      return text(said);
    });
  const confirm = () => ({ confirm: asking("Please confirm", { ok: { type: "boolean" } }) });
  withState("test_input_required_result_request_state", confirm, "state-ok");
  withState("test_input_required_result_tampered_state", confirm, "state-ok");
  withState(
    "test_input_required_result_multiple_inputs",
    () => ({
      user_name: named(),
      greeting: sampling("Generate a greeting", 50),
      client_roots: inputRequired.listRoots(),
    }),
    "all three came",
  );
  server.registerTool("test_input_required_result_multi_round", { description: "asks twice" }, async (context) => {
    const { inputResponses } = context.mcpReq;
    if (inputResponses === undefined) {
      const step1 = asking("Step 1: What is your name?", { name: words });
      return inputRequired({ inputRequests: { step1 }, requestState: await codec.mint({ round: "1" }) });
    }
    if (context.mcpReq.requestState<{ round: string }>()?.round === "1") {
      const step2 = asking("Step 2: What is your favorite color?", { color: words });
      return inputRequired({ inputRequests: { step2 }, requestState: await codec.mint({ round: "2" }) });
    }
    return text(`${acceptedContent(inputResponses, "step2")?.color}`);
  });
  server.registerPrompt(
    "test_input_required_result_prompt",
    { description: "asks for its context" },
    async (context) => {
      const answered = acceptedContent(context.mcpReq.inputResponses, "user_context");
      return answered === undefined
        ? inputRequired({
            inputRequests: { user_context: asking("What context should the prompt use?", { context: words }) },
          })
        : { messages: [{ role: "user", content: { type: "text", text: `Use ${answered.context}` } }] };
    },
  );
}
