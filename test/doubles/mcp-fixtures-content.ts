import {
  completable,
  fromJsonSchema,
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
  ResourceTemplate,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import { fixture } from "./fixture-media.ts";

const png = () => Buffer.from(fixture("picture.png")).toString("base64");
const wav = () => Buffer.from(fixture("tone.wav")).toString("base64");
const text = (value: string) => ({ type: "text" as const, text: value });
const picture = () => ({ type: "image" as const, data: png(), mimeType: "image/png" });
const embedded = (uri: string, mimeType: string, value: string) => ({
  type: "resource" as const,
  resource: { uri, mimeType, text: value },
});
const pauseMs = 20;
const pause = () => new Promise((resolve) => setTimeout(resolve, pauseMs));

/** The answers, resources and prompts that the conformance suites expect, with the suites' own names and words. */
export function addContentFixtures(server: McpServer): void {
  addTools(server);
  addResources(server);
  addPrompts(server);
}

function addTools(server: McpServer): void {
  const simple = (name: string, content: () => Parameters<typeof answer>[0]) =>
    server.registerTool(name, { description: name }, async () => answer(content()));
  simple("test_simple_text", () => [text("This is a simple text response for testing.")]);
  simple("test_image_content", () => [picture()]);
  simple("test_audio_content", () => [{ type: "audio", data: wav(), mimeType: "audio/wav" }]);
  simple("test_embedded_resource", () => [
    embedded("test://embedded-resource", "text/plain", "This is an embedded resource content."),
  ]);
  simple("test_multiple_content_types", () => [
    text("Multiple content types test:"),
    picture(),
    embedded("test://mixed-content-resource", "application/json", JSON.stringify({ test: "data", value: 123 })),
  ]);
  simple("test_logging_tool", () => [text("Nothing is logged to clients.")]);
  server.registerTool("test_error_handling", { description: "always fails" }, async () => {
    throw new Error("This tool intentionally returns an error for testing");
  });
  server.registerTool("test_tool_with_progress", { description: "three steps" }, async (context) => {
    const { _meta, notify } = context.mcpReq;
    for (const progress of [0, 50, 100]) {
      if (_meta?.progressToken !== undefined) {
        const params = { progressToken: _meta.progressToken, progress, total: 100 };
        await notify({ method: "notifications/progress", params });
      }
      await pause();
    }
    return answer([text("done")]);
  });
  server.registerTool("test_reconnection", { description: "closes the stream while it works" }, async (context) => {
    context.http?.closeSSE?.();
    await pause();
    return answer([text("done")]);
  });
  server.registerTool(
    "test_headers",
    {
      description: "an argument that travels in a header too",
      inputSchema: fromJsonSchema({
        type: "object",
        properties: { region: { type: "string", "x-mcp-header": "Region" } as object },
      }),
    },
    async () => answer([text("done")]),
  );
  server.registerTool(
    "json_schema_2020_12_tool",
    { description: "Tool with JSON Schema 2020-12 features", inputSchema: fromJsonSchema(contactSchema) },
    async () => answer([text("done")]),
  );
}

const answer = (
  content: (
    | ReturnType<typeof text>
    | ReturnType<typeof picture>
    | { type: "audio"; data: string; mimeType: string }
    | ReturnType<typeof embedded>
  )[],
) => ({ content });

const contactSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  $defs: {
    address: {
      $anchor: "addressDef",
      type: "object",
      properties: { street: { type: "string" }, city: { type: "string" } },
    },
  },
  properties: {
    name: { type: "string" },
    address: { $ref: "#/$defs/address" },
    contactMethod: { type: "string", enum: ["phone", "email"] },
    phone: { type: "string" },
    email: { type: "string" },
  },
  allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
  if: { properties: { contactMethod: { const: "phone" } }, required: ["contactMethod"] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: { required: ["phone"] },
  else: { required: ["email"] },
  additionalProperties: false,
} as const;

function addResources(server: McpServer): void {
  const uris = ["test://static-text", "test://static-binary", "test://watched-resource"] as const;
  for (const uri of uris) {
    const mimeType = uri.endsWith("binary") ? "image/png" : "text/plain";
    server.registerResource(uri.slice("test://".length), uri, { description: uri, mimeType }, async () => ({
      contents: [
        uri.endsWith("binary")
          ? { uri, mimeType, blob: png() }
          : { uri, mimeType, text: "This is the content of the static text resource." },
      ],
    }));
  }
  server.registerResource(
    "template",
    new ResourceTemplate("test://template/{id}/data", { list: undefined }),
    { description: "a template", mimeType: "application/json" },
    async (uri, { id }) => ({
      contents: [
        {
          uri: uri.href,
          mimeType: "application/json",
          text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }),
        },
      ],
    }),
  );
}

function addPrompts(server: McpServer): void {
  const user = <Content>(content: Content) => ({ role: "user" as const, content });
  server.registerPrompt("test_simple_prompt", { description: "simple" }, async () => ({
    messages: [user(text("This is a simple prompt for testing."))],
  }));
  const word = completable(z.string(), (value) => [`${value}-one`, `${value}-two`]);
  server.registerPrompt(
    "test_prompt_with_arguments",
    { description: "with arguments", argsSchema: z.object({ arg1: word, arg2: z.string() }) },
    async ({ arg1, arg2 }) => ({
      messages: [user(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`))],
    }),
  );
  server.registerPrompt(
    "test_prompt_with_embedded_resource",
    { description: "with a resource", argsSchema: z.object({ resourceUri: z.string() }) },
    async ({ resourceUri }) => {
      if (!URL.canParse(resourceUri)) {
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, "resourceUri must be an address");
      }
      return {
        messages: [
          user(embedded(resourceUri, "text/plain", "Embedded resource content for testing.")),
          user(text("Please process the embedded resource above.")),
        ],
      };
    },
  );
  server.registerPrompt("test_prompt_with_image", { description: "with a picture" }, async () => ({
    messages: [user(picture()), user(text("Please analyze the image above."))],
  }));
}
