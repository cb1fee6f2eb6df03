import type { CatalogTable } from "./table.ts";

/** The Spark service's own codes (`header.code`). */
export const sparkCloudTable: CatalogTable = {
  provider: "spark",
  layer: "cloud",
  source: "document",
  rows: [
    {
      code: "0",
      says: "成功",
      policy: "success",
      charged: "yes",
      meaning: { en: "The request succeeded.", "zh-CN": "请求成功。" },
      remedy: { en: "Nothing to do.", "zh-CN": "无需处理。" },
    },
    {
      code: "10000",
      says: "升级为ws出现错误",
      policy: "connect",
      afterMs: 2000,
      meaning: {
        en: "The connection could not be upgraded to a WebSocket.",
        "zh-CN": "连接升级为 WebSocket 时出错。",
      },
      remedy: {
        en: "Nothing to do: it will be retried automatically. If it persists, check that any proxy on the way lets WebSocket through and that the address begins with wss.",
        "zh-CN": "无需处理，系统会自动重试。若一直出现，请检查中间的代理是否放行 WebSocket，以及地址是否以 wss 开头。",
      },
    },
    {
      code: "10001",
      says: "通过ws读取用户的消息出错",
      policy: "network",
      actor: "vendor",
      meaning: {
        en: "The service could not read the message over the WebSocket. It is not known how far it got.",
        "zh-CN": "服务端通过 WebSocket 读取消息时出错，无法确定处理到哪一步。",
      },
      remedy: {
        en: "If it keeps happening, check the network and send the sid to iFlytek.",
        "zh-CN": "若反复出现，请检查网络，并把 sid 提供给讯飞技术支持。",
      },
    },
    {
      code: "10002",
      says: "通过ws向用户发送消息 错",
      policy: "network",
      actor: "vendor",
      meaning: {
        en: "The service could not send its answer over the WebSocket.",
        "zh-CN": "服务端通过 WebSocket 发送回复时出错。",
      },
      remedy: {
        en: "If it keeps happening, check the network and send the sid to iFlytek.",
        "zh-CN": "若反复出现，请检查网络，并把 sid 提供给讯飞技术支持。",
      },
    },
    {
      code: "10003",
      says: "用户的消息格式有错误",
      policy: "client",
      meaning: {
        en: "The message has the wrong format. The usual cause is a model name (domain) that does not match the address called.",
        "zh-CN": "消息格式有误，最常见的原因是模型名（domain）与请求地址不匹配。",
      },
      remedy: {
        en: "An operator should check that the domain and the address belong together (for example generalv3.5 with /v3.5/chat, general with /v2.1/tti) and that the body is valid JSON.",
        "zh-CN":
          "请管理员核对 domain 与地址是否对应（如 generalv3.5 对应 /v3.5/chat，general 对应 /v2.1/tti），并确认请求体是合法的 JSON。",
      },
    },
    {
      code: "10004",
      says: "用户数据的schema错误",
      policy: "client",
      meaning: {
        en: "The request does not fit the schema: a field is missing, in the wrong place or of the wrong type.",
        "zh-CN": "请求数据不符合 schema：字段缺失、位置不对或类型有误。",
      },
      remedy: {
        en: "Compare header, parameter and payload with the vendor's document; if extra parameters are configured, check those first.",
        "zh-CN": "请对照文档检查 header、parameter、payload 三部分；若配置了额外透传参数，优先检查它们。",
      },
    },
    {
      code: "10005",
      says: "用户参数值有错误",
      policy: "input",
      meaning: { en: "A parameter has a value that is not allowed.", "zh-CN": "有参数的取值不被允许。" },
      remedy: {
        en: "Use one of the listed picture sizes, a prompt of at most 1,000 characters, and values inside their ranges.",
        "zh-CN": "请使用支持的图片尺寸，提示词不超过 1000 字，其他参数保持在允许范围内。",
      },
    },
    {
      code: "10006",
      says: "用户并发错误:当前用户已连接,同一用户不能多处同时连接。",
      policy: "concurrency",
      afterMs: 2000,
      meaning: {
        en: "This user already has a connection open; the vendor allows each user one at a time.",
        "zh-CN": "该用户已有连接在使用中，同一用户不能同时建立多个连接。",
      },
      remedy: {
        en: "Nothing to do: it will be sent again automatically once the other one has ended.",
        "zh-CN": "无需处理，前一个请求结束后会自动重试。",
      },
    },
    {
      code: "10007",
      says: "用户流量受限:服务正在处理用户当前的问题,需等待处理完成后再发送新的请求。(必须要等大模型完全回复之后,才能发送下一个问题)",
      policy: "concurrency",
      afterMs: 2000,
      meaning: {
        en: "The service is still answering this user's previous question.",
        "zh-CN": "服务仍在处理该用户的上一个问题。",
      },
      remedy: {
        en: "Nothing to do: it will be sent again automatically as soon as the previous answer is complete.",
        "zh-CN": "无需处理，等上一个回复完成后会自动重试。",
      },
    },
    {
      code: "10008",
      says: "服务容量不足,联系工作人员",
      policy: "capacity",
      afterMs: 15000,
      meaning: {
        en: "The service has no capacity left at the moment.",
        "zh-CN": "服务容量不足。",
      },
      remedy: {
        en: "Nothing to do: it will be sent again automatically later. If it persists, an operator should ask iFlytek for more capacity.",
        "zh-CN": "无需处理，稍后会自动重试。若持续出现，请管理员联系讯飞工作人员扩容。",
      },
    },
    {
      code: "10009",
      says: "和引擎建立连接失败",
      policy: "connect",
      actor: "vendor",
      meaning: {
        en: "The service could not connect to its engine.",
        "zh-CN": "服务与引擎建立连接失败。",
      },
      remedy: {
        en: "Nothing to do: it will be retried automatically. If it persists, send the sid to iFlytek.",
        "zh-CN": "无需处理，系统会自动重试。若持续出现，请把 sid 提供给讯飞技术支持。",
      },
    },
    {
      code: "10010",
      says: "接收引擎数据的错误",
      policy: "vendor-fault",
      meaning: {
        en: "The service could not read its engine's answer.",
        "zh-CN": "服务接收引擎数据时出错。",
      },
      remedy: {
        en: "If it keeps happening, send the sid to iFlytek.",
        "zh-CN": "若反复出现，请把 sid 提供给讯飞技术支持。",
      },
    },
    {
      code: "10011",
      says: "发送数据给引擎的错误",
      policy: "vendor-fault",
      meaning: {
        en: "The service failed while sending data to its engine. It is not known whether the engine started.",
        "zh-CN": "服务向引擎发送数据时出错，无法确定引擎是否已开始执行。",
      },
      remedy: {
        en: "If it keeps happening, send the sid to iFlytek.",
        "zh-CN": "若反复出现，请把 sid 提供给讯飞技术支持。",
      },
    },
    {
      code: "10012",
      says: "引擎内部错误",
      policy: "vendor-fault",
      meaning: {
        en: "The engine hit an internal error.",
        "zh-CN": "引擎内部错误。",
      },
      remedy: {
        en: "A simpler prompt sometimes helps. If it keeps happening, send the sid to iFlytek.",
        "zh-CN": "简化提示词有时有效。若反复出现，请把 sid 提供给讯飞技术支持。",
      },
    },
    {
      code: "10013",
      says: "输入内容审核不通过,涉嫌违规,请重新调整输入内容",
      policy: "content",
      meaning: {
        en: "The content check refused the text that was sent.",
        "zh-CN": "输入内容未通过审核，涉嫌违规。",
      },
      remedy: {
        en: "Rephrase it and ask again. Harmless text is sometimes caught too: names of people, politics and violence are the usual triggers.",
        "zh-CN": "请换一种说法再试。审核偶尔会误伤，常见触发词涉及人名、时政和暴力。",
      },
    },
    {
      code: "10014",
      says: "输出内容涉及敏感信息,审核不通过,后续结果无法展示给用户",
      policy: "content",
      charged: "unknown",
      meaning: {
        en: "What the model produced did not pass the content check, so the rest is withheld.",
        "zh-CN": "模型输出的内容未通过审核，后续结果无法展示。",
      },
      remedy: {
        en: "Change the question and ask again; the same question will probably end the same way.",
        "zh-CN": "请调整问题后再试，原样重发多半还是同样的结果。",
      },
    },
    {
      code: "10015",
      says: "appid在黑名单中",
      policy: "blocked",
      meaning: { en: "This app id is on the vendor's blacklist.", "zh-CN": "该 appid 已被列入黑名单。" },
      remedy: {
        en: "An operator should ask iFlytek support why the app was blocked and have it unblocked, or use another app.",
        "zh-CN": "请管理员联系讯飞客服了解原因并申请解封，或改用其他应用。",
      },
    },
    {
      code: "10016",
      says: "appid授权类的错误。比如:未开通此功能,未开通对应版本,token不足,并发超过授权 等等",
      policy: "permission",
      meaning: {
        en: "The app is not authorised for this: the function or version is not activated, tokens have run out, or more requests are running than the app may run at once.",
        "zh-CN": "应用授权有问题：未开通该功能或对应版本、token 不足，或并发超过授权。",
      },
      remedy: {
        en: "An operator should check in the iFlytek Open Platform console that this function and version are activated for the app, and how much of its allowance is left.",
        "zh-CN": "请管理员登录讯飞开放平台控制台，确认该应用已开通对应功能和版本，并查看剩余用量。",
      },
    },
    {
      code: "10017",
      says: "清除历史失败",
      policy: "vendor-fault",
      charged: "no",
      meaning: { en: "The conversation's history could not be cleared.", "zh-CN": "清除对话历史失败。" },
      remedy: {
        en: "Start a new conversation instead. If it keeps happening, send the sid to iFlytek.",
        "zh-CN": "请新开一个对话。若反复出现，请把 sid 提供给讯飞技术支持。",
      },
    },
    {
      code: "10019",
      says: "表示本次会话内容有涉及违规信息的倾向;建议开发者收到此错误码后给用户一个输入涉及违规的提示",
      policy: "content",
      charged: "unknown",
      meaning: {
        en: "The conversation is drifting towards prohibited content. The vendor sends this after the complete answer, as a warning to pass on.",
        "zh-CN": "会话内容有违规倾向。该错误码在完整回复之后下发，起提醒作用。",
      },
      remedy: {
        en: "Warn the person that the topic may break the rules and change the subject; repeated warnings can get the app blocked.",
        "zh-CN": "请提示用户该话题涉嫌违规并更换话题，多次触发可能导致应用被封禁。",
      },
    },
    {
      code: "10021",
      says: "输入审核不通过",
      policy: "content",
      meaning: {
        en: "The content check refused the prompt. No picture was made.",
        "zh-CN": "提示词未通过审核，没有生成图片。",
      },
      remedy: { en: "Describe the picture differently and ask again.", "zh-CN": "请换一种描述再试。" },
    },
    {
      code: "10022",
      says: "模型生产的图片涉及敏感信息,审核不通过",
      policy: "content",
      charged: "unknown",
      meaning: {
        en: "A picture was made but did not pass the content check, so it is withheld.",
        "zh-CN": "图片已生成，但因涉及敏感信息未通过审核而不予返回。",
      },
      remedy: {
        en: "Change the prompt and ask again; the same prompt will probably end the same way.",
        "zh-CN": "请修改提示词后再试，原样重发多半还是同样的结果。",
      },
    },
    {
      code: "10110",
      says: "服务忙,请稍后再试",
      policy: "capacity",
      afterMs: 5000,
      meaning: { en: "The service is busy.", "zh-CN": "服务繁忙。" },
      remedy: {
        en: "Nothing to do: it will be sent again automatically in a moment.",
        "zh-CN": "无需处理，稍等片刻会自动重试。",
      },
    },
    {
      code: "10163",
      says: "请求引擎的参数异常 引擎的schema 检查不通过",
      policy: "input",
      actor: "operator",
      meaning: {
        en: "The engine refused its parameters: one does not fit its schema.",
        "zh-CN": "引擎参数异常，未通过引擎的 schema 检查。",
      },
      remedy: {
        en: "Go back to the default size and parameters; an operator should remove extra parameters this model does not support.",
        "zh-CN": "请恢复默认尺寸和参数；管理员应去掉该模型不支持的额外参数。",
      },
    },
    {
      code: "10222",
      says: "引擎网络异常",
      policy: "network",
      actor: "vendor",
      meaning: {
        en: "The vendor's own network to its engine failed.",
        "zh-CN": "服务商侧引擎网络异常。",
      },
      remedy: {
        en: "If it keeps happening, send the sid to iFlytek.",
        "zh-CN": "若反复出现，请把 sid 提供给讯飞技术支持。",
      },
    },
    {
      code: "10907",
      says: "token数量超过上限。对话历史+问题的字数太多,需要精简输入",
      policy: "input",
      meaning: {
        en: "Too many tokens: history and question together are longer than the model accepts.",
        "zh-CN": "token 数超过上限：对话历史加上问题太长。",
      },
      remedy: { en: "Shorten the question or start a new conversation.", "zh-CN": "请精简输入，或新开一个对话。" },
    },
    {
      code: "11200",
      says: "授权错误:该appId没有相关功能的授权 或者 业务量超过限制",
      policy: "permission",
      meaning: {
        en: "The app is not authorised for this function or version, or its allowance is used up. This is not a bug.",
        "zh-CN": "该 appId 没有相应功能的授权，或业务量已用完。这不是程序故障。",
      },
      remedy: {
        en: "An operator should check in the iFlytek console that this app id is authorised for exactly this function and version, and how much of its allowance is left. Then ask again.",
        "zh-CN": "请管理员到讯飞开放平台控制台确认该 appId 已获得对应功能和版本的授权，并查看剩余用量，再重新发起。",
      },
    },
    {
      code: "11201",
      says: "授权错误:日流控超限。超过当日最大访问量的限制",
      policy: "quota",
      meaning: { en: "The app has reached its daily request limit.", "zh-CN": "已超过当日最大访问量，触发日流控。" },
      remedy: {
        en: "Ask again tomorrow, or have an operator ask iFlytek for a higher daily limit.",
        "zh-CN": "请明天再试，或由管理员向讯飞申请提高日流控上限。",
      },
    },
    {
      code: "11202",
      says: "授权错误:秒级流控超限。秒级并发超过授权路数限制",
      policy: "rate",
      afterMs: 1000,
      meaning: {
        en: "The app sent more requests per second than it is allowed.",
        "zh-CN": "每秒请求数超过授权，触发秒级流控。",
      },
      remedy: {
        en: "Nothing to do: it will be sent again automatically in a moment.",
        "zh-CN": "无需处理，稍等片刻会自动重试。",
      },
    },
    {
      code: "11203",
      says: "授权错误:并发流控超限。并发路数超过授权路数限制",
      policy: "concurrency",
      afterMs: 2000,
      meaning: {
        en: "The app already has as many requests running as it is allowed.",
        "zh-CN": "并发路数超过授权，触发并发流控。",
      },
      remedy: {
        en: "Nothing to do: it will be sent again automatically once another has ended. To run more at once, ask iFlytek for a higher limit.",
        "zh-CN": "无需处理，有请求结束后会自动重试。如需更高并发，请向讯飞申请。",
      },
    },
  ],
};
