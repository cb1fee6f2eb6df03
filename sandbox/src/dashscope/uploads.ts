import { createHash, createHmac, randomUUID } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../context.ts";
import { misbehaviourOf } from "../context.ts";
import { type Exchange, refuseBeforeAccept } from "../faults.ts";
import { denied } from "../stored-files.ts";
import { beijingTime, type Call } from "./call.ts";
import { DashscopeRefusal } from "./codes.ts";

/** The names of both calls in orders. */
export const uploadEndpoints = ["uploads", "uploads:file"] as const;
const [policyEndpoint, fileEndpoint] = uploadEndpoints;

export const largestUploadMegabytes = 1024;
const megabyte = 1024 * 1024;
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
  const form = await exchange.req.formData().catch(() => undefined);
  if (exchange.req.header("authorization") !== undefined) {
    return denied("InvalidArgument", "Authorization and OSSAccessKeyId are both given.", 400);
  }
  if (form === undefined) {
    return denied("MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data.", 400);
  }
  const refusal = formRefusal(context, form);
  if (refusal !== undefined) return refusal;
  const file = form.get("file") as File;
  const key = String(form.get("key"));
  const bytes = Buffer.from(await file.arrayBuffer());
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  await mkdir(context.mediaDirectory, { recursive: true });
  const path = join(context.mediaDirectory, sha256);
  await writeFile(`${path}.part`, bytes);
  await rename(`${path}.part`, path);
  const { model } = context.state.dashscopeUploadDirectories.get(directoryOf(key))!;
  context.state.dashscopeUploads.put(key, { model, sha256, bytes: bytes.byteLength, uploadedAt: context.vendorNow() });
  return new Response(null, { status: form.get("success_action_status") === "200" ? 200 : 204 });
}

function directoryOf(key: string): string {
  return key.slice(0, key.lastIndexOf("/"));
}

function formRefusal(context: Context, form: FormData): Response | undefined {
  const names = [...form.keys()];
  const text = (name: string) => {
    const value = form.get(name);
    return typeof value === "string" ? value : "";
  };
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
  if (names.at(-1) !== "file" || !(form.get("file") instanceof File)) {
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
