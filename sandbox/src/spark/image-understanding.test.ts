import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { drawPicture } from "../media/picture.ts";
import { renderPng } from "../media/svg-renderer.ts";
import { type Sandbox, startSandbox } from "../sandbox.ts";
import { manualClock, until } from "../testing/manual-clock.ts";
import {
  connectPictures,
  type Frame,
  type PictureConnection,
  pictureAddress,
  pictureQuestion,
} from "../testing/picture-client.ts";

let sandbox: Sandbox;
const picture = await drawPicture({ prompt: "湖", width: 640, height: 360 });
beforeEach(async () => {
  sandbox = await startSandbox({ speed: 1000 });
});
afterEach(() => sandbox.close());

const ends = (frames: Frame[]) => frames.at(-1)?.header.status === 2;
const textOf = (frames: Frame[]) => frames.map((frame) => frame.payload?.choices.text[0].content ?? "").join("");

/** Asks on its own connection and waits for the last piece. */
async function ask(message: unknown): Promise<Frame[]> {
  const connection = await connectPictures(sandbox);
  connection.send(message);
  await until(() => ends(connection.frames()));
  connection.close();
  return connection.frames();
}

const codeOf = async (message: unknown) => (await ask(message)).at(-1)!.header.code;

test("answers in pieces: first, middle, last, with the tokens only on the last", async () => {
  const frames = await ask(pictureQuestion(picture, ["What is this?"]));
  expect(frames.length).toBeGreaterThan(3);
  expect(frames.map(({ header }) => header.status)).toEqual([0, ...frames.slice(2).map(() => 1), 2]);
  expect(frames.map(({ payload }) => payload.choices.seq)).toEqual([...frames.keys()]);
  expect(new Set(frames.map(({ header }) => header.sid)).size).toBe(1);
  expect(frames[0]).toMatchObject({
    header: { code: 0, message: "Success" },
    payload: { choices: { status: 0, text: [{ content_type: "text", role: "assistant", index: 0 }] } },
  });
  expect(frames.slice(0, -1).every(({ payload }) => payload.usage === undefined)).toBe(true);
  const { question_tokens, prompt_tokens, completion_tokens, total_tokens } = frames.at(-1)!.payload.usage.text;
  expect(question_tokens).toBe(4);
  // 640 by 360 pixels, 784 to a token.
  expect(prompt_tokens).toBe(294 + 4);
  expect(total_tokens).toBe(prompt_tokens + completion_tokens);
  expect(sandbox.ledger()).toMatchObject([
    {
      vendor: "spark",
      endpoint: "v2.1/image",
      text: "What is this?",
      points: 0,
      counted: { unit: "tokens", quantity: total_tokens },
      account: "sandbox0",
      reference: frames[0]!.header.sid,
    },
  ]);
});

test("says what can be known about the picture, in the language of the question, and that it is a sandbox", async () => {
  const flag = await renderPng(
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="400"><rect width="300" height="300" fill="#1040d0"/><rect y="300" width="300" height="100" fill="#e02010"/></svg>',
  );
  const english = textOf(await ask(pictureQuestion(flag, ["Which colours?"])));
  expect(english).toContain("SANDBOX");
  expect(english).toContain("“Which colours?”");
  expect(english).toContain("portrait, 300 × 400 pixels, PNG");
  expect(english).toContain("blue (about 75%), red (about 25%)");
  const chinese = textOf(await ask(pictureQuestion(flag, ["有哪些颜色？"])));
  expect(chinese).toContain("沙箱");
  expect(chinese).toContain("纵向，300 × 400 像素");
  expect(chinese).toContain("蓝色约 75%、红色约 25%");
});

