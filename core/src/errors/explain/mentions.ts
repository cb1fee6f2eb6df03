import { entriesWithCode, fromCatalog } from "../catalog.ts";
import { signsIn } from "./evidence.ts";

/**
 * How certainly a piece of text is a code: the whole input, labelled as one, placed like one, a vendor's words, an HTTP
 * status, or only a number.
 */
export type MentionKind = "whole" | "labelled" | "bracketed" | "phrase" | "http" | "plain";

/** A place in a text that mentions a code. */
export interface Mention {
  kind: MentionKind;
  /** The code as written in the catalogue if it is known, otherwise as in the text. */
  code: string;
  /** The text that was read, including a label. */
  matchedText: string;
  /** Its offset in the text. */
  index: number;
  /** For `phrase`: the vendor's phrase that was found, to distinguish rows with one code. */
  phrase?: string;
  /** For `phrase`: the vendor whose phrase it is. */
  provider?: string;
}

const strength: Record<MentionKind, number> = { whole: 5, labelled: 4, phrase: 3, bracketed: 3, http: 2, plain: 1 };

/** How far before a number to look for its label, in characters. */
const labelReach = 24;
/** How many unknown codes, and how many plain numbers, are taken from one text. */
const maxDoubtful = 10;
/** Vendors' words are searched for in this many characters at each end of a long text. */
const phraseReach = 16_000;

