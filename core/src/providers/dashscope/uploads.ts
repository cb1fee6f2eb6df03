import { ProviderError, UsageError } from "../../errors/errors.ts";
import { randomId } from "../../ground/random.ts";
import { type HttpAnswer, HttpError } from "../../http/http.ts";
import { type FormPart, multipartForm } from "../../http/multipart-form.ts";
import type { StreamedBody } from "../../http/streamed-body.ts";
import type { Asset } from "../../media/media.ts";
import type { OperationContext } from "../operation.ts";
import type { ProviderTools } from "../provider.ts";
import { hostOf } from "../setting-schema.ts";
import { type Api, readTimeoutMs } from "./api.ts";
import { dashscopeFailures, dashscopeName } from "./name.ts";
import { regionOf } from "./regions.ts";
import type { DashscopeSettings } from "./settings.ts";
import { type UploadPolicy, uploadPolicy } from "./wire.ts";

const mebibyte = 1024 * 1024;
/** Pictures and recordings; a video takes longer. Together with the start, an upload ends before a process that stops. */
const smallBytes = 32 * mebibyte;
const smallTimeoutMs = 60_000;
const largeTimeoutMs = 200_000;
/** The store answers with nothing, or with an error of a few lines. */
const maxAnswerBytes = 64 * 1024;

/** Where the vendor finds the media of one start. */
export interface MediaAddresses {
  /** An address for a model; an uploaded file belongs to this model, this account and this start alone. */
  of(asset: Asset, model: string): Promise<string>;
  /** Whether the addresses are of uploaded files, which the call must tell the vendor to resolve. */
  areUploaded: boolean;
}
export type AddressMedia = (context: OperationContext) => MediaAddresses;

/**
 * Whether the vendor lends temporary storage in the key's region: in Beijing and Singapore. An address whose name does
 * not tell the region is tried.
 */
export function offersUploads({ baseUrl }: Pick<DashscopeSettings, "baseUrl">): boolean {
  const region = regionOf(hostOf(baseUrl));
  return region === undefined || region === "beijing" || region === "singapore";
}

/**
 * Our own address where the vendor can reach us; otherwise the file is uploaded to the vendor's temporary storage, which
 * keeps it for 48 hours. Nothing is remembered: each start uploads its own files just before it.
 */
export function createMediaAddresses(
  settings: DashscopeSettings,
  api: Api,
  tools: Pick<ProviderTools, "http" | "random">,
): AddressMedia {
  return (context) =>
    context.canBeReached === false
      ? { areUploaded: true, of: (asset, model) => upload(settings, api, tools, { asset, model, context }) }
      : { areUploaded: false, of: (asset) => context.addressOf(asset) };
}

async function upload(
  settings: DashscopeSettings,
  api: Api,
  { http, random }: Pick<ProviderTools, "http" | "random">,
  { asset, model, context }: { asset: Asset; model: string; context: OperationContext },
): Promise<string> {
  const query = new URLSearchParams({ action: "getPolicy", model });
  const { data, requestId } = await api.read({
    method: "GET",
    path: `uploads?${query}`,
    data: uploadPolicy,
    timeoutMs: readTimeoutMs,
    signal: context.signal,
  });
  const policy = data.data;
  if (!isFitHost(policy.upload_host, settings)) {
    throw dashscopeFailures.notReadable("unreadable", requestId);
  }
  const maxMegabytes = policy.max_file_size_mb;
  if (maxMegabytes !== undefined && asset.bytes > maxMegabytes * mebibyte) {
    const values = { provider: dashscopeName.providerTitle, limit: { bytes: maxMegabytes * mebibyte } };
    throw new UsageError({ key: "provider.dashscope.upload-too-large", values }, asset.kind);
  }
  // Never the name that somebody gave the file.
  const key = `${policy.upload_dir}/${randomId(random, asset.kind)}.${asset.extension}`;
  const content = { bytes: asset.bytes, open: () => context.open(asset) };
  const form = multipartForm(uploadFields(policy, { key, type: asset.type, content }), random);
  let answer: HttpAnswer;
  try {
    answer = await http.request({
      method: "POST",
      url: policy.upload_host,
      headers: { accept: "application/json", "content-type": form.contentType },
      body: form.body,
      // The host is from an answer. The key is not sent there: the policy's signature is what lets the file in.
      trust: "foreign",
      timeoutMs: asset.bytes > smallBytes ? largeTimeoutMs : smallTimeoutMs,
      maxBytes: maxAnswerBytes,
      signal: context.signal,
    });
  } catch (error) {
    if (error instanceof HttpError) {
      const { failure } = dashscopeFailures.startEnd(error);
      // A forbidden host stays forbidden; everything else may work later, as nothing was started.
      throw error.reason === "blocked" ? dashscopeFailures.asError(failure) : dashscopeFailures.notReadable(error);
    }
    throw error;
  }
  if (answer.status !== 200) {
    throw uploadRefused(answer);
  }
  return `oss://${key}`;
}

/** Files go nowhere unencrypted, except to a vendor that itself is configured so, such as the sandbox. */
function isFitHost(address: string, { baseUrl }: DashscopeSettings): boolean {
  return (
    URL.canParse(address) && (new URL(address).protocol === "https:" || new URL(address).host === new URL(baseUrl).host)
  );
}

/** The fields of the object store's form, the file last. */
function uploadFields(
  policy: UploadPolicy,
  { key, type, content }: { key: string; type: string; content: StreamedBody },
): FormPart[] {
  const values = {
    OSSAccessKeyId: policy.oss_access_key_id,
    Signature: policy.signature,
    policy: policy.policy,
    key,
    "x-oss-object-acl": policy.x_oss_object_acl,
    "x-oss-forbid-overwrite": policy.x_oss_forbid_overwrite,
    success_action_status: "200",
    "x-oss-content-type": type,
  };
  return [
    ...Object.entries(values).map(([name, value]) => ({ name, content: value })),
    { name: "file", fileName: key.slice(key.lastIndexOf("/") + 1), type, content },
  ];
}

/** The refusal of the object store, which answers in XML. */
function uploadRefused(answer: HttpAnswer): ProviderError {
  const { status } = answer;
  const text = answer.text();
  const code = /<Code>([^<]{1,200})<\/Code>/.exec(text)?.[1] ?? `HTTP ${status}`;
  const vendorMessage = /<Message>([^<]{1,1000})<\/Message>/.exec(text)?.[1];
  const requestId = /<RequestId>([^<]{1,100})<\/RequestId>/.exec(text)?.[1];
  return new ProviderError({
    kind: "refused",
    provider: dashscopeName.provider,
    sentence: {
      key: "provider.dashscope.upload-refused",
      values: { provider: dashscopeName.providerTitle, reason: code },
    },
    charged: "no",
    retry: { kind: status >= 500 || status === 429 ? "later" : "never" },
    httpStatus: status,
    vendorMessage,
    requestId,
  });
}
