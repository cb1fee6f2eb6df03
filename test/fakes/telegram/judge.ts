import { isObject, type JsonObject } from "../json.ts";
import { type BotApiVersion, serves } from "./api-versions.ts";
import { type Declarations, type Declared, type Field, gramioDeclarations } from "./declared-types.ts";
import { officialDeclarations, readOfficial } from "./official-types.ts";
import { Upload } from "./parameters.ts";

/** Something this server accepted or returned that the Bot API's descriptions do not allow. */
export interface Violation {
  readonly where: string;
  readonly direction: "request" | "answer" | "update";
  readonly problems: readonly string[];
  readonly value: unknown;
}

/** The Bot API's descriptions as judge of both the app and this server. */
export interface Judge {
  /** Whether Telegram's own page (10.1) is available: `TOOLCAST_JUDGES` names the folder. */
  readonly official: boolean;
  request(method: string, values: JsonObject): string[];
  answer(method: string, result: unknown): string[];
  update(update: unknown): string[];
}

const text: Declared = { is: "string" };
const flag: Declared = { is: "boolean" };
const optional = (type: Declared): Field => ({ type, required: false });
const objectOf = (fields: Record<string, Field>): Declared => ({
  is: "object",
  fields: new Map(Object.entries(fields)),
});

/** Additions after `@gramio/types` 10.3, as documented by aiogram (setMySettings) and node-telegram-bot-api 2.5. */
const settings = objectOf({
  ...Object.fromEntries(
    [
      "supports_inline_queries",
      "needs_inline_query_location",
      "can_join_groups",
      "can_read_all_group_messages",
      "can_connect_to_business",
      "can_manage_bots",
      "supports_guest_queries",
      "supports_join_request_queries",
      "has_topics_enabled",
      "allows_users_to_create_topics",
      "has_topic_sidebar",
      "can_communicate_with_bots",
    ].map((name) => [name, optional(flag)]),
  ),
  inline_query_placeholder: optional(text),
  inline_feedback_share_denominator: optional({ is: "number" }),
  callback_query_mode: optional({
    is: "union",
    of: ["default", "auto", "inline"].map((value) => ({ is: "literal", value })),
  }),
});

/** How strictly a value is judged: unknown fields may be newer, and one description leaves them to the other. */
interface Strictness {
  readonly unknownFields: boolean;
  /** In a request, form values are strings. */
  readonly loose: boolean;
}

function createChecker({ types }: Declarations) {
  function resolved(type: Declared): Declared {
    if (type.is !== "named") {
      return type;
    }
    const found = types.get(type.name);
    if (found === undefined) {
      throw new Error(`The descriptions have no type ${type.name}`);
    }
    return found;
  }

  function check(type: Declared, value: unknown, at: string, strictness: Strictness): string[] {
    const { loose } = strictness;
    if (type.is === "named" && /RichText$/.test(type.name)) {
      // A rich text is a string, a list of rich texts, or one of the named types: the declarations lack the first two.
      if (typeof value === "string") {
        return [];
      }
      if (Array.isArray(value)) {
        return value.flatMap((item, index) => check(type, item, `${at}[${index}]`, { ...strictness, loose: false }));
      }
    }
    const meant = resolved(type);
    if (loose && typeof value === "string" && (meant.is === "object" || meant.is === "list" || meant.is === "union")) {
      const direct = meant.is === "union" && check(meant, value, at, { ...strictness, loose: false }).length === 0;
      if (!direct) {
        try {
          return check(type, JSON.parse(value), at, { ...strictness, loose: false });
        } catch {
          return meant.is === "union" && meant.of.some((one) => check(one, value, at, strictness).length === 0)
            ? []
            : [`${at}: is not JSON`];
        }
      }
      return [];
    }
    const wrong = (what: string) => [`${at}: should be ${what}, not ${JSON.stringify(value)?.slice(0, 60)}`];
    switch (meant.is) {
      case "any":
        return [];
      case "string":
        return typeof value === "string" ? [] : wrong("a string");
      case "number":
        return typeof value === "number" || (loose && /^-?\d+(\.\d+)?$/.test(String(value))) ? [] : wrong("a number");
      case "boolean":
        return typeof value === "boolean" || (loose && /^(true|false)$/i.test(String(value))) ? [] : wrong("a boolean");
      case "file":
        return value instanceof Upload ? [] : wrong("an uploaded file");
      case "literal":
        return value === meant.value || (loose && String(value) === String(meant.value))
          ? []
          : wrong(JSON.stringify(meant.value));
      case "list":
        return Array.isArray(value)
          ? value.flatMap((item, index) => check(meant.of, item, `${at}[${index}]`, { ...strictness, loose: false }))
          : wrong("a list");
      case "union":
        return union(meant.of, value, at, strictness);
      case "object":
        return isObject(value) ? fields(meant.fields, value, at, strictness) : wrong("an object");
      default:
        return [];
    }
  }

  /** The complaints of the nearest alternative: the one with the same `type`, or with the fewest complaints. */
  function union(all: readonly Declared[], value: unknown, at: string, strictness: Strictness): string[] {
    const results: string[][] = [];
    for (const one of all) {
      const problems = check(one, value, at, strictness);
      if (problems.length === 0) {
        return [];
      }
      results.push(problems);
    }
    const named = results.filter(
      (problems) => !problems.some((problem) => /\.(type|status|source): should/.test(problem)),
    );
    return (named.length > 0 ? named : results).sort((one, other) => one.length - other.length)[0] ?? [];
  }

  function fields(known: ReadonlyMap<string, Field>, value: JsonObject, at: string, strictness: Strictness): string[] {
    const inner = { ...strictness, loose: strictness.loose && at === "" };
    const path = (name: string) => (at === "" ? name : `${at}.${name}`);
    const missing = [...known]
      .filter(([name, { required }]) => required && value[name] === undefined)
      .map(([name]) => `${path(name)}: is missing`);
    const wrong = Object.entries(value).flatMap(([name, given]) => {
      const field = known.get(name);
      if (given === undefined) {
        return [];
      }
      if (field === undefined) {
        return strictness.unknownFields ? [`${path(name)}: is unknown`] : [];
      }
      return check(field.type, given, path(name), inner);
    });
    return [...missing, ...wrong];
  }

  return check;
}

