export const textToImageEndpoint = "v2.1/tti";
export const imageUnderstandingEndpoint = "v2.1/image";

/** Every endpoint name, as `POST /control/next` takes it. */
export const sparkEndpoints: readonly string[] = [textToImageEndpoint, imageUnderstandingEndpoint];
