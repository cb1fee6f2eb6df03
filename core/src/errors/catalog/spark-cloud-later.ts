import type { CatalogTable } from "./table.ts";

/** Spark service codes from later pages: idle connections and image understanding. */
export const sparkCloudLaterTable: CatalogTable = {
  provider: "spark",
  layer: "cloud",
  source: "later-edition",
  rows: [
    {
      code: "10018",
      says: "用户在5分钟内持续发送ping消息，但并没有实际请求数据，会返回该错误码并断开ws连接。短链接使用无需关注",
      policy: "idle",
      meaning: {
        en: "The connection carried nothing but pings for five minutes, so the service closed it. No request was pending.",
        "zh-CN": "连接在 5 分钟内只有 ping 而没有实际请求，服务端已将其断开，当时没有未完成的问题。",
      },
      remedy: {
        en: "Nothing to do: the next request opens a new connection.",
        "zh-CN": "无需处理，下一次请求会建立新连接。",
      },
    },
    {
      code: "10029",
      says: "图片任何一边的长度超过12800，请检查图片",
      policy: "media",
      meaning: {
        en: "One side of the picture is longer than 12,800 pixels.",
        "zh-CN": "图片有一边的长度超过 12800 像素。",
      },
      remedy: { en: "Make the picture smaller and send it again.", "zh-CN": "请缩小图片后重新发送。" },
    },
    {
      code: "10041",
      says: "图片分辨率不符合要求，50×50 < 图片总像素值 < 6000×6000。",
      policy: "media",
      meaning: {
        en: "The picture must have between 50 x 50 and 6000 x 6000 pixels in total.",
        "zh-CN": "图片总像素数不在 50×50 到 6000×6000 之间。",
      },
      remedy: {
        en: "Resize the picture to fit that range and send it again.",
        "zh-CN": "请把图片缩放到该范围内再发送。",
      },
    },
  ],
};
