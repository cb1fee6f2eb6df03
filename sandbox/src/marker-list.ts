/** One failure marker, as the console's help and the README list it. */
export interface MarkerDescription {
  /** With its brackets; angle brackets mark what the user fills in. */
  marker: string;
  /** A complete prompt that uses it. */
  example: string;
  summary: { en: string; "zh-CN": string };
}

/** A marker that makes Spark refuse any text as forbidden content, without charge. */
export const refusal = "[[10013]]";

/** Every marker that a prompt, text, title or media address may contain. */
export const markers: MarkerDescription[] = [
  {
    marker: "[[<code>]]",
    example: "日照金山 [[10021]]",
    summary: {
      en: "The vendor refuses with this documented code: five digits for Spark (10013, 10021, 11202, ...) and xjc (20005, 20007, 10003, ...), a name for DashScope (DataInspectionFailed, Throttling.RateQuota, Arrearage, ...) and the OpenAI-compatible service (rate_limit_exceeded, ...). Nothing is paid, except for Spark's 10014 and 10022, where the result was made, and 10019, which follows a whole answer about a picture.",
      "zh-CN":
        "服务商以该错误码（须为文档所列）拒绝：星火（10013、10021、11202 等）和 xjc（20005、20007、10003 等）为五位数字，DashScope（DataInspectionFailed、Throttling.RateQuota、Arrearage 等）与 OpenAI 兼容服务（rate_limit_exceeded 等）为名称。不扣费；星火的 10014、10022（结果已生成）和 10019（图片问题已完整回答）除外。",
    },
  },
  {
    marker: "[[<code> <status>]]",
    example: "日照金山 [[RequestTimeOut 500]]",
    summary: {
      en: "The same with another HTTP status, as in the other edition of DashScope's table; with “free” instead of a status, Throttling.AllocationQuota means the used-up free allowance.",
      "zh-CN":
        "同上，但使用另一个 HTTP 状态，与 DashScope 另一版错误表一致；把状态写成 free 时，Throttling.AllocationQuota 表示免费额度已用尽。",
    },
  },
  {
    marker: "[[fail: <words>]]",
    example: "你好 [[fail: no face in the video]]",
    summary: {
      en: "Accepted; the task then ends as failed with these words (xjc: paid; DashScope: not billed; a DashScope code instead of words gives that code; a CosyVoice voice ends undeployed).",
      "zh-CN":
        "已受理，任务随后失败，失败原因即为这段文字（xjc 扣费；DashScope 不计费；若为 DashScope 错误码则以该码失败；CosyVoice 音色最终为未部署）。",
    },
  },
  {
    marker: "[[slow <time>]]",
    example: "日照金山 [[slow 20s]]",
    summary: {
      en: "Takes this much longer (ms, s or m; divided by the sandbox's speed).",
      "zh-CN": "额外耗时（单位 ms、s 或 m，会除以沙箱倍速）。",
    },
  },
  {
    marker: "[[stuck]]",
    example: "你好 [[stuck]]",
    summary: {
      en: "Accepted and paid; the task never ends. It takes up none of the account's places (xjc and DashScope).",
      "zh-CN": "已受理并扣费，任务永远不结束，但不占用并发名额（xjc 和 DashScope）。",
    },
  },
  {
    marker: "[[partial]]",
    example: "日照金山 [[partial]]",
    summary: {
      en: "DashScope: the last picture of the call is refused (DataInspectionFailed) and not billed; the others are made.",
      "zh-CN": "DashScope：本次调用的最后一张图片被拒绝（DataInspectionFailed）且不计费，其余正常生成。",
    },
  },
  {
    marker: "[[task-unknown]]",
    example: "日照金山 [[task-unknown]]",
    summary: {
      en: "DashScope: accepted and paid; the vendor then knows nothing of the task (UNKNOWN).",
      "zh-CN": "DashScope：已受理并扣费，随后查询任务只得到 UNKNOWN。",
    },
  },
  {
    marker: "[[no-face]]",
    example: "https://example.com/photo.png?[[no-face]]",
    summary: {
      en: "DashScope, in the address of a picture or video: nobody is to be seen there.",
      "zh-CN": "DashScope，写在图片或视频地址中：画面里没有人脸。",
    },
  },
  {
    marker: "[[drop-before-accept]]",
    example: "日照金山 [[drop-before-accept]]",
    summary: {
      en: "The connection is cut before anything is recorded: not paid. [[reset]] is the same.",
      "zh-CN": "在记录任何内容之前断开连接，未扣费。[[reset]] 效果相同。",
    },
  },
  {
    marker: "[[drop-after-accept]]",
    example: "日照金山 [[drop-after-accept]]",
    summary: {
      en: "Paid and recorded, then the connection is cut without an answer.",
      "zh-CN": "已扣费并记录，随后不返回响应就断开连接。",
    },
  },
  {
    marker: "[[malformed]]",
    example: "日照金山 [[malformed]]",
    summary: {
      en: "Paid and recorded; the answer is truncated JSON.",
      "zh-CN": "已扣费并记录，返回的 JSON 不完整。",
    },
  },
  {
    marker: "[[giant]]",
    example: "日照金山 [[giant]]",
    summary: {
      en: "Paid and recorded; the answer's body never ends.",
      "zh-CN": "已扣费并记录，响应内容无穷无尽。",
    },
  },
  {
    marker: "[[hang]]",
    example: "日照金山 [[hang]]",
    summary: {
      en: "Paid and recorded; the answer never comes and the connection stays open.",
      "zh-CN": "已扣费并记录，连接保持打开，但始终没有响应。",
    },
  },
  {
    marker: "[[http <status>]]",
    example: "日照金山 [[http 500]]",
    summary: {
      en: "A gateway answers this HTTP status (400 to 599) before anything is recorded: not paid. [[http 429 retry-after 30]] also asks to be left alone for that many seconds. In a question about a picture the connection is open by then and ends with 1011.",
      "zh-CN":
        "网关在记录任何内容之前返回该 HTTP 状态（400 到 599），未扣费。[[http 429 retry-after 30]] 还会要求在该秒数内不再请求。图片问答此时已建立连接，会以 1011 关闭。",
    },
  },
  {
    marker: "[[no-payload]]",
    example: "日照金山 [[no-payload]]",
    summary: {
      en: "Paid; the answer says success but holds no result.",
      "zh-CN": "已扣费，响应显示成功但没有结果。",
    },
  },
  {
    marker: "[[expired-url]]",
    example: "你好 [[expired-url]]",
    summary: {
      en: "The result's address has already expired when it is handed out: 403 with XML.",
      "zh-CN": "返回的结果地址已过期：访问得到 403 和 XML。",
    },
  },
  {
    marker: "[[callback <how>]]",
    example: "你好 [[callback twice]]",
    summary: {
      en: "The completion notice of xjc comes late, twice, forged (a false one first), lost (never) or early (before the answer to the request).",
      "zh-CN":
        "xjc 完成通知的异常方式：late 迟到、twice 重复、forged 先收到一个伪造的、lost 丢失、early 早于请求的响应。",
    },
  },
  {
    marker: "[[<marker> once]]",
    example: "日照金山 [[http 503 once]]",
    summary: {
      en: "Any of these with “once”: only the first request with exactly this body misbehaves, the next ones work.",
      "zh-CN": "以上任一标记加 once：内容完全相同的请求只在第一次出错，之后正常。",
    },
  },
];
