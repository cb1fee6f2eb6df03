import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { isObject, type JsonObject } from "../json.ts";

/** Something this server accepted or returned that Discord's own description does not allow. */
export interface Violation {
  readonly where: string;
  readonly direction: "request" | "answer" | "event";
  readonly problems: readonly string[];
  readonly value: unknown;
}

/** Discord's OpenAPI file as judge of both the app and this server. */
export interface Judge {
  /** Whether the file is available: `TOOLCAST_JUDGES` names the folder. */
  readonly on: boolean;
  /** The faults of a request's body; empty if there are none, or if there is no such operation. */
  request(method: string, path: string, body: unknown): string[];
  answer(method: string, path: string, status: number, body: unknown): string[];
  /** Judges a value by one of the named schemas. */
  schema(name: string, value: unknown): string[];
}

const silent: Judge = { on: false, request: () => [], answer: () => [], schema: () => [] };

/**
 * Where the file differs from the service, according to the service's documentation: permission sets are strings, codes
 * of single fields are words, and ids of new attachments are numbers.
 */
function withKnownDifferences(document: JsonObject): JsonObject {
  const schemas = (document.components as { schemas: Record<string, JsonObject> }).schemas;
  for (const name of Object.keys(schemas).filter((key) =>
    /^ApplicationCommand(Create|Update|Patch)Request/.test(key),
  )) {
    const properties = schemas[name]!.properties as JsonObject;
    if (isObject(properties.default_member_permissions)) {
      properties.default_member_permissions = {
        anyOf: [properties.default_member_permissions, { type: "string", pattern: "^[0-9]+$" }],
      };
    }
  }
  schemas.InnerErrors = {
    type: "object",
    required: ["_errors"],
    properties: {
      _errors: {
        type: "array",
        items: { type: "object", required: ["code", "message"], properties: { message: { type: "string" } } },
      },
    },
  };
  schemas.ErrorDetails = { type: "object" };
  const attachment = schemas.MessageAttachmentRequest!.properties as JsonObject;
  attachment.id = { anyOf: [{ type: "integer", minimum: 0 }, attachment.id] };
  return document;
}

const pointer = (...keys: string[]) =>
  `discord.json#/${keys.map((key) => encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/")}`;

/** Reading and compiling the file takes most of a second, so a process does it only once. */
const opened = new Map<string, Judge>();

export function openJudge(folder: string | undefined): Judge {
  if (folder === undefined) {
    return silent;
  }
  const judge = opened.get(folder) ?? readJudge(folder);
  opened.set(folder, judge);
  return judge;
}

function readJudge(folder: string): Judge {
  const text = readFileSync(join(folder, "discord-openapi.json"), "utf8");
  const document = withKnownDifferences(JSON.parse(text) as JsonObject);
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true });
  addFormats.default(ajv);
  ajv.addFormat("snowflake", /^(0|[1-9][0-9]*)$/);
  ajv.addFormat("nonce", /^[\s\S]{0,25}$/);
  ajv.addSchema(document, "discord.json");
  const compiled = new Map<string, ValidateFunction>();

  function check(reference: string, value: unknown): string[] {
    let validate = compiled.get(reference);
    if (validate === undefined) {
      validate = ajv.compile({ $ref: reference });
      compiled.set(reference, validate);
    }
    return validate(value)
      ? []
      : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || "/"} ${message}`).slice(0, 20);
  }

  function operation(method: string, path: string): JsonObject | null {
    const found = (document.paths as Record<string, JsonObject>)[path]?.[method.toLowerCase()];
    return isObject(found) ? found : null;
  }

  return {
    on: true,
    request(method, path, body) {
      const found = operation(method, path);
      const has = isObject(found?.requestBody);
      return has
        ? check(
            pointer("paths", path, method.toLowerCase(), "requestBody", "content", "application/json", "schema"),
            body,
          )
        : [];
    },
    answer(method, path, status, body) {
      if (status === 429) {
        return check(pointer("components", "schemas", "RatelimitedResponse"), body);
      }
      if (status >= 400) {
        return check(pointer("components", "schemas", "ErrorResponse"), body);
      }
      const responses = operation(method, path)?.responses;
      const response = isObject(responses) ? responses[String(status)] : undefined;
      if (!isObject(response)) {
        return operation(method, path) === null ? [] : [`no answer ${status} is described`];
      }
      if (!isObject(response.content)) {
        return body === undefined ? [] : ["no body is described"];
      }
      return check(
        pointer(
          "paths",
          path,
          method.toLowerCase(),
          "responses",
          String(status),
          "content",
          "application/json",
          "schema",
        ),
        body,
      );
    },
    schema: (name, value) => check(pointer("components", "schemas", name), value),
  };
}
