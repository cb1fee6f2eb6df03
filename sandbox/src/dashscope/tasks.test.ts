import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Sandbox, startSandbox } from "../sandbox.ts";
import { connectDashscope, type DashscopeClient, imageOrder, imagePath } from "../testing/dashscope-client.ts";
import { type ManualClock, manualClock, until } from "../testing/manual-clock.ts";

let clock: ManualClock;
let sandbox: Sandbox;
let client: DashscopeClient;
beforeEach(async () => {
  clock = manualClock();
  sandbox = await startSandbox({ clock });
  sandbox.control.limits({ dashscopePerSecond: 100 });
  client = connectDashscope(sandbox);
});
afterEach(() => sandbox.close());

const hourMs = 60 * 60_000;
const submit = async (prompt: string, parameters: Record<string, unknown> = {}) =>
  (await client.submit(imagePath, imageOrder(prompt, parameters))).body.output.task_id as string;
const query = async (taskId: string) => (await client.get(`tasks/${taskId}`)).body;
const statusOf = async (taskId: string) => (await query(taskId)).output.task_status;

test("two of a model at a time, the others wait; another model has its own places", async () => {
  const tasks = [await submit("a"), await submit("b"), await submit("c")];
  const other = await client.submit(imagePath, imageOrder("d", {}, "wan2.2-t2i-plus"));
  clock.advance(1500);
  expect(await Promise.all(tasks.map(statusOf))).toEqual(["RUNNING", "RUNNING", "PENDING"]);
  expect(await statusOf(other.body.output.task_id)).toBe("RUNNING");
  clock.advance(8000);
  expect(await Promise.all(tasks.map(statusOf))).toEqual(["SUCCEEDED", "SUCCEEDED", "RUNNING"]);
});

test("a canceled task frees its place", async () => {
  const [first] = [await submit("a"), await submit("b")];
  await client.call(`tasks/${first}/cancel`, {});
  const third = await submit("c");
  clock.advance(1500);
  expect(await statusOf(third)).toBe("RUNNING");
});

test("only waiting tasks can be canceled, and then nothing is billed", async () => {
  const [first, second] = [await submit("a"), await submit("b")];
  const canceled = await client.call(`tasks/${first}/cancel`, {});
  expect(canceled).toEqual({ status: 200, body: { request_id: expect.any(String) } });
  expect(await query(first)).toMatchObject({ output: { task_status: "CANCELED" } });
  clock.advance(1500);
  for (const taskId of [first, second, "nobody"]) {
    expect(await client.call(`tasks/${taskId}/cancel`, {})).toMatchObject({
      status: 400,
      body: { code: "UnsupportedOperation" },
    });
  }
  clock.advance(8000);
  expect(await Promise.all([first, second].map(statusOf))).toEqual(["CANCELED", "SUCCEEDED"]);
  expect(sandbox.ledger()).toMatchObject([
    { reference: first, counted: { unit: "images", quantity: 0 }, note: "canceled before it began" },
    { reference: second, counted: { unit: "images", quantity: 1 } },
  ]);
});

test("a task is UNKNOWN after a day by the vendor's clock, like an id that does not exist; its addresses then answer 403", async () => {
  const taskId = await submit("a");
  clock.advance(9500);
  const { url } = (await query(taskId)).output.results[0];
  sandbox.control.clock({ skewMs: 24 * hourMs - 9501 });
  expect(await statusOf(taskId)).toBe("SUCCEEDED");
  expect((await fetch(url)).status).toBe(200);
  sandbox.control.clock({ skewMs: 24 * hourMs - 9500 });
  expect(await client.get(`tasks/${taskId}`)).toEqual({
    status: 200,
    body: { output: { task_id: taskId, task_status: "UNKNOWN" }, request_id: expect.any(String) },
  });
  expect(await statusOf("6f4f6a4e-0000-4000-8000-000000000000")).toBe("UNKNOWN");
  expect((await fetch(url)).status).toBe(200);
  sandbox.control.clock({ skewMs: 24 * hourMs });
  const late = await fetch(url);
  expect([late.status, late.headers.get("content-type")]).toEqual([403, "application/xml"]);
  expect(await late.text()).toContain("<Message>Request has expired.</Message>");
});

