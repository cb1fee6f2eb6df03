import { type McpServer, ResourceNotFoundError, ResourceTemplate } from "@modelcontextprotocol/server";
import type { Caller, Runtime } from "@toolcast/core";
import { assetFacts } from "./job-facts.ts";
import { tell } from "./sentences.ts";

/** How many of the newest are listed; all others can be read by their ids. */
const listed = 20;
/** Larger media are given as addresses, because clients put what they read into the model's context. */
const maxBlobBytes = 4 * 1024 * 1024;

/** Jobs and stored media as resources for their owner. */
export function registerResources(server: McpServer, runtime: Runtime, caller: Caller, withFiles: boolean): void {
  const { locale } = caller;
  server.registerResource(
    "job",
    new ResourceTemplate("job://{id}", {
      list: async () => ({
        resources: (await runtime.jobs({ limit: listed }, caller)).map((job) => ({
          uri: `job://${job.id}`,
          name: job.id,
          title: runtime.tools.find(({ name }) => name === job.tool)?.title[locale] ?? job.tool,
          mimeType: "application/json",
        })),
      }),
      complete: {
        id: async (partial) => {
          const jobs = await runtime.jobs({ limit: 100 }, caller);
          return jobs.map(({ id }) => id).filter((id) => id.startsWith(partial));
        },
      },
    }),
    { title: tell("jobTitle", locale), description: tell("jobSummary", locale), mimeType: "application/json" },
    async (uri, { id }) => {
      const job = await runtime.job(String(id), caller);
      if (job === null || job.id !== id) {
        throw new ResourceNotFoundError(uri.href);
      }
      return {
        contents: [
          { uri: uri.href, mimeType: "application/json", text: JSON.stringify(runtime.jobJson(job), null, 1) },
        ],
      };
    },
  );
  server.registerResource(
    "media",
    new ResourceTemplate("media://{id}", {
      list: async () => ({
        resources: (await runtime.gallery(caller, listed)).map(({ id, name, type, bytes }) => ({
          uri: `media://${id}`,
          name,
          mimeType: type,
          size: bytes,
        })),
      }),
      complete: {
        id: async (partial) => {
          const assets = await runtime.gallery(caller, 100);
          return assets.map(({ id }) => id).filter((id) => id.startsWith(partial));
        },
      },
    }),
    { title: tell("mediaTitle", locale), description: tell("mediaSummary", locale) },
    async (uri, { id }) => {
      const asset = await runtime.asset(String(id), caller);
      if (asset === null) {
        throw new ResourceNotFoundError(uri.href);
      }
      if (asset.bytes > maxBlobBytes) {
        const facts = await assetFacts(asset, { runtime, withFiles });
        return { contents: [{ uri: uri.href, mimeType: "application/json", text: JSON.stringify(facts) }] };
      }
      const blob = Buffer.from(await runtime.media.bytes(asset)).toString("base64");
      return { contents: [{ uri: uri.href, mimeType: asset.type, blob }] };
    },
  );
}
