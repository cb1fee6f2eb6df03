import { builtInTools, type Tool } from "@toolcast/core";

/** The built-in tools; `rendered` counts how often a message about a picture was made. */
export function countingTools(): { tools: Tool[]; rendered: () => number } {
  let count = 0;
  const tools = builtInTools.map((one): Tool => {
    const { describe } = one as Extract<Tool, { effect: "spends" }>;
    return one.name !== "generate_image" || describe === undefined
      ? one
      : ({
          ...one,
          describe(...given: Parameters<typeof describe>) {
            count += 1;
            return describe(...given);
          },
        } as Tool);
  });
  return { tools, rendered: () => count };
}
