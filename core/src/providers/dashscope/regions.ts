import type { LocalizedText } from "../../ground/locale.ts";

/** The vendor's regions that a host's name can tell. */
export type Region = "beijing" | "singapore" | "virginia" | "hongkong" | "frankfurt";

const regions: readonly { id: Region; host: RegExp; title: LocalizedText }[] = [
  {
    id: "beijing",
    host: /^dashscope\.aliyuncs\.com$|\.cn-beijing\.maas\./,
    title: { en: "Beijing", "zh-CN": "北京" },
  },
  {
    id: "singapore",
    host: /^dashscope-intl\.|\.ap-southeast-1\.maas\./,
    title: { en: "Singapore", "zh-CN": "新加坡" },
  },
  {
    id: "virginia",
    host: /^dashscope-us\.|\.us-east-1\.maas\./,
    title: { en: "US (Virginia)", "zh-CN": "美国（弗吉尼亚）" },
  },
  { id: "hongkong", host: /\.cn-hongkong\.maas\./, title: { en: "Hong Kong", "zh-CN": "香港" } },
  {
    id: "frankfurt",
    host: /\.eu-central-1\.maas\./,
    title: { en: "Germany (Frankfurt)", "zh-CN": "德国（法兰克福）" },
  },
];

/** The region that a host serves; undefined if its name does not tell. */
export function regionOf(host: string): Region | undefined {
  return regions.find((region) => region.host.test(host))?.id;
}

/** The title of the region that a host serves; the host itself if its name does not tell. */
export function regionTitle(host: string): LocalizedText {
  return regions.find((region) => region.host.test(host))?.title ?? { en: host, "zh-CN": host };
}
