import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { dashscopeCredentials } from "../credentials.ts";
import { samples } from "../samples.ts";
import { type Sandbox, startSandbox } from "../sandbox.ts";
import { connectDashscope, type DashscopeClient, videoPath } from "../testing/dashscope-client.ts";

let sandbox: Sandbox;
let client: DashscopeClient;
beforeEach(async () => {
  sandbox = await startSandbox({ speed: 1000 });
  client = connectDashscope(sandbox);
});
afterEach(() => sandbox.close());

const model = "videoretalk";
const policyFor = async (name = model) => (await client.get(`uploads?action=getPolicy&model=${name}`)).body.data;

type Fields = [name: string, value: string | Blob][];

async function fieldsFor(policy: Record<string, string>, file: keyof typeof samples, name: string): Promise<Fields> {
  return [
    ["OSSAccessKeyId", policy.oss_access_key_id!],
    ["Signature", policy.signature!],
    ["policy", policy.policy!],
    ["key", `${policy.upload_dir}/${name}`],
    ["x-oss-object-acl", policy.x_oss_object_acl!],
    ["x-oss-forbid-overwrite", policy.x_oss_forbid_overwrite!],
    ["success_action_status", "200"],
    ["file", new Blob([new Uint8Array(await readFile(samples[file]))])],
  ];
}

async function post(host: string, fields: Fields, headers: Record<string, string> = {}) {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value);
  const answer = await fetch(host, { method: "POST", body: form, headers });
  return [answer.status, /<Code>(\w+)/.exec(await answer.text())?.[1]];
}

/** Uploads a sample; gives its address. */
async function upload(file: keyof typeof samples, name: string, forModel = model): Promise<string> {
  const policy = await policyFor(forModel);
  expect(await post(policy.upload_host, await fieldsFor(policy, file, name))).toEqual([200, undefined]);
  return `oss://${policy.upload_dir}/${name}`;
}

const resolve = { "x-dashscope-async": "enable", "x-dashscope-ossresourceresolve": "enable" };
const lips = (video: string, audio: string, headers: Record<string, string> = resolve) =>
  client.call(videoPath, { model, input: { video_url: video, audio_url: audio } }, headers);