test("another question about the same picture gets the same facts, whichever connection it uses", async () => {
  const first = textOf(await ask(pictureQuestion(picture, ["How large is it?"])));
  const connection = await connectPictures(sandbox);
  const dialogue = ["How large is it?", first, "And how bright?"];
  for (let count = 1; count <= 2; count += 1) {
    connection.send(pictureQuestion(picture, dialogue));
    await until(() => connection.frames().filter(({ header }) => header.status === 2).length === count);
  }
  connection.close();
  const again = textOf(connection.frames());
  const facts = first
    .split("\n")
    .filter((line) => line.startsWith("The picture is") || line.startsWith("Main colours"));
  expect(facts).toHaveLength(2);
  for (const fact of facts) expect(again.split(fact)).toHaveLength(3);
  expect(again).toContain("question 2 about this picture; the one before was “How large is it?”");
  expect(sandbox.ledger()).toHaveLength(2 + 1);
});

const bare = (text: unknown[]) => ({ ...pictureQuestion(picture, ["a"]), payload: { message: { text } } });
const image = (content: string) => ({ role: "user", content, content_type: "image" });
const question = { role: "user", content: "a", content_type: "text" };

/** The header of a PNG, which is all that is read before the pixels. */
function pngHeader(width: number, height: number): Buffer {
  const header = Buffer.alloc(32);
  header.write("\x89PNG\r\n\x1a\n", 0, "latin1");
  header.write("IHDR", 12, "latin1");
  header.writeUInt32BE(width, 16);
  header.writeUInt32BE(height, 20);
  return header;
}

test.each([
  ["text that is not JSON", "{", 10003],
  ["a missing header", { parameter: {}, payload: {} }, 10004],
  ["a picture alone", bare([image(picture.toString("base64"))]), 10004],
  ["a dialogue before the picture", bare([question, image(picture.toString("base64"))]), 10004],
  ["two pictures", bare([image(picture.toString("base64")), image(picture.toString("base64"))]), 10004],
  ["an answer as the last word", pictureQuestion(picture, ["a", "b"]), 10004],
  ["a picture that is no base64", pictureQuestion("not base64!", ["a"]), 10003],
  ["a file that is no picture", pictureQuestion(Buffer.from("plain text"), ["a"]), 10003],
  ["a picture above 4 MB", pictureQuestion(Buffer.alloc(4 * 1024 * 1024 + 1), ["a"]), 10005],
  ["a side of 12 801", pictureQuestion(pngHeader(12_801, 100), ["a"]), 10029],
  ["a side of 6001", pictureQuestion(pngHeader(6001, 100), ["a"]), 10041],
  ["a side of 49", pictureQuestion(pngHeader(49, 100), ["a"]), 10041],
  ["an unknown domain", pictureQuestion(picture, ["a"], { chat: { domain: "tti" } }), 10005],
  ["temperature 0", pictureQuestion(picture, ["a"], { chat: { temperature: 0 } }), 10005],
  ["top_k 7", pictureQuestion(picture, ["a"], { chat: { top_k: 7 } }), 10005],
  ["max_tokens 8193", pictureQuestion(picture, ["a"], { chat: { max_tokens: 8193 } }), 10005],
  ["an empty question", pictureQuestion(picture, [" "]), 10005],
  ["a dialogue of more than 8192 tokens", pictureQuestion(picture, ["雪".repeat(12_000)]), 10907],
  ["an unknown application", pictureQuestion(picture, ["a"], { header: { app_id: "else" } }), 11200],
  ["[[10013]]", pictureQuestion(picture, ["a [[10013]]"]), 10013],
  ["[[10041]]", pictureQuestion(picture, ["a [[10041]]"]), 10041],
])("refuses %s without a charge, and hangs up", async (_name, message, code) => {
  const connection = await connectPictures(sandbox);
  connection.send(message);
  await until(() => connection.isClosed());
  expect(connection.frames()).toEqual([
    { header: { code, message: expect.any(String), sid: expect.any(String), status: 2 } },
  ]);
  expect(sandbox.ledger()).toEqual([]);
});

