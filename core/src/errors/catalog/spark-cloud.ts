import type { CatalogTable } from "./table.ts";

/** What the Spark service itself answers (`header.code`). */
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
        en: "The connection could not be turned into a WebSocket, so no question was sent.",
        "zh-CN": "连接升级为 WebSocket 时出错，问题尚未发出。",
      },
      remedy: {
        en: "Nothing to do: it will be retried automatically. If it persists, check that a proxy between here and the vendor lets WebSocket through and that the address begins with wss.",
        "zh-CN": "无需处理，系统会自动重试。若一直出现，请检查中间的代理是否放行 WebSocket，以及地址是否以 wss 开头。",
      },
    },
    {
      code: "10001",
      says: "通过ws读取用户的消息出错",
      policy: "network",
      actor: "vendor",
      meaning: {
        en: "The service could not read the message over the WebSocket. How far it got is not known.",
        "zh-CN": "服务端通过 WebSocket 读取消息时出错，无法确定处理到哪一步。",
      },
      remedy: {
        en: "Ask again. If it repeats, look at the network between here and the vendor and send the sid to iFlytek.",
        "zh-CN": "请重新提问。若反复出现，请检查网络，并把 sid 提供给讯飞技术支持。",
      },
    },
    {
      code: "10002",
      says: "通过ws向用户发送消息 错",
      policy: "network",
      actor: "vendor",
      meaning: {
        en: "The service could not send its answer over the WebSocket. The answer may have been made and charged.",
        "zh-CN": "服务端通过 WebSocket 发送回复时出错，回复可能已经生成并计费。",
      },
      remedy: {
        en: "Ask again only if you accept that the lost answer may be charged. If it repeats, look at the network and send the sid to iFlytek.",
        "zh-CN": "若能接受丢失的回复可能已计费，请重新提问。若反复出现，请检查网络，并把 sid 提供给讯飞技术支持。",
      },
    },
    {
      code: "10003",
      says: "用户的消息格式有错误",
      policy: "client",
      meaning: {
        en: "The form of the message is wrong for this address. The usual cause is a model name (domain) that does not belong to the address called.",
        "zh-CN": "消息格式有误，最常见的原因是模型名（domain）与请求地址不匹配。",
      },
      remedy: {
        en: "The operator checks that the domain and the address go together (for example generalv3.5 with /v3.5/chat, general with /v2.1/tti) and that the body is valid JSON.",
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
        en: "Compare header, parameter and payload of the request with the vendor's document; a setting that passes extra parameters is the likeliest culprit.",
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
        en: "This user already has a connection open; the vendor allows one at a time for each user. This request was not begun.",
        "zh-CN": "该用户已有连接在使用中，同一用户不能同时建立多个连接，本次请求未执行。",
      },
      remedy: {
        en: "Nothing to do: it will be sent again automatically when the other one has ended.",
        "zh-CN": "无需处理，前一个请求结束后会自动重试。",
      },
    },
    {
      code: "10007",
      says: "用户流量受限:服务正在处理用户当前的问题,需等待处理完成后再发送新的请求。(必须要等大模型完全回复之后,才能发送下一个问题)",
      policy: "concurrency",
      afterMs: 2000,
      meaning: {
        en: "The service is still answering this user's previous question. This one was not begun.",
        "zh-CN": "服务仍在处理该用户的上一个问题，本次请求未执行。",
      },
      remedy: {
        en: "Nothing to do: it will be sent again automatically when the answer before it is complete.",
        "zh-CN": "无需处理，等上一个回复完成后会自动重试。",
      },
    },
    {
      code: "10008",
      says: "服务容量不足,联系工作人员",
      policy: "capacity",
      afterMs: 15000,
      meaning: {
        en: "The service has no capacity left at the moment. Nothing was begun.",
        "zh-CN": "服务容量不足，本次请求未执行。",
      },
      remedy: {
        en: "Nothing to do: it will be sent again automatically later. If it persists, the operator asks iFlytek for more capacity.",
        "zh-CN": "无需处理，稍后会自动重试。若持续出现，请管理员联系讯飞工作人员扩容。",
      },
    },
    {
      code: "10009",
      says: "和引擎建立连接失败",
      policy: "connect",
      actor: "vendor",
      meaning: {
        en: "The service could not connect to its engine, so nothing was begun.",
        "zh-CN": "服务与引擎建立连接失败，本次请求未执行。",
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
        en: "The service received a broken answer from its engine. It is not known whether it was charged.",
        "zh-CN": "服务接收引擎数据时出错，无法确定是否扣费。",
      },
      remedy: {
        en: "Decide whether to ask again; a second start may be charged a second time. If it repeats, send the sid to iFlytek.",
        "zh-CN": "请自行决定是否重新发起，再次执行可能重复扣费。若反复出现，请把 sid 提供给讯飞技术支持。",
      },
    },
    {
      code: "10011",
      says: "发送数据给引擎的错误",
      policy: "vendor-fault",
      meaning: {
        en: "The service failed while sending data to its engine. It is not known whether the engine began.",
        "zh-CN": "服务向引擎发送数据时出错，无法确定引擎是否已开始执行。",
      },
      remedy: {
        en: "Decide whether to ask again; a second start may be charged a second time. If it repeats, send the sid to iFlytek.",
        "zh-CN": "请自行决定是否重新发起，再次执行可能重复扣费。若反复出现，请把 sid 提供给讯飞技术支持。",
      },
    },
    {
      code: "10012",
      says: "引擎内部错误",
      policy: "vendor-fault",
      meaning: {
        en: "The engine failed inside. It is not known whether it was charged.",
        "zh-CN": "引擎内部错误，无法确定是否扣费。",
      },
      remedy: {
        en: "Decide whether to ask again; a simpler prompt sometimes helps. If it repeats, send the sid to iFlytek.",
        "zh-CN": "请自行决定是否重新发起，简化提示词有时有效。若反复出现，请把 sid 提供给讯飞技术支持。",
      },
    },
    {
      code: "10013",
      says: "输入内容审核不通过,涉嫌违规,请重新调整输入内容",
      policy: "content",
      meaning: {
        en: "The content check refused the text that was sent, before anything was made.",
        "zh-CN": "输入内容未通过审核，涉嫌违规，没有开始生成。",
      },
      remedy: {
        en: "Put it in other words and ask again. The check also hits harmless text: names of people, politics and violence are the usual triggers.",
        "zh-CN": "请换一种说法再试。审核偶尔会误伤，常见触发词涉及人名、时政和暴力。",
      },
    },
    {
      code: "10014",
      says: "输出内容涉及敏感信息,审核不通过,后续结果无法展示给用户",
      policy: "content",
      charged: "unknown",
      meaning: {
        en: "What the model produced did not pass the content check, so the rest may not be shown. It is not known whether it was charged.",
        "zh-CN": "模型输出的内容未通过审核，后续结果无法展示，无法确定是否扣费。",
      },
      remedy: {
        en: "Change the question and ask again; the same question will probably end the same way.",
        "zh-CN": "请调整问题后再试，原样重发大概率还是同样的结果。",
      },
    },
    {
      code: "10015",
      says: "appid在黑名单中",
      policy: "blocked",
      meaning: { en: "This app id is on the vendor's blacklist.", "zh-CN": "该 appid 已被列入黑名单。" },
      remedy: {
        en: "The operator asks iFlytek support why the app was blocked and has it released, or uses another app.",
        "zh-CN": "请管理员联系讯飞客服了解原因并申请解封，或改用其他应用。",
      },
    },
    {
      code: "10016",
      says: "appid授权类的错误。比如:未开通此功能,未开通对应版本,token不足,并发超过授权 等等",
      policy: "permission",
      meaning: {
        en: "The app is not authorised for this: the function or version was not opened, tokens have run out, or more requests run at once than were granted.",
        "zh-CN": "应用授权有问题：未开通该功能或对应版本、token 不足，或并发超过授权。",
      },
      remedy: {
        en: "The operator opens the console of the iFlytek open platform, checks that this app has the function and version, and how much of the allowance is left.",
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
        en: "Start a new conversation instead. If it repeats, send the sid to iFlytek.",
        "zh-CN": "请新开一个对话。若反复出现，请把 sid 提供给讯飞技术支持。",
      },
    },
    {
      code: "10019",
      says: "表示本次会话内容有涉及违规信息的倾向;建议开发者收到此错误码后给用户一个输入涉及违规的提示",
      policy: "content",
      charged: "unknown",
      meaning: {
        en: "The conversation tends towards forbidden content. The vendor sends this after the whole answer, as a warning to pass on.",
        "zh-CN": "本次会话内容有涉及违规信息的倾向。该错误码在完整回复之后下发，用作提醒。",
      },
      remedy: {
        en: "Tell the person that the topic is not welcome and change the subject; repeated hits can get the app blocked.",
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
      remedy: { en: "Describe the picture in other words and ask again.", "zh-CN": "请换一种描述再试。" },
    },
    {
      code: "10022",
      says: "模型生产的图片涉及敏感信息,审核不通过",
      policy: "content",
      charged: "unknown",
      meaning: {
        en: "A picture was made but did not pass the content check, so it is not handed out. It is not known whether points were taken.",
        "zh-CN": "图片已生成，但因涉及敏感信息未通过审核而不予返回，无法确定是否扣除图点。",
      },
      remedy: {
        en: "Change the prompt and ask again; look at the points in the console if it matters.",
        "zh-CN": "请修改提示词后再试；如在意扣点，可到控制台查看图点余量。",
      },
    },
    {
      code: "10110",
      says: "服务忙,请稍后再试",
      policy: "capacity",
      afterMs: 5000,
      meaning: { en: "The service is busy. Nothing was begun.", "zh-CN": "服务繁忙，本次请求未执行。" },
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
        en: "The engine refused its parameters: one does not fit its schema. Nothing was made.",
        "zh-CN": "引擎参数异常，未通过引擎的 schema 检查，没有生成内容。",
      },
      remedy: {
        en: "Go back to the default size and parameters; the operator removes extra parameters that this model does not know.",
        "zh-CN": "请恢复默认尺寸和参数；管理员应去掉该模型不支持的额外参数。",
      },
    },
    {
      code: "10222",
      says: "引擎网络异常",
      policy: "network",
      actor: "vendor",
      meaning: {
        en: "The network to the engine failed on the vendor's side. It is not known whether it was charged.",
        "zh-CN": "服务商侧引擎网络异常，无法确定是否扣费。",
      },
      remedy: {
        en: "Decide whether to ask again; a second start may be charged a second time. If it repeats, send the sid to iFlytek.",
        "zh-CN": "请自行决定是否重新发起，再次执行可能重复扣费。若反复出现，请把 sid 提供给讯飞技术支持。",
      },
    },
    {
      code: "10907",
      says: "token数量超过上限。对话历史+问题的字数太多,需要精简输入",
      policy: "input",
      meaning: {
        en: "Too many tokens: history and question together are longer than the model takes.",
        "zh-CN": "token 数量超过上限，对话历史加问题太长。",
      },
      remedy: { en: "Shorten the question or start a new conversation.", "zh-CN": "请精简输入，或新开一个对话。" },
    },
    {
      code: "11200",
      says: "授权错误:该appId没有相关功能的授权 或者 业务量超过限制",
      policy: "permission",
      meaning: {
        en: "The app has no grant for this function or version, or its volume is used up. It is not a fault in the program.",
        "zh-CN": "该 appId 没有相应功能的授权，或业务量已用完。这不是程序故障。",
      },
      remedy: {
        en: "The operator checks in the iFlytek console that this app id was granted exactly this function and version, and how much volume is left; then ask again.",
        "zh-CN": "请管理员到讯飞开放平台控制台确认该 appId 已获得对应功能和版本的授权，并查看剩余量，再重新发起。",
      },
    },
    {
      code: "11201",
      says: "授权错误:日流控超限。超过当日最大访问量的限制",
      policy: "quota",
      meaning: { en: "The app has used up its daily volume.", "zh-CN": "已超过当日最大访问量，触发日流控。" },
      remedy: {
        en: "Ask again tomorrow, or have the operator ask iFlytek for a higher daily limit.",
        "zh-CN": "请明天再试，或由管理员向讯飞申请提高日流控上限。",
      },
    },
    {
      code: "11202",
      says: "授权错误:秒级流控超限。秒级并发超过授权路数限制",
      policy: "rate",
      afterMs: 1000,
      meaning: {
        en: "More requests came within one second than the app was granted. This one was not begun.",
        "zh-CN": "每秒请求数超过授权，触发秒级流控，本次请求未执行。",
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
        en: "As many requests run at once as the app was granted. This one was not begun.",
        "zh-CN": "并发路数超过授权，触发并发流控，本次请求未执行。",
      },
      remedy: {
        en: "Nothing to do: it will be sent again automatically when one has ended. More at once is granted by iFlytek.",
        "zh-CN": "无需处理，有请求结束后会自动重试。如需更高并发，请向讯飞申请。",
      },
    },
  ],
};
