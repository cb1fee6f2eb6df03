import { defineTool, step, text } from "@toolcast/core";

/** A tool of one step: a picture, made by whichever provider makes pictures. */
export const postcard = defineTool({
  name: "make_postcard",
  command: "postcard",
  effect: "spends",
  title: { en: "Postcard", "zh-CN": "明信片" },
  summary: { en: "Paints a postcard.", "zh-CN": "绘制一张明信片。" },
  primary: "place",
  input: {
    place: text({
      title: { en: "Place", "zh-CN": "地点" },
      summary: { en: "Where it is sent from, up to 80 characters.", "zh-CN": "寄出的地方，最多 80 字。" },
      maxLength: 80,
    }),
  },
  steps: ({ place }) => [
    step({
      name: "picture",
      title: { en: "Picture", "zh-CN": "图片" },
      capability: "image",
      request: () => ({ prompt: `A vintage postcard from ${place}` }),
    }),
  ],
});