test("a policy lets files in for one model, for five minutes", async () => {
  expect(await client.get("uploads?action=getPolicy&model=videoretalk")).toEqual({
    status: 200,
    body: {
      request_id: expect.any(String),
      data: {
        policy: expect.any(String),
        signature: expect.any(String),
        upload_dir: expect.stringMatching(/^dashscope-instant\//),
        upload_host: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\//),
        expire_in_seconds: 300,
        max_file_size_mb: 1024,
        capacity_limit_mb: 999_999_999,
        oss_access_key_id: expect.any(String),
        x_oss_object_acl: "private",
        x_oss_forbid_overwrite: "true",
      },
    },
  });
  expect((await client.get("uploads?action=getPolicy")).body.code).toBe("BadRequest.EmptyModel");
  expect((await client.get("uploads?model=videoretalk")).body.code).toBe("InvalidParameter");
});

test("100 policies a second for one model are enough", async () => {
  sandbox.control.limits({ dashscopeUploadsPerSecond: 0 });
  expect(await client.get("uploads?action=getPolicy&model=videoretalk")).toMatchObject({
    status: 429,
    body: { code: "Throttling.RateQuota" },
  });
});

test("uploaded files are used at their oss:// addresses", async () => {
  const [video, audio] = [await upload("video", "a.mp4"), await upload("voice", "a.wav")];
  expect((await lips(video, audio)).body.output).toMatchObject({ task_status: "PENDING" });
  expect(sandbox.ledger()).toHaveLength(1);
});

describe("an oss:// address is refused", () => {
  test("without the header that says there is one", async () => {
    const [video, audio] = [await upload("video", "a.mp4"), await upload("voice", "a.wav")];
    const answer = await lips(video, audio, { "x-dashscope-async": "enable" });
    expect([answer.status, answer.body.code]).toEqual([400, "InvalidURL"]);
    expect(sandbox.ledger()).toEqual([]);
  });

  test("of a file that was uploaded for another model", async () => {
    const [video, audio] = [await upload("video", "a.mp4", "wan2.2-s2v"), await upload("voice", "a.wav")];
    expect((await lips(video, audio)).body.code).toBe("InvalidURL");
  });

  test("after 48 hours", async () => {
    const [video, audio] = [await upload("video", "a.mp4"), await upload("voice", "a.wav")];
    sandbox.control.clock({ skewMs: 48 * 3_600_000 });
    expect((await lips(video, audio)).body.code).toBe("InvalidURL");
  });

  test("of a file that nobody uploaded", async () => {
    expect((await lips("oss://dashscope-instant/x/a.mp4", "oss://y")).body.code).toBe("InvalidURL");
  });
});

describe("the object store refuses", () => {
  const changed =
    (name: string, value: string) =>
    (fields: Fields): Fields =>
      fields.map((field) => (field[0] === name ? [name, value] : field));

  test.each([
    ["another signature", changed("Signature", "x"), [403, "SignatureDoesNotMatch"]],
    ["another policy", changed("policy", "e30="), [403, "SignatureDoesNotMatch"]],
    ["another access key", changed("OSSAccessKeyId", "x"), [403, "InvalidAccessKeyId"]],
    ["another directory", changed("key", "dashscope-instant/other/a.mp4"), [403, "AccessDenied"]],
    ["a file for everybody", changed("x-oss-object-acl", "public-read"), [403, "AccessDenied"]],
    ["overwriting", changed("x-oss-forbid-overwrite", "false"), [403, "AccessDenied"]],
    [
      "fields after the file",
      (fields: Fields): Fields => [...fields.slice(-1), ...fields.slice(0, -1)],
      [400, "InvalidArgument"],
    ],
    ["no file", (fields: Fields): Fields => fields.slice(0, -1), [400, "InvalidArgument"]],
  ])("%s", async (_name, change, refusal) => {
    const policy = await policyFor();
    expect(await post(policy.upload_host, change(await fieldsFor(policy, "voice", "a.wav")))).toEqual(refusal);
  });

  test("an expired policy, a second file of the same name, and the vendor's own key", async () => {
    const policy = await policyFor();
    const fields = await fieldsFor(policy, "voice", "a.wav");
    const key = { authorization: `Bearer ${dashscopeCredentials.apiKey}` };
    expect(await post(policy.upload_host, fields, key)).toEqual([400, "InvalidArgument"]);
    expect(await post(policy.upload_host, fields)).toEqual([200, undefined]);
    expect(await post(policy.upload_host, fields)).toEqual([409, "FileAlreadyExists"]);
    sandbox.control.clock({ skewMs: 300_000 });
    expect(await post(policy.upload_host, fields)).toEqual([403, "AccessDenied"]);
  });

  test("a form that is none", async () => {
    const { upload_host } = await policyFor();
    const answer = await fetch(upload_host, { method: "POST", body: "x" });
    expect(answer.status).toBe(400);
  });
});

test("both calls misbehave as ordered", async () => {
  sandbox.control.next({ vendor: "dashscope", endpoint: "uploads:file", marker: "http 503" });
  const policy = await policyFor();
  expect((await post(policy.upload_host, await fieldsFor(policy, "voice", "a.wav")))[0]).toBe(503);
  sandbox.control.next({ vendor: "dashscope", endpoint: "uploads", marker: "http 503" });
  const answer = await fetch(`${sandbox.environment.DASHSCOPE_BASE_URL}/uploads?action=getPolicy&model=x`, {
    headers: { authorization: `Bearer ${dashscopeCredentials.apiKey}` },
  });
  expect(answer.status).toBe(503);
});