test("takes every parameter at its limits, and answers within the allowed tokens", async () => {
  const chat = { domain: "general", temperature: 1, top_k: 6, max_tokens: 8192, auditing: "default", chat_id: "c" };
  const header = { uid: "u".repeat(32) };
  const whole = await ask(pictureQuestion(picture, ["a"], { chat, header }));
  expect(whole.at(-1)!.payload.usage.text.prompt_tokens).toBe(273 + 2);
  const short = await ask(pictureQuestion(picture, ["a"], { chat: { ...chat, max_tokens: 10 }, header }));
  expect(short.at(-1)!.payload.usage.text.completion_tokens).toBeLessThanOrEqual(10);
  const one = await ask(pictureQuestion(picture, ["a"], { chat: { ...chat, max_tokens: 2 } }));
  expect(one.map((frame) => frame.header.status)).toEqual([2]);
});

test.each(["general", "image"])(
  "the first edition is called %s, and counts a picture as 273 tokens",
  async (domain) => {
    const answer = await ask(pictureQuestion(picture, ["a"], { chat: { domain } }));
    expect(answer.at(-1)!.payload.usage.text.prompt_tokens).toBe(273 + 2);
  },
);

test("the answer says when a picture cannot be decoded", async () => {
  expect(textOf(await ask(pictureQuestion(pngHeader(100, 100), ["a"])))).toContain("cannot be decoded");
});

test("the gateway refuses a handshake as it refuses a request, with its clock", async () => {
  const wrong = connectPictures(sandbox, pictureAddress(sandbox, Date.now(), "wrong"));
  await expect(wrong).rejects.toMatchObject({ status: 401, message: '{"message":"HMAC signature does not match"}' });
  sandbox.control.clock({ skewMs: 400_000 });
  const refused = await connectPictures(sandbox).catch((error: unknown) => error as { status: number; date: string });
  expect(refused).toMatchObject({ status: 403 });
  const vendorMs = Date.parse((refused as { date: string }).date);
  (await connectPictures(sandbox, pictureAddress(sandbox, vendorMs))).close();
  const posted = pictureAddress(sandbox, vendorMs);
  posted.protocol = "http:";
  expect((await fetch(posted)).status).toBe(404);
  posted.pathname = "/spark/v2.1/other";
  posted.protocol = "ws:";
  await expect(connectPictures(sandbox, posted)).rejects.toMatchObject({ status: 404 });
  sandbox.control.clock({ skewMs: 0 });
  sandbox.control.next({ vendor: "spark", endpoint: "v2.1/image", marker: "http 503" });
  await expect(connectPictures(sandbox)).rejects.toMatchObject({ status: 503 });
  (await connectPictures(sandbox)).close();
});

test("the same user twice, a question before the answer, and too many at once", async () => {
  const clock = manualClock();
  await sandbox.close();
  sandbox = await startSandbox({ clock });
  const open = () => connectPictures(sandbox, pictureAddress(sandbox, clock.now()));
  const started = (count: number) => until(() => sandbox.ledger().length === count);
  const first = await open();
  first.send(pictureQuestion(picture, ["a"], { header: { uid: "u1" } }));
  await started(1);
  const second = await open();
  second.send(pictureQuestion(picture, ["a"], { header: { uid: "u1" } }));
  await until(() => second.isClosed());
  expect(second.frames()[0]).toMatchObject({ header: { code: 10006 } });
  sandbox.control.limits({ sparkConcurrency: 1 });
  const third = await open();
  third.send(pictureQuestion(picture, ["a"]));
  await until(() => third.isClosed());
  expect(third.frames()[0]).toMatchObject({ header: { code: 11203 } });
  first.send(pictureQuestion(picture, ["b"]));
  await until(() => first.isClosed());
  expect(first.frames()[0]).toMatchObject({ header: { code: 10007 } });
  sandbox.control.limits({ sparkConcurrency: 4 });
  const fourth = await open();
  fourth.send(pictureQuestion(picture, ["a"], { header: { uid: "u1" } }));
  await started(2);
  fourth.close();
});

