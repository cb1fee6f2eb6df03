import { failureFinding } from "../failure-finding.ts";
import type { Finding } from "../provider.ts";
import { hostOf, isLoopback } from "../setting-schema.ts";
import type { Exchange, Gateway } from "./gateway.ts";
import { gatewayRefusal, serviceRefusal } from "./image.ts";
import { sparkFailures, sparkName } from "./name.ts";
import type { SparkSettings } from "./settings.ts";

/** The service's codes for a correctly signed but incomplete request. */
const incompleteCodes = [10003, 10004, 10005];

/** The gateway refuses dates that differ by more than this. */
const allowedSkewMs = 300_000;

/** Checks the keys with a request without a prompt: nothing can be made or charged. */
export async function doctor(settings: SparkSettings, gateway: Gateway, signal?: AbortSignal): Promise<Finding[]> {
  const ask = () => gateway.post({ header: { app_id: settings.appId } }, signal);
  const first = await ask();
  const exchange = first.end === "answer" && first.clockCorrected ? await ask() : first;
  const findings: Finding[] = [verdict(exchange)];
  if (findings[0]?.level === "ok") {
    findings.push({ level: "unproved", sentence: { key: "provider.doctor.spark-unproved" } });
  }
  if (Math.abs(gateway.skewMs()) > allowedSkewMs / 2) {
    findings.push({
      level: "warning",
      sentence: {
        key: "provider.doctor.clock",
        values: { provider: sparkName.providerTitle, skew: { durationMs: Math.abs(gateway.skewMs()) } },
      },
    });
  }
  if (settings.baseUrl.startsWith("http:") && !isLoopback(settings.baseUrl)) {
    findings.push({
      level: "warning",
      sentence: {
        key: "provider.doctor.not-encrypted",
        values: { variable: "SPARK_BASE_URL", host: hostOf(settings.baseUrl) },
      },
    });
  }
  return findings;
}

function verdict(exchange: Exchange): Finding {
  if (exchange.end === "none") {
    return failureFinding(sparkFailures.notReadable(exchange.error).failure, sparkName.providerTitle);
  }
  const { answer, status } = exchange;
  const { httpStatus } = status;
  if (answer.kind === "service" && incompleteCodes.includes(answer.code)) {
    return { level: "ok", sentence: { key: "provider.doctor.spark-keys" } };
  }
  if (answer.kind === "service" && answer.code !== 0) {
    return failureFinding(serviceRefusal(answer, status), sparkName.providerTitle);
  }
  if (answer.kind === "gateway" && httpStatus >= 400 && httpStatus < 500) {
    return failureFinding(gatewayRefusal(answer.message, status, false), sparkName.providerTitle);
  }
  return {
    level: "warning",
    sentence: {
      key: "provider.doctor.unexpected",
      values: { provider: sparkName.providerTitle, code: `HTTP ${httpStatus}` },
    },
  };
}
