import type { Problem } from "./configuration-error.ts";
import type { Variables } from "./variables.ts";

/** Where media are kept when several hosts share them. */
export interface MediaBucketSettings {
  /** The address of the bucket. */
  url: string;
  region: string;
  accessKeyId: string;
  /** A secret. */
  secretAccessKey: string;
}

const names = ["S3_ENDPOINT", "S3_BUCKET", "S3_REGION", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"] as const;
const required = ["S3_ENDPOINT", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"] as const;

/** Undefined without a bucket. */
export function mediaBucketOf(variables: Variables): MediaBucketSettings | undefined {
  const { S3_ENDPOINT: endpoint, S3_BUCKET: bucket, S3_REGION: region = "auto" } = variables;
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = variables;
  if (endpoint === undefined || accessKeyId === undefined || secretAccessKey === undefined) {
    return undefined;
  }
  return { url: bucket === undefined ? endpoint : `${endpoint}/${bucket}`, region, accessKeyId, secretAccessKey };
}

/** Media of half a configuration would be stored where nobody expects them. */
export function missingOfMediaBucket(variables: Variables): Problem[] {
  const given = names.find((name) => variables[name] !== undefined);
  const missing = required.filter((name) => variables[name] === undefined);
  return given === undefined
    ? []
    : missing.map((variable) => ({
        variable,
        sentence: {
          en: `${variable} is missing: with ${given}, media are kept in a bucket, which needs ${required.join(", ")}. Set it, or remove ${given}.`,
          "zh-CN": `缺少 ${variable}：设置了 ${given}，媒体文件将保存在存储桶中，需要 ${required.join("、")}。请补上，或删除 ${given}。`,
        },
      }));
}
