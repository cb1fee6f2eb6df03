import { createHmac } from "node:crypto";
import type { LocalizedText } from "@toolcast/core";
import type { Clock } from "@toolcast/core/engine";
import type { Finding, Http } from "@toolcast/core/provider";
import { eventsPath } from "./manifest.ts";
import { noPublicUrl } from "./start-problem.ts";

export interface HttpCheck {
  /** A secret. */
  signingSecret: string;
  /** The origin at which Slack reaches us; null if none is set. */
  publicUrl: string | null;
  http: Pick<Http, "request">;
  clock: Clock;
}

/** What can be found out about the way of Slack's requests to us: everything but whether Slack takes it. */
export async function diagnoseHttp({ signingSecret, publicUrl, http, clock }: HttpCheck): Promise<Finding[]> {
  if (publicUrl === null) {
    return [{ level: "error", sentence: noPublicUrl().sentence }];
  }
  const url = `${publicUrl}${eventsPath}`;
  return [await reached(url, { signingSecret, http, clock }), unseen(url)];
}

/** Asks our own address what Slack asks when it is entered there, with our signature. Nothing is stored for it. */
async function reached(url: string, { signingSecret, http, clock }: Omit<HttpCheck, "publicUrl">): Promise<Finding> {
  const challenge = "toolcast-doctor";
  const body = JSON.stringify({ type: "url_verification", challenge });
  const timestamp = String(Math.floor(clock.now() / 1_000));
  const signature = createHmac("sha256", signingSecret).update(`v0:${timestamp}:${body}`).digest("hex");
  const headers = {
    "content-type": "application/json",
    "x-slack-request-timestamp": timestamp,
    "x-slack-signature": `v0=${signature}`,
  };
  const asked = { method: "POST", url, headers, body, trust: "foreign", timeoutMs: 10_000, maxBytes: 4_096 } as const;
  const answer = await http.request(asked).catch(() => null);
  if (answer === null) {
    return {
      level: "unproved",
      sentence: {
        en: `Nothing answered at ${url} when asked from here. Toolcast must be running, and this address must lead to its public listener.`,
        "zh-CN": `从本机访问 ${url} 没有响应。Toolcast 须正在运行，且此地址须通向其对外监听的端口。`,
      },
    };
  }
  const isOurs = answer.status === 200 && answer.text().includes(challenge);
  return isOurs
    ? { level: "ok", sentence: accepted(url) }
    : { level: "error", sentence: answer.status === 401 ? otherSecret(url) : notOurs(url, answer.status) };
}

const accepted = (url: string): LocalizedText => ({
  en: `Requests signed with SLACK_SIGNING_SECRET are accepted at ${url}.`,
  "zh-CN": `${url} 接受用 SLACK_SIGNING_SECRET 签名的请求。`,
});

const otherSecret = (url: string): LocalizedText => ({
  en: `Toolcast at ${url} runs with another SLACK_SIGNING_SECRET. Start it again.`,
  "zh-CN": `${url} 上的 Toolcast 使用的是另一个 SLACK_SIGNING_SECRET，请重新启动。`,
});

const notOurs = (url: string, status: number): LocalizedText => ({
  en: `What answers at ${url} is not Toolcast on Slack (HTTP ${status}). Check PUBLIC_URL and what forwards it to the public listener.`,
  "zh-CN": `${url} 上响应的不是 Toolcast 的 Slack 接口（HTTP ${status}）。请检查 PUBLIC_URL 及其到对外监听端口的转发。`,
});

function unseen(url: string): Finding {
  return {
    level: "unproved",
    sentence: {
      en: `Slack does not say where it sends events, commands and interactions, nor whether SLACK_SIGNING_SECRET is this app's. At api.slack.com/apps compare the request URLs of Event Subscriptions, Slash Commands and Interactivity with ${url}, and Signing Secret under Basic Information.`,
      "zh-CN": `Slack 不会告知事件、命令和交互发往何处，也不会告知 SLACK_SIGNING_SECRET 是否属于此应用。请在 api.slack.com/apps 核对 Event Subscriptions、Slash Commands 和 Interactivity 的请求地址是否为 ${url}，并核对 Basic Information 中的 Signing Secret。`,
    },
  };
}
