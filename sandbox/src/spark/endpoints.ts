export const textToImageEndpoint = "v2.1/tti";
export const imageUnderstandingEndpoint = "v2.1/image";

/** Every endpoint name that `POST /control/next` accepts. */
export const sparkEndpoints: readonly string[] = [textToImageEndpoint, imageUnderstandingEndpoint];
