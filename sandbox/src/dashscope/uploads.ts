import { createHmac, randomUUID } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { Context } from "../context.ts";
import { misbehaviourOf } from "../context.ts";
import { type Exchange, refuseBeforeAccept } from "../faults.ts";
import { denied } from "../stored-files.ts";
import { beijingTime, type Call } from "./call.ts";
import { DashscopeRefusal } from "./codes.ts";
import { FormTooLarge, readUploadForm, type UploadForm } from "./upload-form.ts";

/** The names of both calls in orders. */
export const uploadEndpoints = ["uploads", "uploads:file"] as const;
const [policyEndpoint, fileEndpoint] = uploadEndpoints;

const largestUploadMegabytes = 1024;
const megabyte = 1024 * 1024;
/** The form around an uploaded file is small. */
const largestUploadBytes = (largestUploadMegabytes + 1) * megabyte;
const policySeconds = 300;
const accessKeyId = "LTAI-sandbox-upload";
const fixedFields = { "x-oss-object-acl": "private", "x-oss-forbid-overwrite": "true" } as const;

/** What a policy allows, as encoded in the form. */
interface Policy {
  expiration: string;
  dir: string;
}

/** `GET uploads?action=getPolicy`: what lets files for one model into the temporary storage for five minutes. */
export function uploadPolicy(context: Context, query: URLSearchParams): Record<string, unknown> {
  const model = query.get("model") ?? "";
  if (query.get("action") !== "getPolicy") {
    throw new DashscopeRefusal("InvalidParameter", { message: "action must be getPolicy." });
  }
  if (model === "") throw new DashscopeRefusal("BadRequest.EmptyModel");
  const now = context.vendorNow();
  const dir = `dashscope-instant/sandbox-account/${beijingTime(now).slice(0, 10)}/${randomUUID()}`;
  context.state.dashscopeUploadDirectories.put(dir, { model });
  const policy = Buffer.from(
    JSON.stringify({
      expiration: new Date(now + policySeconds * 1000).toISOString(),
      conditions: [
        ["content-length-range", 0, largestUploadMegabytes * megabyte],
        ["starts-with", "$key", dir],
        { bucket: "dashscope-file-sandbox" },
        ...Object.entries(fixedFields).map(([name, value]) => ({ [name]: value })),
      ],
    }),
  ).toString("base64");
  return {
    data: {
      policy,
      signature: signatureOf(context, policy),
      upload_dir: dir,
      upload_host: `${context.origin()}/dashscope/file-store`,
      expire_in_seconds: policySeconds,
      max_file_size_mb: largestUploadMegabytes,
      capacity_limit_mb: 999_999_999,
      oss_access_key_id: accessKeyId,
      x_oss_object_acl: fixedFields["x-oss-object-acl"],
      x_oss_forbid_overwrite: fixedFields["x-oss-forbid-overwrite"],
    },
  };
}

function signatureOf(context: Context, policy: string): string {
  return createHmac("sha1", context.state.signingKey()).update(policy).digest("base64");
}

/** The marker that the next request of a kind was ordered to follow. */
export function askedOf(context: Context, kind: "policy" | "file") {
  return misbehaviourOf(context, {
    vendor: "dashscope",
    endpoint: kind === "policy" ? policyEndpoint : fileEndpoint,
    text: "",
  });
}

/** A form posted to the object store, judged as the store judges it: it answers in XML. */
export async function takeUpload(context: Context, exchange: Exchange): Promise<Response> {
  const asked = askedOf(context, "file");
  const early = refuseBeforeAccept(exchange, asked);
  if (early) return early;
  let form: UploadForm;
  try {
    form = await readUploadForm(exchange.req.raw.body ?? Readable.from([]), {
      contentType: exchange.req.header("content-type") ?? "",
      directory: context.mediaDirectory,
      maxBytes: largestUploadBytes,
    });
  } catch (error) {
    return error instanceof FormTooLarge
      ? denied("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size.", 400)
      : denied("MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data.", 400);
  }
  const refusal =
    exchange.req.header("authorization") === undefined
      ? formRefusal(context, form)
      : denied("InvalidArgument", "Authorization and OSSAccessKeyId are both given.", 400);
  if (refusal !== undefined) {
    await (form.file === undefined ? undefined : rm(form.file.path, { force: true }));
    return refusal;
  }
  const { path, sha256, bytes } = form.file!;
  const key = form.fields.get("key")!;
  await rename(path, join(context.mediaDirectory, sha256));
  const { model } = context.state.dashscopeUploadDirectories.get(directoryOf(key))!;
  context.state.dashscopeUploads.put(key, { model, sha256, bytes, uploadedAt: context.vendorNow() });
  return new Response(null, { status: form.fields.get("success_action_status") === "200" ? 200 : 204 });
}

function directoryOf(key: string): string {
  return key.slice(0, key.lastIndexOf("/"));
}

function formRefusal(context: Context, { names, fields, file }: UploadForm): Response | undefined {
  const text = (name: string) => fields.get(name) ?? "";
  if (text("OSSAccessKeyId") !== accessKeyId) {
    return denied("InvalidAccessKeyId", "The OSS Access Key Id you provided does not exist in our records.");
  }
  if (text("Signature") !== signatureOf(context, text("policy"))) {
    return denied(
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided.",
    );
  }
  const policy = readPolicy(text("policy"));
  if (context.vendorNow() >= Date.parse(policy.expiration)) {
    return denied("AccessDenied", "Invalid according to Policy: Policy expired.");
  }
  const key = text("key");
  if (directoryOf(key) !== policy.dir || key.length === policy.dir.length + 1) {
    return denied(
      "AccessDenied",
      `Invalid according to Policy: Policy Condition failed: ["starts-with", "$key", "${policy.dir}"]`,
    );
  }
  for (const [name, value] of Object.entries(fixedFields)) {
    if (text(name) !== value) {
      return denied(
        "AccessDenied",
        `Invalid according to Policy: Policy Condition failed: ["eq", "$${name}", "${value}"]`,
      );
    }
  }
  // Fields after the file are not read.
  if (names.at(-1) !== "file" || file?.name !== "file") {
    return denied("InvalidArgument", "The form must end with the file.", 400);
  }
  return context.state.dashscopeUploads.get(key) === undefined
    ? undefined
    : denied("FileAlreadyExists", "The object you specified already exists and can not be overwritten.", 409);
}

/** Only called with a policy whose signature is right. */
function readPolicy(encoded: string): Policy {
  const { expiration, conditions } = JSON.parse(Buffer.from(encoded, "base64").toString()) as {
    expiration: string;
    conditions: unknown[];
  };
  const [, , dir] = conditions[1] as [string, string, string];
  return { expiration, dir };
}

/**
 * The file at an `oss://` address: for the call's own model, while it is kept, and only if the call says that there are
 * such addresses. What the vendor answers otherwise is not documented.
 */
export function uploadedFile(
  context: Context,
  { model, resolvesUploads }: Pick<Call, "model" | "resolvesUploads">,
  address: string,
): { path: string; sha256: string; bytes: number } {
  if (!resolvesUploads) {
    throw new DashscopeRefusal("InvalidURL", {
      message: "The provided URL does not appear to be valid. Ensure it is correctly formatted.",
    });
  }
  const upload = context.state.dashscopeUploads.get(address.slice("oss://".length));
  const age = context.vendorNow() - (upload?.uploadedAt ?? 0);
  if (upload === undefined || upload.model !== model || age >= context.limits.dashscopeUploadLifeMs) {
    throw new DashscopeRefusal("InvalidURL");
  }
  return { ...upload, path: join(context.mediaDirectory, upload.sha256) };
}