test("an address is signed only for GET, and is the same each time", async () => {
  const taskId = await submit("a");
  clock.advance(9500);
  const { url } = (await query(taskId)).output.results[0];
  expect((await query(taskId)).output.results[0].url).toBe(url);
  expect([...new URL(url).searchParams.keys()]).toEqual(["Expires", "OSSAccessKeyId", "Signature"]);
  expect((await fetch(url, { method: "HEAD" })).status).toBe(403);
  expect((await fetch(url.replace(/Expires=\d/, "Expires=9"))).status).toBe(403);
  const part = await fetch(url, { headers: { range: "bytes=1-3" } });
  expect([part.status, await part.text()]).toEqual([206, "PNG"]);
});

test("tasks are listed newest first, by page, status, model, id and time", async () => {
  const [first, second] = [await submit("a"), await submit("b [[fail: DataInspectionFailed]]")];
  clock.advance(1000);
  const third = await submit("c");
  await client.call(`tasks/${third}/cancel`, {});
  clock.advance(9000);
  const list = async (query: string) => (await client.get(`tasks/?${query}`)).body;
  const all = await list("");
  expect(all).toMatchObject({ total: 3, total_page: 1, page_no: 1, page_size: 10 });
  expect(all.data.map(({ task_id }: { task_id: string }) => task_id)).toEqual([third, second, first]);
  expect(all.data[2]).toMatchObject({
    status: "SUCCEEDED",
    model_name: "wanx2.1-t2i-turbo",
    gmt_create: Date.UTC(2026, 0, 2, 3, 4, 5),
    start_time: Date.UTC(2026, 0, 2, 3, 4, 6, 500),
    end_time: Date.UTC(2026, 0, 2, 3, 4, 14, 500),
    user_api_unique_key: "apikey:v1:aigc:text2image:image-synthesis:wanx2.1-t2i-turbo",
    api_key_id: "sandbox-dashscope-key-id",
  });
  expect(all.data[1]).toMatchObject({ status: "FAILED", code: "DataInspectionFailed" });
  expect((await list("page_no=2&page_size=2")).data).toMatchObject([{ task_id: first }]);
  expect((await list("status=CANCELED")).data).toMatchObject([{ task_id: third }]);
  expect((await list(`task_id=${second}`)).total).toBe(1);
  expect((await list("model_name=wan2.2-t2i-plus")).total).toBe(0);
  expect((await list("start_time=20260102110406&end_time=20260102120000")).data).toMatchObject([{ task_id: third }]);
  for (const wrong of [
    "start_time=20260101000000&end_time=20260103000000",
    "start_time=yesterday",
    "status=DONE",
    "page_no=0",
    "page_size=101",
  ]) {
    expect(await client.get(`tasks/?${wrong}`)).toMatchObject({ status: 400, body: { code: "InvalidParameter" } });
  }
});

test("too many a second, too many a minute, and a used-up allowance differ in code and message", async () => {
  const refusal = async () => {
    const { status, body } = await client.submit(imagePath, imageOrder("x"));
    return [status, body.code, body.message];
  };
  sandbox.control.limits({ dashscopePerSecond: 1 });
  await submit("a");
  expect(await refusal()).toEqual([
    429,
    "Throttling.RateQuota",
    "Requests rate limit exceeded, please try again later.",
  ]);
  expect((await client.submit(imagePath, imageOrder("x", {}, "wan2.2-t2i-plus"))).status).toBe(200);
  clock.advance(1000);
  sandbox.control.limits({ dashscopePerMinute: 2 });
  expect(await refusal()).toEqual([
    429,
    "Throttling.AllocationQuota",
    "Allocated quota exceeded, please increase your quota limit.",
  ]);
  clock.advance(59_000);
  await submit("b");
  sandbox.control.limits({ dashscopeAllowance: 3 });
  clock.advance(24 * hourMs);
  expect(await refusal()).toEqual([429, "Throttling.AllocationQuota", "Free allocated quota exceeded."]);
  expect(sandbox.ledger()).toHaveLength(3);
});

