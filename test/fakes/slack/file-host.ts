import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type Clock, sleep } from "@toolcast/core/engine";
import { closeServer, listen } from "../loopback-server.ts";
import { parseMultipart } from "../multipart.ts";
import type { InstalledApp } from "./context.ts";
import type { Faults } from "./faults.ts";
import type { Ids } from "./ids.ts";
import type { StoredFile, World } from "./world.ts";

export interface FileRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | null;
  readonly at: number;
  status: number;
}

/** Slack's file host: a separate origin. */
export interface FileHost {
  readonly url: string;
  /** Every request in order, with its Authorization header. */
  readonly requests: FileRequest[];
  uploadUrl(file: StoredFile): string;
  close(): Promise<void>;
}

export interface FileHostParts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly world: World;
  readonly app: () => InstalledApp;
  readonly visibleToApp: (file: StoredFile) => boolean;
  readonly faults: Faults;
  readonly changed: () => void;
}

const loginPage = "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>Sign in</body></html>";

export async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export async function startFileHost(parts: FileHostParts): Promise<FileHost> {
  const { clock, ids, world, app, faults } = parts;
  const requests: FileRequest[] = [];
  const uploads = new Map<string, StoredFile>();

  function send(
    record: FileRequest,
    response: ServerResponse,
    status: number,
    body: string | Buffer,
    type: string,
  ): void {
    record.status = status;
    response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(body) });
    response.end(record.method === "HEAD" ? undefined : body);
  }

  function upload(
    record: FileRequest,
    response: ServerResponse,
    file: StoredFile | undefined,
    body: Buffer,
    type: string,
  ): void {
    if (file === undefined || (file.state !== "reserved" && file.state !== "uploaded")) {
      send(record, response, 404, "file_not_found", "text/plain");
      return;
    }
    const bytes = type.startsWith("multipart/form-data") ? parseMultipart(body, type)?.[0]?.bytes : body;
    if (bytes === undefined || bytes.byteLength !== file.length) {
      send(record, response, 400, "invalid_upload: wrong length", "text/plain");
      return;
    }
    file.bytes = bytes;
    file.state = "uploaded";
    send(record, response, 200, `OK - ${bytes.byteLength}`, "text/plain");
  }

  /** Without a token: 401. For a token that may not read the file Slack sends its sign-in page, with 200. */
  function download(record: FileRequest, response: ServerResponse, file: StoredFile | undefined): void {
    const { authorization } = record;
    const { botToken, state, scopes } = app();
    if (authorization === null) {
      send(record, response, 401, loginPage, "text/html; charset=utf-8");
    } else if (authorization !== `Bearer ${botToken}` || state !== "installed" || !scopes.has("files:read")) {
      send(record, response, 200, loginPage, "text/html; charset=utf-8");
    } else if (file !== undefined && !parts.visibleToApp(file)) {
      send(record, response, 200, loginPage, "text/html; charset=utf-8");
    } else if (file?.state !== "ready") {
      send(record, response, 404, loginPage, "text/html; charset=utf-8");
    } else {
      send(record, response, 200, file.bytes!, file.mimetype);
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? "/", "http://127.0.0.1").pathname;
    const { method = "GET", headers } = request;
    const authorization = headers.authorization ?? null;
    const record: FileRequest = { method, path, authorization, at: clock.now(), status: 0 };
    requests.push(record);
    const body = await readAll(request);
    const target = path.startsWith("/upload/") ? "upload" : "download";
    const fault = faults.take(target);
    if (fault?.kind === "latency") {
      await (fault.ms === Number.POSITIVE_INFINITY ? new Promise(() => {}) : sleep(clock, fault.ms));
    }
    const when = fault !== null && "when" in fault ? (fault.when ?? "before") : "before";
    const act = () =>
      target === "upload"
        ? upload(record, response, uploads.get(path), body, headers["content-type"] ?? "")
        : download(record, response, world.files.get(/-(F[A-Z0-9]+)\//.exec(path)?.[1] ?? ""));
    if (fault === null || fault.kind === "latency") {
      act();
      return;
    }
    if (when === "after" && target === "upload") {
      const file = uploads.get(path)!;
      file.bytes = body;
      file.state = "uploaded";
    }
    if (fault.kind === "drop") {
      response.socket?.destroy();
    } else if (fault.kind === "rate-limit") {
      response.setHeader("retry-after", fault.retryAfterSeconds);
      send(record, response, 429, "rate limited", "text/plain");
    } else {
      send(record, response, fault.kind === "status" ? fault.status : 500, "error", "text/plain");
    }
  }

  const server = createServer((request, response) => {
    handle(request, response)
      .catch(() => response.destroy())
      .finally(parts.changed);
  });
  const url = `http://127.0.0.1:${await listen(server)}`;
  return {
    url,
    requests,
    uploadUrl(file) {
      const path = `/upload/v1/${ids.secret()}`;
      uploads.set(path, file);
      return `${url}${path}`;
    },
    close: () => closeServer(server),
  };
}