test("hangs up after a minute of silence, but not while it answers", async () => {
  const clock = manualClock();
  await sandbox.close();
  sandbox = await startSandbox({ clock });
  const connection = await connectPictures(sandbox, pictureAddress(sandbox, clock.now()));
  clock.advance(59_999);
  connection.send(pictureQuestion(picture, ["[[slow 2m]]"]));
  await until(() => sandbox.ledger().length === 1);
  clock.advance(100_000);
  await fetch(`${sandbox.url}/healthz`);
  expect([connection.isClosed(), connection.texts]).toEqual([false, []]);
  clock.advance(21_500);
  await until(() => {
    clock.advance(60);
    return ends(connection.frames());
  });
  await until(() => {
    clock.advance(60_000);
    return connection.isClosed();
  });
  expect(connection.closeCode()).toBe(1000);
});

async function settled(prompt: string): Promise<PictureConnection> {
  const connection = await connectPictures(sandbox);
  connection.send(pictureQuestion(picture, [prompt]));
  await until(() => connection.isClosed() || connection.texts.length > 0);
  return connection;
}

test.each([
  ["[[drop-before-accept]]", 0, 1006],
  ["[[drop-after-accept]]", 1, 1006],
  ["[[http 502]]", 0, 1011],
])("%s ends the connection with %i paid starts", async (marker, starts, closeCode) => {
  const connection = await settled(marker);
  await until(() => connection.isClosed());
  expect([connection.closeCode(), connection.texts]).toEqual([closeCode, []]);
  expect(sandbox.ledger()).toHaveLength(starts);
});

test("spoilt answers: without payload, cut off, endless, none at all", async () => {
  expect((await settled("[[no-payload]]")).frames()).toEqual([
    { header: { code: 0, message: "Success", sid: expect.any(String), status: 2 } },
  ]);
  const malformed = await settled("[[malformed]]");
  await until(() => malformed.texts.some((text) => !text.endsWith("}")));
  expect(() => malformed.frames()).toThrow(SyntaxError);
  const giant = await settled("[[giant]]");
  await until(() => giant.texts.length > 40);
  giant.close();
  const hanging = await connectPictures(sandbox);
  hanging.send(pictureQuestion(picture, ["[[hang]]"]));
  await until(() => sandbox.ledger().length === 4);
  expect([hanging.texts, hanging.isClosed()]).toEqual([[], false]);
});

test("a refusal after the work is charged; a warning comes after the whole answer", async () => {
  expect(await codeOf(pictureQuestion(picture, ["a [[10014]]"]))).toBe(10014);
  const warned = await ask(pictureQuestion(picture, ["a [[10019]]"]));
  expect(warned.at(-1)).toMatchObject({ header: { code: 10019, status: 2 } });
  expect(warned.at(-1)!.payload).toBeUndefined();
  expect(warned.slice(0, -1).map(({ header }) => header.status)).toEqual([0, ...warned.slice(2).map(() => 1)]);
  expect(textOf(warned)).toContain("That is all a sandbox can see");
  expect(sandbox.ledger()).toHaveLength(2);
});

test("a user who disconnected before the answer may ask again", async () => {
  const uid = { header: { uid: "u1" } };
  const left = await connectPictures(sandbox);
  left.send(pictureQuestion(picture, ["[[hang]]"], uid));
  await until(() => sandbox.ledger().length === 1);
  expect(await codeOf(pictureQuestion(picture, ["a"], uid))).toBe(10006);
  left.close();
  await expect.poll(() => codeOf(pictureQuestion(picture, ["a"], uid))).toBe(0);
});

test("closing the sandbox cuts every conversation", async () => {
  const connection = await connectPictures(sandbox);
  connection.send(pictureQuestion(picture, ["[[hang]]"]));
  await until(() => sandbox.ledger().length === 1);
  await sandbox.close();
  await until(() => connection.isClosed());
  await expect(
    new Promise((_resolve, reject) =>
      new WebSocket(`${sandbox.url.replace("http", "ws")}/spark/v2.1/image`).on("error", reject),
    ),
  ).rejects.toThrow("ECONNREFUSED");
});
