import { createHmac } from "node:crypto";
import type { Context } from "../context.ts";
import { hum } from "../media/speech.ts";
import { writeWav } from "../media/wav.ts";
import { denied, openStoredFiles, send } from "../stored-files.ts";
import type { Speech, Work } from "./records.ts";
import { statusOf } from "./tasks.ts";

export interface ResultFiles {
  /** The address of a finished task's result: the same at every call, valid until its hour is over. */
  address(task: Work | Speech): string;
  serve(request: {
    method: string;
    name: string;
    query: URLSearchParams;
    range: string | undefined;
  }): Promise<Response>;
}

export function openResultFiles(context: Context): ResultFiles {
  const files = openStoredFiles(context);

  function nameOf(task: Work | Speech): string {
    const random = createHmac("sha256", context.state.signingKey()).update(`name ${task.jobId}`).digest("hex");
    return `${random.slice(0, 24)}.${"face" in task && task.face !== undefined ? "mp4" : "wav"}`;
  }

  function signatureOf(name: string, expires: string): string {
    return createHmac("sha256", context.state.signingKey()).update(`${name} ${expires}`).digest("hex").slice(0, 32);
  }

  function find(name: string): Work | Speech | undefined {
    const tasks = [...context.state.works.values(), ...context.state.speeches.values()];
    return tasks.find((task) => nameOf(task) === name && statusOf(task, context.clock.now()) === 3);
  }

  return {
    address(task) {
      const name = nameOf(task);
      const life = task.expiredUrl ? -1 : context.limits.urlLifeMs;
      const expires = String(Math.floor((task.endsAt ?? 0) + life));
      return `${context.origin()}/xjc/files/${name}?expires=${expires}&sign=${signatureOf(name, expires)}`;
    },
    async serve({ method, name, query, range }) {
      const expires = query.get("expires") ?? "";
      // Signed only for GET, as at the object stores such vendors use: HEAD is refused.
      if (method !== "GET" || query.get("sign") !== signatureOf(name, expires)) {
        return denied("SignatureDoesNotMatch", "The request signature does not match.");
      }
      if (context.clock.now() >= Number(expires)) return denied("AccessDenied", "Request has expired.");
      const task = find(name);
      if (!task) return denied("NoSuchKey", "The specified key does not exist.", 404);
      const content = await files.contentOf(name, () => make(task));
      return send(content, name.endsWith("mp4") ? "video/mp4" : "audio/wav", range);
    },
  };
}

async function make(task: Work | Speech): Promise<Buffer> {
  const { sound, durationMs } = task;
  const comment = `SANDBOX ${task.jobId}${"face" in task && task.face ? ` face ${task.face.slice(0, 12)}` : ""}`;
  if ("face" in task && task.face !== undefined) {
    const [{ readDrivingSound }, { makeVideo }] = await Promise.all([
      import("../media/sound.ts"),
      import("../media/video.ts"),
    ]);
    const track =
      sound.kind === "file"
        ? await readDrivingSound(sound.path, durationMs)
        : { kind: "samples" as const, samples: hum(sound, durationMs) };
    return makeVideo({ durationMs, sound: track, comment });
  }
  if (sound.kind === "file") throw new Error("a work without a face speaks a text");
  return writeWav(hum(sound, durationMs));
}