test("twenty queries a second", async () => {
  const statuses = [];
  for (let count = 0; count < 21; count += 1) statuses.push((await client.get("tasks/x")).status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(20);
  expect(statuses.at(-1)).toBe(429);
  clock.advance(1000);
  expect((await client.get("tasks/x")).status).toBe(200);
});

test("markers: any code with its status, the other edition's status, the other meaning, the other envelope", async () => {
  const refused = async (marker: string) => {
    const { status, body } = await client.submit(imagePath, imageOrder(`a [[${marker}]]`));
    return { status, ...body };
  };
  const request_id = expect.any(String);
  expect(await refused("DataInspectionFailed")).toEqual({
    status: 400,
    code: "DataInspectionFailed",
    message: "Input or output data may contain inappropriate content.",
    request_id,
  });
  expect(await refused("RequestTimeOut")).toMatchObject({ status: 408, code: "RequestTimeOut" });
  expect(await refused("RequestTimeOut 500")).toMatchObject({ status: 500, code: "RequestTimeOut" });
  expect(await refused("ModelServingError")).toMatchObject({ status: 503, code: "ModelServingError" });
  expect(await refused("Throttling.AllocationQuota free")).toMatchObject({
    status: 429,
    message: "Free allocated quota exceeded.",
  });
  expect(await refused("insufficient_quota")).toEqual({
    status: 429,
    error: {
      message: expect.stringContaining("quota"),
      type: "insufficient_quota",
      param: null,
      code: "insufficient_quota",
    },
    request_id,
  });
  expect(sandbox.ledger()).toEqual([]);
  expect((await refused("NoSuchCode")).status).toBe(200);
});

test("the address for programs of another vendor answers in its own envelope", async () => {
  const address = `${sandbox.url}/dashscope/compatible-mode/v1/chat/completions`;
  const ask = async (authorization: string) => {
    const response = await fetch(address, { method: "POST", headers: { authorization }, body: '{"model":"x"}' });
    return [response.status, (await response.json()) as unknown];
  };
  expect(await ask("Bearer sk-wrong")).toMatchObject([401, { error: { code: "invalid_api_key", param: null } }]);
  expect(await ask("Bearer sk-sandbox-dashscope-key")).toMatchObject([404, { error: { code: "model_not_found" } }]);
  expect(await client.get("models")).toMatchObject({ status: 404, body: { code: "NotFound" } });
});

test("cut connections and spoilt answers leave exactly one entry when accepted", async () => {
  await expect(submit("[[drop-before-accept]]")).rejects.toThrow("fetch failed");
  expect(sandbox.ledger()).toHaveLength(0);
  await expect(submit("[[drop-after-accept]]")).rejects.toThrow("fetch failed");
  await expect(submit("[[malformed]]")).rejects.toThrow(SyntaxError);
  expect((await client.submit(imagePath, imageOrder("[[no-payload]]"))).body).toEqual({
    output: {},
    request_id: expect.any(String),
  });
  expect(sandbox.ledger()).toHaveLength(3);
  await expect(submit("[[http 502]]")).rejects.toThrow(SyntaxError);
  expect(sandbox.ledger()).toHaveLength(3);
  sandbox.control.next({ vendor: "dashscope", endpoint: "tasks/{task_id}", marker: "http 503" });
  await expect(query("x")).rejects.toThrow(SyntaxError);
  expect(() => sandbox.control.next({ vendor: "dashscope", endpoint: "tasks/x", marker: "http 503" })).toThrow(
    "tasks/",
  );
});

test("[[hang]] is paid and never answered", async () => {
  const given = new AbortController();
  const answer = fetch(`${sandbox.environment.DASHSCOPE_BASE_URL}/${imagePath}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${sandbox.environment.DASHSCOPE_API_KEY}`,
      "content-type": "application/json",
      "x-dashscope-async": "enable",
    },
    body: JSON.stringify(imageOrder("[[hang]]")),
    signal: given.signal,
  });
  await until(() => sandbox.ledger().length === 1);
  given.abort();
  await expect(answer).rejects.toThrow("aborted");
});

test("a body above 16 MB is too large, one below it is read", async () => {
  const large = (megabytes: number) =>
    client.submit(imagePath, { ...imageOrder("a"), extra: "x".repeat(megabytes * 1024 * 1024) });
  expect(await large(17)).toMatchObject({ status: 413, body: { code: "BadRequest.TooLarge" } });
  expect((await large(2)).status).toBe(200);
});

test("tasks, results, bills and cancellations outlive the process", async () => {
  const dataDirectory = join(tmpdir(), `toolcast-sandbox-${crypto.randomUUID()}`);
  await sandbox.close();
  sandbox = await startSandbox({ clock, dataDirectory });
  client = connectDashscope(sandbox);
  const [kept, canceled] = [await submit("a"), await submit("b")];
  await client.call(`tasks/${canceled}/cancel`, {});
  const before = sandbox.ledger();
  await sandbox.close();
  sandbox = await startSandbox({ clock, dataDirectory });
  client = connectDashscope(sandbox);
  expect(sandbox.ledger()).toEqual(before);
  clock.advance(12_000);
  expect(await statusOf(canceled)).toBe("CANCELED");
  const { output } = await query(kept);
  expect((await fetch(output.results[0].url)).status).toBe(200);
  sandbox.control.reset();
  expect(await statusOf(kept)).toBe("UNKNOWN");
});
