import type { McpOptions } from "@toolcast/mcp";
import { addContentFixtures } from "./mcp-fixtures-content.ts";
import { addInputFixtures } from "./mcp-fixtures-input.ts";
import { createTaskFixtures } from "./mcp-fixtures-tasks.ts";

/** Adds what the official conformance suites expect to our own server object. */
export function createMcpFixtures(): NonNullable<McpOptions["extend"]> {
  const { source, addTools } = createTaskFixtures();
  return (server, era, tasks) => {
    addContentFixtures(server);
    addInputFixtures(server, era);
    addTools(server);
    if (era === "modern") {
      tasks.add(source);
    }
  };
}
