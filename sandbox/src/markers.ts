import { freeAllowanceUsed, sayingOf } from "./dashscope/codes.ts";
import type { VendorName } from "./ledger.ts";
import { openaiSayings } from "./openai/codes.ts";
import { sparkImageMessages, sparkMessages } from "./spark/codes.ts";
import { xjcMessages } from "./xjc/codes.ts";
import type { CallbackBehaviour } from "./xjc/records.ts";

/** What the failure markers of one request ask for; anything absent happens as usual. */
export interface Misbehaviour {
  /** Answer with this code instead of starting. */
  code?: number | string;
  /** HTTP status of that answer, if it is not the table's. */
  codeStatus?: number;
  /** Message of that answer, if it is not the table's. */
  codeMessage?: string;
  /** Answer with this HTTP status and a gateway's text; nothing is recorded. */
  httpStatus?: number;
  /** With that status: for how many seconds not to ask again (`Retry-After`). */
  retryAfterSeconds?: number;
  /** Cut the connection before anything is recorded, or after the paid start is. */
  drop?: "before-accept" | "after-accept";
  /** How the answer to an accepted request is spoilt. */
  answer?: "malformed" | "giant" | "hang" | "no-payload";
  /** Extra working time in milliseconds, before division by the speed. */
  slowMs?: number;
  /** The task fails with this message. */
  failure?: string;
  /** The task never ends. */
  stuck?: boolean;
  /** The vendor loses the task as soon as it is accepted. */
  lost?: boolean;
  /** One picture of several is refused. */
  partial?: boolean;
  /** The picture shows no face. */
  nobody?: boolean;
  /** The result's address is already expired when it is given. */
  expiredUrl?: boolean;
  callback?: CallbackBehaviour;
  /** Only the first request with the same body misbehaves. */
  once?: boolean;
}

const callbackMarkers = new Set(["late", "twice", "forged", "lost", "early"]);
const slowestMs = 24 * 60 * 60_000;

/** Reads every `[[...]]` in `text` for `vendor`; anything that is not a marker of that vendor stays ordinary text. */
export function readMarkers(text: string, vendor: VendorName): Misbehaviour {
  const found: Misbehaviour = {};
  for (const match of text.matchAll(/\[\[([^[\]]{1,200})\]\]/g)) {
    const words = match[1]!.trim();
    const once = / once$/i.test(words);
    const one = readOne(words.replace(/ once$/i, "").trim(), vendor);
    if (one === undefined) continue;
    Object.assign(found, one);
    if (once) found.once = true;
  }
  return found;
}

/** True when `marker`, with or without its brackets, means something to `vendor`. */
export function isMarker(marker: string, vendor: VendorName): boolean {
  return Object.keys(readMarkers(withBrackets(marker), vendor)).some((key) => key !== "once");
}

export function withBrackets(marker: string): string {
  return marker.includes("[[") ? marker : `[[${marker}]]`;
}

function readOne(words: string, vendor: VendorName): Misbehaviour | undefined {
  const code =
    vendor === "dashscope"
      ? readWordCode(words)
      : vendor === "openai"
        ? readOpenaiCode(words)
        : readNumberCode(words, vendor);
  if (code !== undefined) return code;
  const status = /^http ([45]\d\d)(?: retry-after (\d{1,5}))?$/i.exec(words);
  if (status) {
    const [, code, seconds] = status;
    return { httpStatus: Number(code), ...(seconds === undefined ? {} : { retryAfterSeconds: Number(seconds) }) };
  }
  const slow = /^slow (\d+(?:\.\d+)?) ?(ms|s|m)$/i.exec(words);
  if (slow) {
    const unitMs = { ms: 1, s: 1000, m: 60_000 }[slow[2]!.toLowerCase()] ?? 1000;
    return { slowMs: Math.min(Number(slow[1]) * unitMs, slowestMs) };
  }
  const failure = /^fail(?::\s*(.*))?$/is.exec(words);
  if (failure) return { failure: failure[1] || "sandbox: failed on request" };
  const callback = /^callback (\w+)$/i.exec(words)?.[1]?.toLowerCase();
  if (callback !== undefined && callbackMarkers.has(callback)) return { callback: callback as CallbackBehaviour };
  switch (words.toLowerCase()) {
    case "reset":
    case "drop-before-accept":
      return { drop: "before-accept" };
    case "drop-after-accept":
      return { drop: "after-accept" };
    case "malformed":
    case "giant":
    case "hang":
    case "no-payload":
      return { answer: words.toLowerCase() as Misbehaviour["answer"] };
    case "stuck":
      return { stuck: true };
    case "task-unknown":
      return vendor === "dashscope" ? { lost: true } : undefined;
    case "partial":
      return vendor === "dashscope" ? { partial: true } : undefined;
    case "no-face":
      return vendor === "dashscope" ? { nobody: true } : undefined;
    case "expired-url":
      return { expiredUrl: true };
    default:
      return undefined;
  }
}

function readNumberCode(words: string, vendor: "spark" | "xjc"): Misbehaviour | undefined {
  if (!/^\d{5}$/.test(words)) return undefined;
  const code = Number(words);
  const known = vendor === "spark" ? { ...sparkMessages, ...sparkImageMessages } : xjcMessages;
  return code in known ? { code } : undefined;
}

function readOpenaiCode(words: string): Misbehaviour | undefined {
  return Object.hasOwn(openaiSayings, words) ? { code: words } : undefined;
}

/** A code may be followed by the status from the other edition of the table, or by its other meaning. */
function readWordCode(words: string): Misbehaviour | undefined {
  if (sayingOf(words) !== undefined) return { code: words };
  const [, code = "", extra = ""] = /^(.+) (free|[45]\d\d)$/.exec(words) ?? [];
  if (sayingOf(code) === undefined) return undefined;
  if (extra !== "free") return { code, codeStatus: Number(extra) };
  return code === "Throttling.AllocationQuota" ? { code, codeMessage: freeAllowanceUsed } : undefined;
}
