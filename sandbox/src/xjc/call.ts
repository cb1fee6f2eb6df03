import type { Context } from "../context.ts";
import type { Misbehaviour } from "../markers.ts";
import type { Callbacks } from "./callbacks.ts";
import type { ResultFiles } from "./result-files.ts";

/** One authenticated request that has passed the vendor's gateway. */
export interface Call {
  endpoint: string;
  accessKey: string;
  body: Record<string, unknown>;
  query: URLSearchParams;
  fingerprint: string;
  asked: Misbehaviour;
}

/** What the endpoints share. */
export interface Vendor {
  context: Context;
  callbacks: Callbacks;
  files: ResultFiles;
}

export const userId = "sandbox-user";
