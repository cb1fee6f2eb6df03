/** Toolcast's tools in LangChain 1.x programs. */
export { ChatSpark, type ChatSparkCallOptions, type ChatSparkFields } from "./chat-spark.ts";
export { type LangChainOptions, type LangChainTool, toLangChainTool, toLangChainTools } from "./to-langchain-tools.ts";
export { type ToolArtifact, ToolException } from "./tool-result.ts";
