import { createHash } from "node:crypto";
import {
  type Asset,
  type Caller,
  type CallRequest,
  defineTool,
  integer,
  type Job,
  type Message,
  type PressRequest,
  type Reply,
  type Runtime,
  type Tool,
  ToolcastError,
  text,
} from "@toolcast/core";
import { failureOf, PolicyError } from "@toolcast/core/errors";
import {
  type Condition,
  type Overview,
  type OwnThing,
  parseInput,
  type Removal,
  type RemovalRequest,
  refusalMessage,
} from "@toolcast/core/surface";

const both = (en: string, zh: string) => ({ en, "zh-CN": zh });

const paint = defineTool({
  name: "paint_picture",
  command: "paint",
  title: both("Paint", "绘画"),
  summary: both("Paints a picture.", "画一幅画。"),
  effect: "spends",
  primary: "prompt",
  input: {
    prompt: text({ title: both("Prompt", "描述"), summary: both("What to paint.", "画什么。"), maxLength: 20 }),
    count: integer({
      title: both("Count", "数量"),
      summary: both("1 to 4.", "1 到 4。"),
      minimum: 1,
      maximum: 4,
      optional: true,
    }),
  },
  steps: () => [],
});
const secret = defineTool({
  name: "read_secret",
  command: "secret",
  title: both("Secret", "秘密"),
  summary: both("For operators.", "仅限管理员。"),
  effect: "reads",
  operatorsOnly: true,
  input: {},
  answer: async () => ({ message: { tone: "info", title: "secret" }, data: 1 }),
});

/** Just enough of a runtime to see what the console calls and how it shows the answers. */
export class FakeRuntime implements Pick<Runtime, "call" | "press" | "watch"> {
  readonly tools: Tool[] = [paint, secret];
  readonly calls: CallRequest[] = [];
  readonly presses: PressRequest[] = [];
  readonly acknowledgements: { jobId: string; receipt: unknown }[] = [];
  readonly assets = new Map<string, Asset & { content: Uint8Array<ArrayBuffer> }>();
  readonly jobsById = new Map<string, Job>();
  readonly providers = [];
  operator = true;
  overviewNow: Partial<Overview> = {};
  awayNow: Condition["away"] = [];
  /** Thrown by the next call. */
  trouble: Error | undefined;
  #listeners = new Set<(job: Job) => void>();

  readonly media = {
    keep: async (source: AsyncIterable<Uint8Array>, about: { owner: string; name: string; maxBytes: number }) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of source) {
        chunks.push(chunk);
      }
      const content = new Uint8Array(Buffer.concat(chunks));
      const hash = createHash("sha256").update(content).digest("hex");
      const asset = {
        id: `asset_${this.assets.size + 1}`,
        hash,
        owner: about.owner,
        name: about.name,
        createdAt: 0,
        kind: "image" as const,
        type: "image/png",
        extension: "png",
        bytes: content.byteLength,
        content,
      };
      this.assets.set(asset.id, asset);
      return asset;
    },
  };

  asRuntime(): Runtime {
    return this as unknown as Runtime;
  }

  async call(request: CallRequest): Promise<Reply> {
    this.calls.push(request);
    if (this.trouble !== undefined) {
      const { trouble } = this;
      this.trouble = undefined;
      throw trouble;
    }
    const tool = this.tools.find(({ name, command }) => [name, command].includes(request.tool));
    try {
      const input = parseInput(tool!, request.input);
      if (tool!.effect !== "spends") {
        return { type: "answer", message: { tone: "info", title: "answered", private: true }, data: 1 };
      }
      const known = [...this.jobsById.values()].find(({ key }) => key === request.key);
      const job = known ?? this.addJob(request, input);
      return { type: "job", job, message: await this.jobMessage(job, request.caller), repeated: known !== undefined };
    } catch (error) {
      if (!ToolcastError.isInstance(error)) {
        throw error;
      }
      const failure = failureOf(error);
      return { type: "refused", failure, message: refusalMessage(failure, { ...request.caller, private: true }) };
    }
  }

  async press(request: PressRequest): Promise<Reply> {
    this.presses.push(request);
    const job = this.jobsById.get(request.subject);
    return job === undefined
      ? { type: "answer", message: { tone: "info", title: "pressed", private: false }, data: null }
      : { type: "job", job, message: await this.jobMessage(job, request.caller), repeated: true };
  }

  addJob(request: Pick<CallRequest, "caller" | "key">, input: Job["input"], id = `job_${this.jobsById.size + 1}`): Job {
    const job = {
      id,
      version: 1,
      key: request.key,
      tool: "paint_picture",
      input,
      caller: request.caller,
      createdAt: 1,
      updatedAt: 1,
      state: { phase: "queued", attempt: 0 },
      notices: [],
    } as unknown as Job;
    this.jobsById.set(id, job);
    return job;
  }

  change(id: string, change: Partial<Job>): void {
    const job = { ...this.jobsById.get(id)!, ...change };
    this.jobsById.set(id, job);
    for (const listener of this.#listeners) {
      listener(job);
    }
  }

  async jobMessage(job: Job, caller: Caller): Promise<Message> {
    const { phase } = job.state;
    return {
      tone: "progress",
      title: `${caller.locale === "en" ? "Paint" : "绘画"} ${phase}`,
      fields: [{ label: "Job", value: job.id, copyable: true }],
      actions: [{ action: "cancel", subject: job.id, label: "Cancel", style: "plain" }],
      private: false,
      jobId: job.id,
    };
  }

  jobJson = (job: Job) => ({ id: job.id, phase: job.state.phase });
  overview = async (): Promise<Overview> => {
    if (!this.operator) {
      throw new PolicyError({ key: "action.not-yours" });
    }
    const none = { held: 0, queued: 0, starting: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0, unresolved: 0 };
    return { held: null, phases: none, waiting: [], spend: [], probable: [], providers: [], ...this.overviewNow };
  };
  readonly removals: RemovalRequest[] = [];
  /** Whether core can delete it now. */
  removable: (thing: OwnThing) => boolean = () => true;
  remove = async (request: RemovalRequest): Promise<Removal> => {
    this.removals.push(request);
    const removed = request.confirmed ? request.things.filter(this.removable) : [];
    for (const { id } of removed) {
      this.jobsById.delete(id);
    }
    return { message: { tone: "question", title: "remove", private: true }, removed };
  };
  isOperator = () => this.operator;
  mayUse = ({ operatorsOnly = false }: Tool) => this.operator || !operatorsOnly;
  job = async (id: string) => this.jobsById.get(id) ?? null;
  jobs = async ({ phases }: { phases?: readonly string[] }) =>
    [...this.jobsById.values()].filter(({ state }) => phases?.includes(state.phase) ?? true);
  acknowledged = async (jobId: string, receipt: unknown) => {
    this.acknowledgements.push({ jobId, receipt });
  };
  complete = async (tool: string, field: string, partial: string) => [
    { value: partial, label: `${tool} ${field} ${partial}` },
  ];
  asset = async (id: string, caller: Caller) => {
    const asset = this.assets.get(id);
    return asset?.owner === caller.id ? asset : null;
  };
  gallery = async (caller: Caller, limit = 50) =>
    [...this.assets.values()]
      .filter(({ owner }) => owner === caller.id)
      .reverse()
      .slice(0, limit);
  serveAsset = async (_: Request, asset: Asset) =>
    new Response(this.assets.get(asset.id)!.content, { headers: { "Content-Type": asset.type } });
  watch(listener: (job: Job) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async condition(): Promise<Pick<Condition, "away">> {
    return { away: this.awayNow };
  }
}
