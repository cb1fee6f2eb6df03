import { createClockSkew } from "../clock-skew.ts";
import { defineProvider } from "../provider.ts";
import { hostOf, isLoopback } from "../setting-schema.ts";
import { textOperation } from "./chat.ts";
import { createGateway } from "./gateway.ts";
import { imageOperation, imageTimeoutMs } from "./image.ts";
import { imageUnderstandingOperation } from "./image-understanding.ts";
import { sparkName } from "./name.ts";
import { type SparkSettings, sparkSchema, sparkVariables } from "./settings.ts";

/**
 * iFlytek Spark: pictures from text, text about pictures, and answers to questions. Cannot stop a picture that has
 * started, and has no balance endpoint.
 */
export const spark = defineProvider<SparkSettings>({
  id: "spark",
  title: sparkName.providerTitle,
  settings: sparkVariables,
  schema: sparkSchema,
  hosts: (settings) => [...new Set([hostOf(settings.baseUrl), hostOf(settings.chat.url)])],
  onLoopback: (settings) => isLoopback(settings.baseUrl),
  limits: (settings) => ({
    concurrent: settings.concurrent,
    // The vendor refuses two requests by one user at a time (10006).
    concurrentPerCaller: 1,
    startsPerSecond: settings.startsPerSecond,
  }),
  create(settings, tools) {
    const skew = createClockSkew(tools.clock);
    const gateway = createGateway(
      {
        url: `${settings.baseUrl}/v2.1/tti`,
        apiKey: settings.apiKey,
        apiSecret: settings.apiSecret,
        timeoutMs: imageTimeoutMs,
      },
      tools,
      skew,
    );
    return {
      operations: {
        image: imageOperation(settings, gateway),
        imageUnderstanding: imageUnderstandingOperation(settings, skew, tools),
        text: textOperation(settings, { ...tools, skew }),
      },
      doctor: async (signal) => (await import("./doctor.ts")).doctor(settings, gateway, signal),
    };
  },
});
