import { isDeepStrictEqual } from "node:util";
import type Keyv from "keyv";
import { ToolcastError } from "../../errors/errors.ts";
import type { LocalizedText } from "../../ground/locale.ts";
import type { Bills, VendorRecord } from "../operation.ts";
import { type Api, readTimeoutMs } from "./api.ts";
import { type BillData, billData } from "./wire.ts";

/** The key under which the number of the first page is stored once known, with the address it applies to. */
const firstPageKey = "bills-first-page";

interface KnownFirstPage {
  baseUrl: string;
  first: 0 | 1;
}

/** The account whose bills are read, and where the number of the first page is stored. */
interface BillSource {
  api: Api;
  state: Keyv;
  baseUrl: string;
}

/** The vendor's code for a parameter it does not accept. */
const wrongParameter = "20004";

/** The vendor describes what it charged in Chinese only. */
const knownTypes: Readonly<Record<string, LocalizedText>> = {
  视频合成: { en: "Avatar video", "zh-CN": "视频合成" },
};

/** A page of the bills for videos; pages count from 1, whatever the vendor counts from. */
export async function readBills(
  { api, state, baseUrl }: BillSource,
  page: number,
  pageSize: number,
  signal?: AbortSignal,
): Promise<Bills> {
  const read = (pn: number) => readPage(api, pn, pageSize, signal);
  const known = await state.get<KnownFirstPage>(firstPageKey);
  const isKnown = known?.baseUrl === baseUrl;
  const first = isKnown ? known.first : await findFirstPage(read);
  if (!isKnown && first !== undefined) {
    await state.set(firstPageKey, { baseUrl, first } satisfies KnownFirstPage);
  }
  const { total, list } = await read(page - 1 + (first ?? 1));
  return {
    total,
    lines: list.map(({ type, time, duration, fee }) => ({
      type,
      ...(type.trim() in knownTypes ? { what: knownTypes[type.trim()] } : {}),
      time,
      ...(Number.isNaN(beijingTime(time)) ? {} : { at: beijingTime(time) }),
      ...(duration === undefined ? {} : { durationMs: duration * 1000 }),
      amount: fee,
      unit: "points",
    })),
    covers: { key: "bills.xjc-covers" },
  };
}

/** The most lines a person would read to decide about one start. */
const evidenceLines = 20;
/** How much the vendor's clock and ours may differ. */
const clockSlackMs = 60_000;

/** What was charged since an instant. A line whose time cannot be read is shown rather than hidden. */
export async function billsSince(source: BillSource, instant: number, signal?: AbortSignal): Promise<VendorRecord[]> {
  const first = await readBills(source, 1, evidenceLines, signal);
  const pages = Math.ceil(first.total / evidenceLines);
  // Nor is it documented which end of the list is the newest; the last page may contain only one line.
  const lines = [...first.lines];
  for (const page of [pages - 1, pages].filter((number) => number > 1)) {
    lines.push(...(await readBills(source, page, evidenceLines, signal)).lines);
  }
  return lines
    .filter(({ time }) => !(beijingTime(time) < instant - clockSlackMs))
    .map(({ type, time, amount, unit }) => ({ what: type, time, amount, unit }));
}

/** The vendor writes local time without a zone; NaN for anything else. */
function beijingTime(text: string): number {
  return Date.parse(`${text.trim().replace(" ", "T")}+08:00`);
}

/**
 * The document does not say whether pages count from 0 or from 1, so both are requested. Undefined while there are too
 * few lines to tell: nothing is stored then, and both numbers give the same.
 */
async function findFirstPage(read: (pn: number) => Promise<BillData>): Promise<0 | 1 | undefined> {
  let [zeroth, first] = [await orRefused(read(0)), await orRefused(read(1))];
  if (zeroth !== "refused" && first !== "refused" && zeroth.total !== first.total) {
    // A line was added in between, which makes two readings of one page differ.
    [zeroth, first] = [await orRefused(read(0)), await orRefused(read(1))];
  }
  if (zeroth === "refused") {
    return first === "refused" ? undefined : 1;
  }
  if (first === "refused" || zeroth.total === 0) {
    return first === "refused" ? 0 : undefined;
  }
  // A vendor that counts from 1 may answer 0 with an empty page, or take it for the first one.
  return zeroth.list.length === 0 || isDeepStrictEqual(zeroth.list, first.list) ? 1 : 0;
}

async function orRefused(reading: Promise<BillData>): Promise<BillData | "refused"> {
  try {
    return await reading;
  } catch (error) {
    if (ToolcastError.isInstance(error) && error.failure.vendorCode === wrongParameter) {
      return "refused";
    }
    throw error;
  }
}

function readPage(api: Api, pn: number, ds: number, signal?: AbortSignal): Promise<BillData> {
  return api.read({
    method: "GET",
    path: "user/bill/list",
    query: { pn: String(pn), ds: String(ds) },
    data: billData,
    timeoutMs: readTimeoutMs,
    signal,
  });
}
