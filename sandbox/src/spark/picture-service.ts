import { pictureColors } from "../media/picture-colors.ts";
import type { ChatService } from "./conversation.ts";
import { imageUnderstandingEndpoint } from "./endpoints.ts";
import { describePicture } from "./picture-answer.ts";
import { type PictureQuestion, readPictureQuestion } from "./picture-question.ts";
import { cutToTokens } from "./tokens.ts";

/** The model that answers questions about a picture. */
export const pictureService: ChatService<PictureQuestion> = {
  endpoint: imageUnderstandingEndpoint,
  typed: true,
  read: readPictureQuestion,
  async reply({ picture, dialogue, maxTokens }) {
    const { bytes, format, width, height } = picture;
    const colors = await pictureColors(bytes, format);
    const text = describePicture({ format, width, height, bytes: bytes.byteLength, colors }, dialogue);
    return { text: cutToTokens(text, maxTokens) };
  },
};
