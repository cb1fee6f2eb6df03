import type { Context } from "../context.ts";
import { dashscopeCredentials } from "../credentials.ts";
import { DashscopeRefusal } from "./codes.ts";
import type { DashscopeTask } from "./records.ts";
import { type Status, statusOf, vendorTime } from "./tasks.ts";

const longestSpanMs = 24 * 60 * 60_000;
const largestPage = 100;
const statuses: readonly string[] = ["PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELED", "UNKNOWN"];

/** `GET tasks/`: the account's tasks of at most a day, newest first. */
export function listTasks(context: Context, query: URLSearchParams): Record<string, unknown> {
  const now = context.vendorNow();
  const endsAt = timeIn(query, "end_time") ?? now;
  const startsAt = timeIn(query, "start_time") ?? endsAt - longestSpanMs;
  if (startsAt > endsAt || endsAt - startsAt > longestSpanMs) refuse("start_time and end_time must be within 24 hours");
  const status = query.get("status");
  if (status !== null && !statuses.includes(status)) refuse(`status must be one of ${statuses.join(", ")}`);
  const [pageNumber, pageSize] = [wholeIn(query, "page_no", 1), wholeIn(query, "page_size", 10, largestPage)];
  const found = context.state.dashscopeTasks
    .values()
    .map((task) => ({ task, status: statusOf(context, task) }))
    // Tasks that the vendor has forgotten are not listed either.
    .filter((one) => one.status !== "UNKNOWN" && (status === null || one.status === status))
    .filter(({ task }) => task.acceptedAt >= startsAt && task.acceptedAt < endsAt + 1000)
    .filter(({ task }) => matches(query, "task_id", task.taskId) && matches(query, "model_name", task.model))
    .reverse();
  return {
    total: found.length,
    total_page: Math.ceil(found.length / pageSize),
    page_no: pageNumber,
    page_size: pageSize,
    data: found.slice((pageNumber - 1) * pageSize, pageNumber * pageSize).map((one) => entry(one.task, one.status)),
  };
}

function entry(task: DashscopeTask, status: Status): Record<string, unknown> {
  const [group, kind, call] = task.endpoint.replace(/^services\//, "").split("/");
  return {
    api_key_id: dashscopeCredentials.apiKeyId,
    caller_parent_id: "sandbox",
    caller_uid: "sandbox",
    gmt_create: task.acceptedAt,
    ...(status === "PENDING" ? {} : { start_time: vendorTime(task, task.startsAt) }),
    ...(status === "SUCCEEDED" || status === "FAILED" ? { end_time: vendorTime(task, task.endsAt ?? 0) } : {}),
    ...(status === "CANCELED" ? { end_time: vendorTime(task, task.canceledAt ?? 0) } : {}),
    model_name: task.model,
    region: "cn-beijing",
    request_id: task.requestId,
    status,
    task_id: task.taskId,
    user_api_unique_key: `apikey:v1:${group}:${kind}:${call}:${task.model}`,
    ...(status === "FAILED" ? task.trouble : {}),
  };
}

function matches(query: URLSearchParams, name: string, value: string): boolean {
  const wanted = query.get(name);
  return wanted === null || wanted === "" || wanted === value;
}

/** Fourteen digits of the vendor's local time. */
function timeIn(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === "") return undefined;
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text);
  const [, year, month, day, hour, minute, second] = match ?? [];
  const time = match === null ? Number.NaN : Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}+08:00`);
  return Number.isNaN(time) ? refuse(`${name} must be YYYYMMDDhhmmss`) : time;
}

function wholeIn(query: URLSearchParams, name: string, usual: number, most = 1_000_000): number {
  const text = query.get(name);
  if (text === null || text === "") return usual;
  const value = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= most ? value : refuse(`${name} must be an integer from 1 to ${most}`);
}

function refuse(complaint: string): never {
  throw new DashscopeRefusal("InvalidParameter", { message: `${complaint}.` });
}
