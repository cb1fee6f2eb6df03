import { maxDataBytes } from "@toolcast/core/surface";

/** Texts are short, but a file in a data: address is a third longer than the file. Larger files are uploaded. */
export const maxBodyBytes = Math.ceil((maxDataBytes * 4) / 3) + 1024 ** 2;
