import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isMethod, type MethodName, methods } from "./methods.ts";

/** One method as Slack's reference describes it. */
export interface DescribedMethod {
  readonly args: Readonly<Record<string, { readonly required?: boolean }>>;
  readonly errors: Readonly<Record<string, string>>;
  readonly rate_limit: { readonly label: string };
  readonly scopes: {
    readonly bot?: readonly { readonly name: string }[];
    readonly user?: readonly { readonly name: string }[];
  };
}

/** Something this server accepted or returned that is not in Slack's own description. */
export interface Violation {
  readonly where: string;
  readonly direction: "request" | "answer";
  readonly problems: readonly string[];
}

/** Slack's reference of methods as judge of both the app and this server. */
export interface Judge {
  /** Whether the file is available: `TOOLCAST_JUDGES` names its folder. */
  readonly on: boolean;
  readonly described: ReadonlyMap<MethodName, DescribedMethod>;
  request(method: MethodName, names: readonly string[]): string[];
  answer(method: MethodName, error: string | null): string[];
}

/** Codes that every page of the reference repeats and the file omits. */
const commonErrors: readonly string[] = [
  "access_denied",
  "account_inactive",
  "fatal_error",
  "internal_error",
  "invalid_arg_name",
  "invalid_arguments",
  "invalid_auth",
  "invalid_charset",
  "invalid_form_data",
  "invalid_json",
  "invalid_post_type",
  "missing_post_type",
  "missing_scope",
  "not_allowed_token_type",
  "not_authed",
  "ratelimited",
  "request_timeout",
  "service_unavailable",
  "token_expired",
  "token_revoked",
];

/** Where the file differs from the service, as the published types say. */
const alsoNamed: Partial<Record<MethodName, readonly string[]>> = {
  "chat.stopStream": ["session_status"],
};

const opened = new Map<string, Judge>();

export function openJudge(folder: string | undefined): Judge {
  if (folder === undefined) {
    return { on: false, described: new Map(), request: () => [], answer: () => [] };
  }
  const judge = opened.get(folder) ?? readJudge(folder);
  opened.set(folder, judge);
  return judge;
}

function readJudge(folder: string): Judge {
  const file = JSON.parse(readFileSync(join(folder, "slack-methods.json"), "utf8")) as Record<string, DescribedMethod>;
  const described = new Map<MethodName, DescribedMethod>();
  for (const [name, method] of Object.entries(file)) {
    if (isMethod(name)) {
      described.set(name, method);
    }
  }
  return {
    on: true,
    described,
    request(name, names) {
      const method = described.get(name);
      const known =
        method === undefined ? [...methods[name].required, ...methods[name].optional] : Object.keys(method.args);
      return names
        .filter((given) => given !== "token" && ![...known, ...(alsoNamed[name] ?? [])].includes(given))
        .map((given) => `there is no argument ${given}`);
    },
    answer(name, error) {
      const method = described.get(name);
      return error === null || method === undefined || commonErrors.includes(error) || error in method.errors
        ? []
        : [`no error ${error} is described`];
    },
  };
}
