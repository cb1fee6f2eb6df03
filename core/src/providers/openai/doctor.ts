import { z } from "zod";
import { parseJson } from "../../ground/parse-json.ts";
import { type HttpAnswer, HttpError } from "../../http/http.ts";
import { answerIdIn, refusalIn } from "../chat-completions/events.ts";
import { failureFinding } from "../failure-finding.ts";
import type { Finding, ProviderTools } from "../provider.ts";
import { hostOf, isLoopback } from "../setting-schema.ts";
import { openaiFailures, openaiName } from "./name.ts";
import type { OpenaiSettings } from "./settings.ts";

const timeoutMs = 15_000;
/** Some services list thousands of models. */
const maxBytes = 8 * 1024 * 1024;
const modelList = z.looseObject({ data: z.array(z.looseObject({ id: z.string() })) });

/** Checks the key by asking for the list of models, which costs nothing. */
export async function doctor(
  settings: OpenaiSettings,
  { http }: Pick<ProviderTools, "http">,
  signal?: AbortSignal,
): Promise<Finding[]> {
  const host = hostOf(settings.baseUrl);
  let answer: HttpAnswer;
  try {
    answer = await http.request({
      method: "GET",
      url: `${settings.baseUrl}/models`,
      headers: { accept: "application/json", authorization: `Bearer ${settings.apiKey}` },
      ...{ trust: "configured", timeoutMs, maxBytes, signal },
    });
  } catch (error) {
    if (!(error instanceof HttpError)) {
      throw error;
    }
    return [failureFinding(openaiFailures.notReadable(error).failure, openaiName.providerTitle)];
  }
  const findings = [verdict(answer, settings)];
  if (settings.baseUrl.startsWith("http:") && !isLoopback(settings.baseUrl)) {
    findings.push({
      level: "warning",
      sentence: { key: "provider.doctor.not-encrypted", values: { variable: "OPENAI_BASE_URL", host } },
    });
  }
  return findings;
}

function verdict(answer: HttpAnswer, { model, baseUrl }: OpenaiSettings): Finding {
  const httpStatus = answer.status;
  const text = answer.text();
  const refused = refusalIn(text);
  if (httpStatus === 401 || httpStatus === 403) {
    const facts = { code: refused?.code ?? String(httpStatus), message: refused?.message, httpStatus };
    const failure = openaiFailures.refused({ ...facts, requestId: answerIdIn(text) });
    return failureFinding(failure, openaiName.providerTitle);
  }
  const list = modelList.safeParse(parseJson(text));
  if (httpStatus !== 200 || !list.success) {
    const values = { provider: openaiName.providerTitle, code: `HTTP ${httpStatus}` };
    return { level: "warning", sentence: { key: "provider.doctor.unexpected", values } };
  }
  const values = { model, host: hostOf(baseUrl) };
  return list.data.data.some(({ id }) => id === model)
    ? { level: "ok", sentence: { key: "provider.doctor.openai-model", values } }
    : { level: "warning", sentence: { key: "provider.doctor.openai-no-model", values } };
}
