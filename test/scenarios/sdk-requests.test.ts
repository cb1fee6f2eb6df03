import { readFileSync } from "node:fs";
import { type Sandbox, startSandbox } from "@toolcast/sandbox";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { createAsset } from "../doubles/provider-tools.ts";
import { serveSamples } from "../doubles/sample-relay.ts";
import { waveFile } from "../doubles/wave-file.ts";
import { verifies } from "../verifies.ts";

vi.setConfig({ testTimeout: 30_000 });

interface RecordedCall {
  name: string;
  method: "POST" | "WEBSOCKET";
  path: string;
  headers: Record<string, string>;
  body?: { model: string };
  messages?: { header: { action: string; task_id: string }; payload: object }[];
}
const sdk = JSON.parse(readFileSync(new URL("../fixtures/sdk/dashscope-python.json", import.meta.url), "utf8")) as {
  calls: RecordedCall[];
  policy: { path: string };
  form: { fields: string[] };
};
const callNamed = (name: string) => sdk.calls.find((call) => call.name === name)!;

const relay = serveSamples();
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ speed: 1000 });
});
afterEach(() => sandbox.control.reset());
afterAll(() => sandbox.close());

const authorization = () => `Bearer ${sandbox.environment.DASHSCOPE_API_KEY}`;
const at = (path: string) => `${sandbox.url}/dashscope${path}`;
// biome-ignore lint/suspicious/noExplicitAny: what the wire holds is what the tests are there to find out
type Answer = any;
const get = async (path: string): Promise<Answer> =>
  (await fetch(at(path), { headers: { authorization: authorization() } })).json();

/** Uploads a picture with the recorded request for a policy and the recorded form; gives its address. */
async function uploadedPicture(model: string): Promise<string> {
  const { data } = await get(sdk.policy.path.replace("{model}", model));
  const key = `${data.upload_dir}/picture.png`;
  const blank = { width: 640, height: 640, channels: 3, background: "white" } as const;
  const values: Record<string, string | Blob> = {
    OSSAccessKeyId: data.oss_access_key_id,
    Signature: data.signature,
    policy: data.policy,
    key,
    "x-oss-object-acl": data.x_oss_object_acl,
    "x-oss-forbid-overwrite": data.x_oss_forbid_overwrite,
    success_action_status: "200",
    "x-oss-content-type": "image/png",
    file: new Blob([new Uint8Array(await sharp({ create: blank }).png().toBuffer())]),
  };
  const form = new FormData();
  for (const name of sdk.form.fields) {
    form.append(name, values[name]!);
  }
  expect((await fetch(data.upload_host, { method: "POST", body: form })).status).toBe(200);
  return `oss://${key}`;
}

async function send({ path, headers, body }: RecordedCall, filled: Record<string, string> = {}): Promise<Response> {
  let text = JSON.stringify(body);
  if (text.includes("{picture}")) {
    filled["{picture}"] = await uploadedPicture(body!.model);
  }
  for (const [name, value] of Object.entries(filled)) {
    text = text.replaceAll(name, value);
  }
  return fetch(at(path), { method: "POST", headers: { ...headers, authorization: authorization() }, body: text });
}

/** The data of server-sent events, in order; each must be numbered and marked as the vendor does. */
function eventsIn(text: string): Answer[] {
  return text
    .trimEnd()
    .split("\n\n")
    .map((event, index) => {
      const [, id, status, data] = /^id:(\d+)\nevent:result\n:HTTP_STATUS\/(\d+)\ndata:(.*)$/s.exec(event) ?? [];
      expect([Number(id), status]).toEqual([index + 1, "200"]);
      return JSON.parse(data!);
    });
}