const versionOf = (served: BotApiVersion): string => served;

/** Fields of 10.2 that 10.3 replaced by `ephemeral_message_parameters`. */
const onlyIn102 = ["receiver_user_id", "callback_query_id"];

export function openJudge(folder: string | undefined, served: BotApiVersion): Judge {
  const newer = gramioDeclarations();
  const checkNewer = createChecker(newer);
  const official = folder === undefined ? null : officialDeclarations(readOfficial(folder));
  const checkOfficial = official === null ? null : createChecker(official);

  function byOfficial(type: Declared, value: unknown, loose = false): string[] {
    const problems = checkOfficial === null ? [] : checkOfficial(type, value, "", { unknownFields: false, loose });
    return problems.filter((problem) => !isNewer(problem));
  }

  /** Known differences between the served version and the two descriptions. */
  function withoutKnown(method: string, problems: string[], values: JsonObject): string[] {
    return problems.filter((problem) => {
      // Telegraf adds the method's name to forms and its own mark to buttons; Telegram reads neither.
      if (/(^method|\]\.hide): is unknown$/.test(problem)) {
        return false;
      }
      if (versionOf(served) === "10.2" && /^send/.test(method)) {
        return !onlyIn102.some((name) => problem === `${name}: is unknown`);
      }
      // Since 10.4 a reply to an ephemeral message need not name the chat and the receiver.
      const reply = isObject(values.reply_parameters) ? values.reply_parameters.ephemeral_message_id : undefined;
      const cited = values.ephemeral_message_parameters !== undefined || reply !== undefined;
      return !(serves(served, "10.4") && cited && /(^chat_id|receiver_user_id): is missing/.test(problem));
    });
  }

  return {
    official: official !== null,
    request(method, values) {
      if (method === "setMySettings") {
        return checkNewer(settings, values, "", { unknownFields: true, loose: true });
      }
      // The uploads that `attach://` names are not parameters.
      const attached = JSON.stringify(values) ?? "";
      const given = Object.fromEntries(
        Object.entries(values).filter(
          ([name, value]) => !(value instanceof Upload && attached.includes(`attach://${name}`)),
        ),
      );
      const described = newer.methods.get(method);
      if (described === undefined) {
        return [`there is no method ${method}`];
      }
      const byNewer =
        described.parameters === null
          ? []
          : checkNewer(described.parameters, given, "", { unknownFields: true, loose: true });
      const old = official?.methods.get(method)?.parameters;
      const older = old === undefined || old === null ? [] : byOfficial(old, given, true);
      return withoutKnown(method, [...byNewer, ...older], values).slice(0, 20);
    },
    answer(method, result) {
      if (method === "setMySettings") {
        return result === true ? [] : ["should be true"];
      }
      const described = newer.methods.get(method);
      const old = official?.methods.get(method);
      return [
        ...(described === undefined
          ? []
          : checkNewer(described.result, result, "", { unknownFields: true, loose: false })),
        ...(old === undefined ? [] : byOfficial(old.result, result)),
      ].slice(0, 20);
    },
    update(update) {
      const type: Declared = { is: "named", name: "TelegramUpdate" };
      return [
        ...checkNewer(type, update, "", { unknownFields: true, loose: false }),
        ...byOfficial({ is: "named", name: "Update" }, update),
      ].slice(0, 20);
    },
  };
}

/** Complaints of the 10.1 page about rich blocks that were added in 10.2 and 10.3. */
function isNewer(problem: string): boolean {
  return (
    /(^|\.)blocks\[\d+\]/.test(problem) &&
    /should be|is missing/.test(problem) &&
    /voice_note|document|buttons/.test(problem)
  );
}
