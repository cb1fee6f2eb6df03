import type { Locale } from "@toolcast/core";
import type { NamedJobTools } from "./tool-catalogue.ts";

/** The server's instructions for models: how to wait for jobs, money, and how media are passed. */
export function instructions({ look, cancel }: NamedJobTools, locale: Locale): string {
  return locale === "zh-CN"
    ? `这些工具用于生成图片、语音和视频，任务可能需要几秒到半小时，并会产生费用。
1. 每个付费请求都带上自拟的 idempotency_key；重试同一请求时使用相同的键，不会重复开始或计费。
2. 工具在 wait_seconds 内完成则直接返回结果，否则返回任务编号。未完成时，用 ${look.tool}（${look.field}）查看，它会等待；只要结果中还有 next_poll_seconds，就按该间隔再次调用。不要重新提交。
3. 中断调用不会结束任务；需要结束时用 ${cancel.tool}，它会说明是否仍会扣费。
4. 需要用户同意的事项（价格、声音授权）由用户本人答复，而不是您：客户端支持时会直接询问用户，否则任务会等待。quote_only 可先查价格。
5. 结果以资源编号（asset_…）给出，可用于任意媒体参数；不要在参数中传输文件内容。`
    : `These tools make pictures, speech and video. Work takes from seconds to half an hour, and costs money.
1. Give every paid request an idempotency_key of your own. Repeat the same request with the same key: nothing is started or paid twice.
2. A tool returns its result if it is ready within wait_seconds, otherwise a job. Then call ${look.tool} with its ${look.field}: it waits. Call again after next_poll_seconds, for as long as the answer has one. Never order the same thing again meanwhile.
3. Ending a call does not end its job. ${cancel.tool} asks for that and says what may still be charged.
4. A price or the right to a voice may need your user's approval. Your user is asked directly if your client can do that, otherwise the job waits; you cannot approve for them. quote_only gives the price beforehand.
5. Results are asset ids (asset_…), good for any media input. Never put a file's content into an argument.`;
}