describe("what the vendor's own SDK for Python sends is served", () => {
  verifies("sandbox.vendors-sdk");

  const tasks = sdk.calls.filter(({ headers }) => headers["x-dashscope-async"] === "enable");
  test.each(tasks.map((call) => [call.name, call] as const))("%s", async (_name, call) => {
    const begun: Answer = await (await send(call)).json();
    const { task_id } = begun.output;
    await expect.poll(async () => (await get(`/api/v1/tasks/${task_id}`)).output.task_status).toBe("SUCCEEDED");
    expect(sandbox.ledger()).toHaveLength(1);
  });

  const whole = [
    "pictures asked for by message",
    "a local picture that is changed",
    "speech of Qwen",
    "speech of CosyVoice",
  ];
  test.each(whole)("%s, in the answer", async (name) => {
    const answer = await send(callNamed(name));
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/json; charset=utf-8"]);
    expect(JSON.stringify(await answer.json())).toMatch(/"(?:url|image)":"http/);
    expect(sandbox.ledger()).toHaveLength(1);
  });

  test.each(["speech of Qwen, streamed", "speech of CosyVoice, streamed"])(
    "%s: sound, then its address",
    async (name) => {
      const answer = await send(callNamed(name));
      expect(answer.headers.get("content-type")).toMatch(/^text\/event-stream/);
      const events = eventsIn(await answer.text());
      const last = events.pop();
      expect(last).toMatchObject({
        output: { finish_reason: "stop", audio: { data: "", url: expect.stringMatching(/^http/) } },
      });
      const sound = Buffer.concat(events.map(({ output }) => Buffer.from(output.audio.data, "base64")));
      expect(sound.byteLength).toBeGreaterThan(10_000);
      expect(events.every(({ output }) => output.finish_reason === "null" && output.audio.url === "")).toBe(true);
      const file = Buffer.from(await (await fetch(last.output.audio.url)).arrayBuffer());
      // Qwen's events have no header, CosyVoice's are the file itself.
      expect(sound.equals(name.includes("Qwen") ? file.subarray(44) : file)).toBe(true);
      expect(sandbox.ledger()).toHaveLength(1);
    },
  );

  test("words and pictures in turn, streamed", async () => {
    const events = eventsIn(await (await send(callNamed("words and pictures in turn, streamed"))).text());
    const parts = events.flatMap(({ output }) => output.choices.flatMap(({ message }: Answer) => message.content));
    expect(parts).toMatchObject([{ type: "text" }, { type: "image", image: expect.stringMatching(/^http/) }]);
    expect(events.map(({ output }) => output.finished)).toEqual([false, false, true]);
  });

  test("a streamed answer is refused where the vendor has none", async () => {
    const call = callNamed("pictures asked for by message");
    const answer = await send({ ...call, headers: { ...call.headers, "x-dashscope-sse": "enable" } });
    expect([answer.status, ((await answer.json()) as Answer).code]).toEqual([400, "InvalidParameter"]);
  });

  test("voices: listed, made, asked about, trained again, deleted", async () => {
    const sample = await relay.addressOf(createAsset({ kind: "audio" }));
    const made: Answer = await (await send(callNamed("a new voice"), { "{sample}": sample })).json();
    const filled = { "{sample}": sample, "{voice}": made.output.voice_id };
    for (const name of ["voices", "a voice's state", "another sample for a voice", "a voice that is deleted"]) {
      expect([name, (await send(callNamed(name), filled)).status]).toEqual([name, 200]);
    }
  });
});

describe("speech over a WebSocket", () => {
  verifies("sandbox.vendors-sdk");

  /** Sends the messages, and gives everything that came until the connection closed or a task finished. */
  async function converse(messages: readonly object[], key = authorization()) {
    const socket = new WebSocket(at("/api-ws/v1/inference").replace("http", "ws"), { headers: { authorization: key } });
    const events: Answer[] = [];
    const sound: Buffer[] = [];
    return new Promise<{ events: Answer[]; sound: Buffer; closed: boolean }>((resolve, reject) => {
      const end = (closed: boolean) => resolve({ events, sound: Buffer.concat(sound), closed });
      socket.on("unexpected-response", (_request, { statusCode }) => reject(new Error(`HTTP ${statusCode}`)));
      socket.on("open", () => messages.map((message) => socket.send(JSON.stringify(message))));
      socket.on("message", (data, isBinary) => {
        if (isBinary) {
          sound.push(data as Buffer);
          return;
        }
        events.push(JSON.parse(String(data)));
        if (events.at(-1).header.event === "task-finished") {
          end(false);
          socket.close();
        }
      });
      socket.on("close", () => end(true));
    });
  }
  const recorded = (name: string) => callNamed(name).messages!;
  const names = (events: Answer[]) => [...new Set(events.map(({ header }) => header.event))];

  test.each(["speech over a WebSocket, at once", "speech over a WebSocket, in parts"])("%s", async (name) => {
    const messages = recorded(name);
    const { events, sound } = await converse(messages);
    expect(names(events)).toEqual(["task-started", "result-generated", "task-finished"]);
    expect(events.every(({ header }) => header.task_id === messages[0]!.header.task_id)).toBe(true);
    expect(sound.byteLength).toBeGreaterThan(5_000);
    expect(events.at(-1).payload.usage).toEqual({ characters: 11 });
    expect(sandbox.ledger()).toMatchObject([
      { endpoint: "api-ws/v1/inference", text: "hello there", counted: { unit: "characters", quantity: 11 } },
    ]);
  });

  test("a wrong key is refused before there is a connection", async () => {
    await expect(converse([], "Bearer sk-wrong")).rejects.toThrow("HTTP 401");
  });

  const [run, , finish] = recorded("speech over a WebSocket, at once");
  test.each([
    ["a model that is none", [{ ...run, payload: { ...run!.payload, model: "nobody" } }], "ModelNotFound"],
    ["a task that was not begun", [finish], "InvalidParameter"],
    ["no text", [run, finish], "InvalidParameter"],
    ["an action that is none", [{ ...run, header: { ...run!.header, action: "sing" } }], "InvalidParameter"],
  ])("%s: the task fails, nothing is paid and the connection ends", async (_name, messages, code) => {
    const { events, closed } = await converse(messages as object[]);
    expect(events.at(-1).header).toMatchObject({ event: "task-failed", error_code: code });
    expect([closed, sandbox.ledger().length]).toEqual([true, 0]);
  });

  test("23 seconds without a text end the task", async () => {
    const { events } = await converse([run!]);
    expect(events.at(-1).header).toMatchObject({ error_message: "request timeout after 23 seconds." });
  });
});

test("a server that closes its connection after a large file does not end the sandbox", async () => {
  verifies("sandbox.survives");
  // More than can be written to the disk before the connection is closed.
  const voice = waveFile({ seconds: 50, sampleRateHz: 96_000 });
  const { createServer } = await import("node:net");
  // As HTTP/1.0 servers do.
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end(Buffer.concat([Buffer.from(`HTTP/1.0 200 OK\r\n\r\n`), voice])));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const sample = `http://127.0.0.1:${(server.address() as { port: number }).port}/voice.wav`;
  for (let turn = 0; turn < 8; turn += 1) {
    expect((await send(callNamed("a new voice"), { "{sample}": sample })).status).toBe(200);
  }
  await new Promise((resolve) => server.close(resolve));
});
