import { sparkCredentials, xjcCredentials } from "../credentials.ts";
import type { Sandbox } from "../sandbox.ts";
import { sign } from "../spark/signature.ts";
import { tokenSign } from "../xjc/token.ts";

export interface SparkAnswer {
  header: { code: number; message: string; sid: string; status: number };
  payload?: { choices: { status: number; seq: number; text: { content: string; index: number; role: string }[] } };
}

export function imageBody(prompt: string, chat: Record<string, unknown> = {}, header: Record<string, unknown> = {}) {
  return {
    header: { app_id: sparkCredentials.appId, ...header },
    parameter: { chat: { domain: "general", width: 512, height: 512, ...chat } },
    payload: { message: { text: [{ role: "user", content: prompt }] } },
  };
}

export function signedAddress(
  sandbox: Sandbox,
  nowMs = Date.now(),
  apiSecret: string = sparkCredentials.apiSecret,
  call: { method: string; endpoint: string } = { method: "POST", endpoint: "v2.1/tti" },
) {
  const address = new URL(`${sandbox.environment.SPARK_BASE_URL}/${call.endpoint}`);
  const date = new Date(nowMs).toUTCString();
  const requestLine = `${call.method} ${address.pathname} HTTP/1.1`;
  const signature = sign(apiSecret, { host: address.host, date, requestLine });
  const origin = `api_key="${sparkCredentials.apiKey}", algorithm="hmac-sha256", headers="host date request-line", signature="${signature}"`;
  address.search = new URLSearchParams({
    authorization: Buffer.from(origin).toString("base64"),
    date,
    host: address.host,
  }).toString();
  return address;
}

export function postImage(sandbox: Sandbox, body: unknown, options: { nowMs?: number; signal?: AbortSignal } = {}) {
  return fetch(signedAddress(sandbox, options.nowMs), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
    signal: options.signal,
  });
}

export async function paint(sandbox: Sandbox, body: unknown, nowMs?: number): Promise<SparkAnswer> {
  return (await postImage(sandbox, body, { nowMs })).json() as Promise<SparkAnswer>;
}

// biome-ignore lint/suspicious/noExplicitAny: what the wire holds is exactly what the tests are there to find out
export type XjcAnswer = { code: number; msg: string; data: any };

export async function requestToken(sandbox: Sandbox, nowMs = Date.now()): Promise<XjcAnswer> {
  const { accessKey, secretKey } = xjcCredentials;
  const sign = tokenSign(accessKey, String(nowMs), secretKey);
  const query = new URLSearchParams({ accessKey, timestamp: String(nowMs), sign });
  return get(`${sandbox.environment.XJC_BASE_URL}/api/model/v5/oauth/token?${query}`);
}

export interface XjcClient {
  token: string;
  post(endpoint: string, body: unknown): Promise<XjcAnswer>;
  get(endpoint: string): Promise<XjcAnswer>;
}

export async function connectXjc(sandbox: Sandbox, nowMs = Date.now()): Promise<XjcClient> {
  const { token } = (await requestToken(sandbox, nowMs)).data;
  const base = `${sandbox.environment.XJC_BASE_URL}/api/model/v5`;
  const headers = { "authorization-token": token, "content-type": "application/json" };
  return {
    token,
    async post(endpoint, body) {
      const response = await fetch(`${base}/${endpoint}`, { method: "POST", headers, body: JSON.stringify(body) });
      if (response.status !== 200) throw new Error(`HTTP ${response.status}`);
      return answerOf(response);
    },
    get: (endpoint) => get(`${base}/${endpoint}`, headers),
  };
}

async function get(address: string, headers: Record<string, string> = {}): Promise<XjcAnswer> {
  return answerOf(await fetch(address, { headers }));
}

export function answerOf(response: Response): Promise<XjcAnswer> {
  return response.json() as Promise<XjcAnswer>;
}
