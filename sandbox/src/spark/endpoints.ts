export const textToImageEndpoint = "v2.1/tti";
export const imageUnderstandingEndpoint = "v2.1/image";

/** The chat models' paths, from the vendor's page about chat over WebSocket. */
export const chatEndpoints = [
  "v1.1/chat",
  "v2.1/chat",
  "v3.1/chat",
  "chat/pro-128k",
  "v3.5/chat",
  "chat/max-32k",
  "v4.0/chat",
  "v1/x1",
] as const;

/** Every endpoint name that `POST /control/next` accepts. */
export const sparkEndpoints: readonly string[] = [textToImageEndpoint, imageUnderstandingEndpoint, ...chatEndpoints];
