import { createHash, randomBytes } from "node:crypto";
import type { Context } from "../context.ts";
import { xjcCredentials } from "../credentials.ts";
import { XjcRefusal } from "./codes.ts";
import { shuffledProblems } from "./validation.ts";

const stampLifeMs = 3 * 60_000;

/** `GET oauth/token`: a new token; earlier ones stay valid until they expire. */
export function issueToken(context: Context, query: URLSearchParams): { token: string; expiresIn: number } {
  const problems = ["timestamp", "accessKey", "sign"].filter((field) => !query.get(field));
  if (problems.length > 0)
    throw shuffledProblems(
      context,
      problems.map((field) => `${field}不能为空`),
    );
  const [accessKey, timestamp, sign] = [query.get("accessKey")!, query.get("timestamp")!, query.get("sign")!];
  if (accessKey !== xjcCredentials.accessKey) throw new XjcRefusal(20001);
  const fresh = /^\d{13}$/.test(timestamp) && Math.abs(Number(timestamp) - context.vendorNow()) <= stampLifeMs;
  if (!fresh || sign !== tokenSign(accessKey, timestamp, xjcCredentials.secretKey)) throw new XjcRefusal(20003);
  const token = randomBytes(16).toString("hex");
  const expiresAt = context.vendorNow() + context.limits.tokenLifeMs;
  context.state.tokens.put(token, { token, accessKey, expiresAt });
  return { token, expiresIn: expiresAt };
}

/** Lower-case hexadecimal MD5 of access key, timestamp and secret key. */
export function tokenSign(accessKey: string, timestamp: string, secretKey: string): string {
  return createHash("md5").update(`${accessKey}${timestamp}${secretKey}`).digest("hex");
}

/** The access key behind the `authorization-token` header. */
export function accountOf(context: Context, header: string | undefined): string {
  const token = header ? context.state.tokens.get(header) : undefined;
  if (!token || token.expiresAt <= context.vendorNow()) throw new XjcRefusal(20002);
  return token.accessKey;
}