const label =
  /(?<![A-Za-z])(?:(?:error|err|ret|return|result|status|biz|sub|inner|vendor)?[ _-]?code|错误码|错误代码|错误|返回码|返回值|代码|状态码|码|error|err|errno|errtype|ret|失败|报错|報錯|錯誤碼|錯誤代碼)(?:["'\\\s]*(?:[:=：＝]|=>|->|is|was|为|是|号|no\.?)?["'\\\s]*)[([{<【（]*\s*["'\\]*$/i;
const isStatus = /^[1-5]\d\d$/;
/** A process's exit status is not a vendor's code. */
const exitBefore = /exit(?:ed|s)?(?: with)?(?: status)?[ _-]*(?:code)?\W*$/i;
const measureAfter =
  /^\s?(?:(?:ms|s|sec|seconds?|px|[kmg]i?b|bytes?|tokens?|points?|times)(?![A-Za-z_])|字节|毫秒|秒|元|分|个|条|次|行|字|x\d|×|%|[.,:]\d|[-/]\d)/i;
const httpStatus =
  /(?:\bHTTP(?:\/\d(?:\.\d)?)?(?:[ _-]?(?:status|error|code))*|\bstatus(?:[ _]?code)?|HTTP_STATUS\/|Unexpected server response|handshake(?: status)?|状态码|返回码|网关返回)["'\\\s:=：(/]{0,6}([1-5]\d\d)(?!\d)/gi;
const httpReason =
  /(?<!\d)([45]\d\d)[ :]{1,2}(?:Unauthorized|Forbidden|Bad Request|Not Found|Too Many Requests|Internal Server Error|Bad Gateway|Service (?:Temporarily )?Unavailable|Gateway Time-?out|Request Time-?out|Payload Too Large|Unsupported Media Type|Client Error|Server Error)/gi;
const angledStatus = /<([45]\d\d)>/g;
const handshake = /bad handshake|handshake (?:failed|failure|error)|websocket 握手失败/gi;
const gatewayPhrases =
  /HMAC signature (?:cannot be verified, a valid date|cannot be verified|does not match)|a valid date or x-date header/gi;

/** A word written like a code: a dot, an underscore or a capital inside. */
const looksLikeName = /^(?=.{4,60}$)[A-Za-z]+(?:[._][A-Za-z]+)+$|^(?=.{6,60}$)[A-Z][a-z]+(?:[A-Z][a-z]*)+$/;

/**
 * Names that iFlytek writes into `message` although the document has only the numbers; and the names that DashScope's
 * OpenAI-compatible address uses for a wrong request instead of its own code.
 */
const phrasesForCodes: readonly { pattern: RegExp; provider: string; code: string }[] = [
  { pattern: /AppIdNoAuth(?:Error)?/gi, provider: "spark", code: "11200" },
  { pattern: /AppIdNoEnoughLicen[cs]e(?:Error)?/gi, provider: "spark", code: "11200" },
  { pattern: /AppIdQpsOverFlow(?:Error)?/gi, provider: "spark", code: "11202" },
];

/** Names of kinds of errors, with the code in the table for each. */
const kindNames: Readonly<Record<string, string>> = {
  invalid_request_error: "InvalidParameter",
  invalid_parameter_error: "InvalidParameter",
};

/** Vendor texts that are too general to be recognized by their words alone. */
const generalTexts = new Set(["成功", "操作成功", "执行失败", "其他错误", "签名错误", "文件打开失败", "内部错误"]);

const namesByLowerCase = fromCatalog((all) => new Map(all.map(({ code }) => [code.toLowerCase(), code])));
const texts = fromCatalog((all) =>
  all
    .filter(
      ({ vendorText }) => !generalTexts.has(vendorText) && vendorText.length >= (/[^ -~]/.test(vendorText) ? 4 : 14),
    )
    .map(({ vendorText, code, provider }) => ({ text: vendorText.replace(/[。.]$/, ""), code, provider })),
);

/** Finds the codes in a text: for each code the most certain mention, in the order of the text. */
export function findMentions(text: string): Mention[] {
  const alone = readAlone(text.trim());
  if (alone !== undefined) {
    return [alone];
  }
  const best = new Map<string, Mention>();
  let unknownCodes = 0;
  const add = (mention: Mention) => {
    const before = best.get(mention.code);
    if (before === undefined || strength[mention.kind] > strength[before.kind]) {
      best.set(mention.code, mention);
      unknownCodes += before === undefined && entriesWithCode(mention.code).length === 0 ? 1 : 0;
    }
  };
  const settled = (code: string) => {
    const before = best.get(code);
    return before === undefined
      ? unknownCodes >= maxDoubtful && entriesWithCode(code).length === 0
      : strength[before.kind] >= strength.labelled;
  };
  readNumbers(text, add, settled);
  readNames(text, add, settled);
  readStatuses(text, add);
  const codedProviders = [...best.values()]
    .filter(({ kind }) => kind === "labelled" || kind === "bracketed")
    .flatMap(({ code }) => entriesWithCode(code).map(({ provider }) => provider));
  readPhrases(text, add, new Set(codedProviders));
  const found = [...best.values()].sort((one, other) => one.index - other.index);
  const codes = found.filter(
    ({ kind, code }) => kind !== "plain" && kind !== "http" && entriesWithCode(code).length > 0,
  );
  if (codes.length > 0) {
    // A status or stray number beside a code belongs to it and is not a second question.
    return found.filter(({ kind }) => kind !== "plain" && kind !== "http");
  }
  const sure = found.filter(({ kind }) => kind !== "plain");
  return sure.length > 0 ? sure : found.slice(0, maxDoubtful);
}

/** Reads an input that is only a code, or a vendor's name and a code (`spark 10003`). */
function readAlone(text: string): Mention | undefined {
  if (text.length > 80) {
    return undefined;
  }
  const named = /^([^\d:：/\s]{2,20})[:：/\s]*(\d{1,6}|(?<=[^A-Za-z])[A-Za-z][\w.]*)$/.exec(text);
  const word = named !== null && signsIn(named[1] ?? "").size > 0 ? (named[2] ?? text) : text;
  const code = known(word);
  if (code === undefined && !/^\d{1,6}$/.test(word) && !looksLikeName.test(word)) {
    return undefined;
  }
  const kind = isStatus.test(word) ? "http" : "whole";
  return { kind, code: code ?? word, matchedText: word, index: text.length - word.length };
}

function known(word: string): string | undefined {
  if (entriesWithCode(word).length > 0) {
    return word;
  }
  return namesByLowerCase().get(word.toLowerCase());
}

type Add = (mention: Mention) => void;
type Settled = (code: string) => boolean;

function readNumbers(text: string, add: Add, settled: Settled): void {
  for (const match of text.matchAll(/(?<![\w.,+$#¥])-?\b(?:0|\d{3,6})(?![\w])/g)) {
    const { index } = match;
    const code = match[0].replace("-", "");
    const isKnown = code.length === 5 && entriesWithCode(code).length > 0;
    // Skips most numbers in a log before anything is extracted.
    const canBeLabelled = isKnown || "\"' \n\t\\:=：＝([{<【（为是>码".includes(text.charAt(index - 1));
    if (!canBeLabelled || settled(code)) {
      continue;
    }
    const before = text.slice(Math.max(0, index - labelReach), index);
    const after = text.slice(index + match[0].length, index + match[0].length + 12);
    if (measureAfter.test(after) || exitBefore.test(before)) {
      continue;
    }
    const labelled = label.exec(before);
    const excerpt = (from: number) => text.slice(from, index + match[0].length).replace(/\s+/g, " ");
    if (labelled) {
      add({
        kind: isStatus.test(code) ? "http" : "labelled",
        code,
        matchedText: excerpt(index - labelled[0].length),
        index,
      });
    } else if (isKnown && /[[(【（]$/.test(before) && /^[\])】）:：,]/.test(after)) {
      add({ kind: "bracketed", code, matchedText: excerpt(index - 1) + after.charAt(0), index });
    } else if (isKnown && /(?:^|\n)\s*$/.test(before) && /^\s*(?:[:：|,，\-—\t]|$|\n)/.test(after)) {
      add({ kind: "bracketed", code, matchedText: excerpt(index), index });
    } else if (isKnown && !/(?:[\w.\])]:|port\s?|端口\s?|pid\s?|line\s|[/\\@])$/i.test(before)) {
      add({ kind: "plain", code, matchedText: excerpt(index), index });
    }
  }
}

/**
 * In `InternalError.Algo.DataInspectionFailed` the end counts; of `InvalidParameter.Whatever` we still know the first
 * part.
 */
function readNames(text: string, add: Add, settled: Settled): void {
  for (const match of text.matchAll(
    /(?<![\w.])(?:[A-Z][A-Za-z]{5,}(?:\.[A-Z][A-Za-z]+){0,3}|[a-z]+_[a-z]+(?:_[a-z]+)?|[A-Z][a-z]{2,}\.[A-Z][A-Za-z]+)(?![\w])/g,
  )) {
    const [name] = match;
    const { index } = match;
    const before = text.slice(Math.max(0, index - labelReach), index);
    const code =
      codeInName(name) ??
      (/\bcode["'\\\s]*[:=]["'\\\s]*$/i.test(before) && looksLikeName.test(name) ? name : undefined);
    if (code === undefined || settled(code)) {
      continue;
    }
    const labelled = label.exec(before) ?? /<[45]\d\d>\s*$/.exec(before);
    // A single everyday word such as "Conflict" is a code only in the place of one.
    const distinct = /[._]|[a-z][A-Z]/.test(name) && !/^(?:System|Not|Internal)[A-Z][a-z]+$/.test(name);
    add({
      kind: labelled ? "labelled" : distinct ? "bracketed" : "plain",
      code,
      matchedText: text.slice(index - (labelled?.[0].length ?? 0), index + name.length).replace(/\s+/g, " "),
      index,
    });
  }
  for (const match of text.matchAll(/NOT AUTHORIZED/g)) {
    add({ kind: "bracketed", code: match[0], matchedText: match[0], index: match.index });
  }
}

function codeInName(name: string): string | undefined {
  const kind = kindNames[name];
  if (kind !== undefined) {
    return kind;
  }
  if (entriesWithCode(name).length > 0) {
    return name;
  }
  const parts = name.split(".");
  for (let from = 1; from < parts.length; from += 1) {
    const suffix = parts.slice(from).join(".");
    if (entriesWithCode(suffix).length > 0) {
      return suffix;
    }
  }
  for (let to = parts.length - 1; to > 0; to -= 1) {
    const prefix = parts.slice(0, to).join(".");
    if (entriesWithCode(prefix).length > 0) {
      return prefix;
    }
  }
  return undefined;
}

function readStatuses(text: string, add: Add): void {
  for (const pattern of [httpStatus, httpReason, angledStatus]) {
    for (const match of text.matchAll(pattern)) {
      const [matchedText, code = ""] = match;
      if (Number(code) >= 400) {
        add({ kind: "http", code, matchedText, index: match.index });
      }
    }
  }
}

function readPhrases(text: string, add: Add, coded: ReadonlySet<string>): void {
  for (const { pattern, provider, code } of phrasesForCodes) {
    for (const match of text.matchAll(pattern)) {
      add({ kind: "phrase", code, matchedText: match[0], index: match.index, phrase: match[0], provider });
    }
  }
  for (const match of text.matchAll(gatewayPhrases)) {
    const code = /date/.test(match[0]) ? "403" : "401";
    add({ kind: "phrase", code, matchedText: match[0], index: match.index, phrase: match[0], provider: "spark" });
  }
  for (const match of text.matchAll(handshake)) {
    add({ kind: "phrase", code: "403", matchedText: match[0], index: match.index, provider: "spark" });
  }
  const ends = text.length <= 2 * phraseReach ? [0] : [0, text.length - phraseReach];
  for (const start of ends) {
    const end = ends.length === 1 ? text.length : start + phraseReach;
    const part = text.slice(start, end);
    // Words are needed only if the vendor's code itself is not in the text.
    const met = texts().filter((candidate) => !coded.has(candidate.provider) && part.includes(candidate.text));
    for (const { text: phrase, code, provider } of met) {
      // "Allocated quota exceeded" is also part of "Free allocated quota exceeded"; the longer match counts.
      if (!met.some((other) => other.text.length > phrase.length && other.text.includes(phrase))) {
        add({ kind: "phrase", code, matchedText: phrase, index: start + part.indexOf(phrase), phrase, provider });
      }
    }
  }
}
