import type { CatalogTable } from "./table.ts";

/** The common DashScope codes. The document prints its explanations in traditional script; they are kept that way. */
export const dashscopeTable: CatalogTable = {
  provider: "dashscope",
  layer: "api",
  source: "document",
  rows: [
    {
      code: "InvalidParameter",
      says: "Required parameter(s) missing or invalid, please check the request parameters.",
      explains: "接口調用參數不合法。",
      httpStatus: 400,
      policy: "input",
      meaning: {
        en: "A parameter is missing or has a value that is not allowed; the vendor's message usually names it.",
        "zh-CN": "有参数缺失或取值不合法，具体字段通常写在错误信息里。",
      },
      remedy: {
        en: "Correct the field named in the message, for example a size the model does not offer, and ask again.",
        "zh-CN": "请按错误信息修改对应字段（例如模型不支持的尺寸）后再试。",
      },
    },
    {
      code: "DataInspectionFailed",
      says: "Input or output data may contain inappropriate content.",
      explains: "數據檢查錯誤,輸入或者輸出包含疑似敏感內容被綠網攔截。",
      httpStatus: 400,
      policy: "content",
      charged: "unknown",
      meaning: {
        en: "The content check blocked what was sent or what was made.",
        "zh-CN": "内容审核未通过：输入或输出疑似包含敏感内容，被绿网拦截。",
      },
      remedy: {
        en: "Rephrase it or use another picture and ask again. Harmless text is sometimes caught; sending it in shorter pieces shows which part.",
        "zh-CN": "请换一种说法或更换图片后再试。偶有误判，可分段尝试，找出触发的部分。",
      },
    },
    {
      code: "InvalidParameter.DataInspection",
      says: "The media format is not supported or incorrect for the data inspection.",
      explains: "數據檢查錯誤,媒體格式不支持或不正確(可能根據不同錯誤信息Message有不同含義)。",
      httpStatus: 400,
      policy: "media",
      meaning: {
        en: "The content check could not read the file: its format is unsupported or wrong, or it could not be downloaded.",
        "zh-CN": "内容审核无法读取素材：格式不支持、格式有误，或者下载失败。",
      },
      remedy: {
        en: "Use a common format (JPEG, PNG, MP4, MP3, WAV) at an address that opens from the public internet, preferably inside mainland China.",
        "zh-CN": "请使用常见格式（JPEG、PNG、MP4、MP3、WAV），并确保地址可从公网访问，最好位于中国内地。",
      },
    },
    {
      code: "BadRequest.EmptyInput",
      says: "Required input parameter missing from request.",
      explains: "請求的輸入不能為空。",
      httpStatus: 400,
      policy: "client",
      meaning: { en: "The request has no input part.", "zh-CN": "请求中缺少 input。" },
      remedy: {
        en: "This is a bug in the program or plugin, not your mistake: report it with the request id.",
        "zh-CN": "这是程序或插件的问题，与使用者无关，请连同 request_id 反馈给开发者。",
      },
    },
    {
      code: "BadRequest.EmptyParameters",
      says: 'Required parameter "parameters" missing from request.',
      explains: "請求的參數不能為空。",
      httpStatus: 400,
      policy: "client",
      meaning: { en: "The request has no parameters part.", "zh-CN": "请求中缺少 parameters。" },
      remedy: {
        en: "This is a bug in the program or plugin, not your mistake: report it with the request id.",
        "zh-CN": "这是程序或插件的问题，与使用者无关，请连同 request_id 反馈给开发者。",
      },
    },
    {
      code: "BadRequest.EmptyModel",
      says: 'Required parameter "model" missing from request.',
      explains: "請求輸入的模型不能為空。",
      httpStatus: 400,
      policy: "client",
      meaning: { en: "The request names no model.", "zh-CN": "请求中没有指定模型。" },
      remedy: {
        en: "An operator should set a model for this provider; if one is set, report it with the request id.",
        "zh-CN": "请管理员为该服务商配置模型；若已配置，请连同 request_id 反馈给开发者。",
      },
    },
    {
      code: "InvalidURL",
      says: "Invalid URL provided in your request.",
      explains: "請求的 URL 錯誤。",
      httpStatus: 400,
      policy: "input",
      meaning: {
        en: "A URL in the request is wrong or leads to nothing usable.",
        "zh-CN": "请求中的 URL 有误，或打不开可用的内容。",
      },
      remedy: {
        en: "Check that the link to your file opens in a browser without login. If you gave no link, an operator should check this provider's base URL.",
        "zh-CN": "请确认素材链接无需登录即可在浏览器中打开。若没有提供链接，请管理员检查该服务商的接口地址配置。",
      },
    },
    {
      code: "Arrearage",
      says: "Access denied, plesase make sure your account is in good standing.",
      explains: "客戶賬戶因為欠費而被拒絕訪問。",
      httpStatus: 400,
      policy: "money",
      meaning: {
        en: "The Alibaba Cloud account is in arrears, so every call is refused.",
        "zh-CN": "阿里云账户欠费，所有调用都被拒绝。",
      },
      remedy: {
        en: "An operator should pay the bill in the Alibaba Cloud billing console; calls work again a few minutes later.",
        "zh-CN": "请管理员到阿里云费用中心结清欠款，到账后需等待几分钟才能恢复。",
      },
    },
    {
      code: "UnsupportedOperation",
      says: "The operation is unsupported on the referee object.",
      explains: "關聯的對象不支持該操作(可以根據實際情況修改)。",
      httpStatus: 400,
      policy: "conflict",
      meaning: {
        en: "What was asked cannot be done to this object in its present state, for example cancelling a task that is already running.",
        "zh-CN": "对象当前的状态不支持该操作，例如取消已在运行的任务。",
      },
      remedy: {
        en: "Let the task run to its end: this vendor cannot stop a running task.",
        "zh-CN": "请等待任务结束，该服务商不支持中止运行中的任务。",
      },
    },
    {
      code: "InvalidApiKey",
      says: "Invalid API-key provided.",
      explains: "請求中的 ApiKey 錯誤。",
      httpStatus: 401,
      policy: "credentials",
      meaning: {
        en: "The API key is wrong, was deleted, or belongs to another region than the address called.",
        "zh-CN": "API Key 错误、已被删除，或与请求地址不在同一地域。",
      },
      remedy: {
        en: "An operator should check the key (it begins with sk-), and that key and address belong to the same region, such as Beijing or Singapore.",
        "zh-CN": "请管理员核对 API Key（以 sk- 开头），并确认密钥与接口地址属于同一地域（如北京、新加坡）。",
      },
    },
    {
      code: "AccessDenied",
      says: "Access denied.",
      explains: "無權訪問此 API,比如不在邀測中,您調用的模型屬于邀測中的模型,需要參考調用模型的文檔申請訪問權限。",
      httpStatus: 403,
      policy: "permission",
      meaning: {
        en: "The account is not allowed to use this API or model, or the call was made in the wrong way (synchronous instead of asynchronous, or the reverse).",
        "zh-CN": "无权访问该 API 或模型，或调用方式不对（同步与异步用反）。",
      },
      remedy: {
        en: "If the vendor's message mentions synchronous or asynchronous calls, report it as a bug. Otherwise an operator should apply for the model in the Model Studio console.",
        "zh-CN":
          "请看错误信息：若提到同步或异步调用，属于程序问题，请反馈给开发者；否则请管理员到百炼控制台申请该模型的权限。",
      },
    },
    {
      code: "AccessDenied.Unpurchased",
      says: "Access to model denied. Please make sure you are eligible for using the model.",
      explains: "客戶沒有開通此商品。",
      httpStatus: 403,
      policy: "permission",
      meaning: {
        en: "The account has not activated Model Studio or this product.",
        "zh-CN": "账号尚未开通该商品（百炼服务）。",
      },
      remedy: {
        en: "An operator should activate the service in the Model Studio console with the main account.",
        "zh-CN": "请管理员用主账号到阿里云百炼控制台开通服务。",
      },
    },
    {
      code: "RequestTimeOut",
      says: "Request timed out, please try again later.",
      explains: "請求超時。",
      httpStatus: 408,
      policy: "timeout",
      meaning: {
        en: "The request timed out on the vendor's side. It is not known whether it was carried out. (The newer edition sends HTTP 500.)",
        "zh-CN": "服务商处理超时，无法确定请求是否已执行。（新版文档中 HTTP 状态为 500。）",
      },
      remedy: {
        en: "Split long texts into smaller requests.",
        "zh-CN": "文本较长时请缩小单次请求。",
      },
    },
    {
      code: "BadRequest.TooLarge",
      says: "Payload Too Large",
      explains:
        "接入層網關返回請求體過大錯誤。特別針對qwen-long等支持超長上下文的模型,建議超過1M Tokens的上下文內容通過文件方式提交,否則請求內容放在API請求結構體中可能會導致請求報文超過接口允許的長度限制,導致此錯誤。",
      httpStatus: 413,
      policy: "input",
      meaning: { en: "The request is larger than the gateway accepts.", "zh-CN": "请求体过大，被网关拒绝。" },
      remedy: {
        en: "Shorten the text, or send files as links instead of inside the request.",
        "zh-CN": "请缩短文本，或改用链接提供素材。",
      },
    },
    {
      code: "BadRequest.InputDownloadFailed",
      says: "Failed to download the input file: xxx",
      explains: "下載輸入文件失敗,可能是下載超時,失敗或者文件超過限額大小,錯誤信息可以指出更細節內容。",
      httpStatus: 415,
      policy: "media",
      meaning: {
        en: "The vendor could not download the input file: it timed out, failed, or the file is larger than allowed. (The newer edition sends HTTP 400.)",
        "zh-CN": "服务商下载输入文件失败：超时、出错，或文件超过限额。（新版文档中 HTTP 状态为 400。）",
      },
      remedy: {
        en: "Check that the link opens from the public internet (preferably from mainland China), has not expired, and that the file is within the model's limit.",
        "zh-CN": "请确认链接可从公网（最好是中国内地）访问且没有过期，文件大小也在模型限制之内。",
      },
    },
    {
      code: "BadRequest.UnsupportedFileFormat",
      says: "Input file format is not supported.",
      explains: "輸入文件的格式不支持。",
      httpStatus: 415,
      policy: "media",
      meaning: {
        en: "The file is in a format the model does not accept. (The newer edition sends HTTP 400.)",
        "zh-CN": "输入文件的格式不受支持。（新版文档中 HTTP 状态为 400。）",
      },
      remedy: {
        en: "Convert the file; renaming it is not enough. WAV, MP3 and M4A are safe for voices, JPEG and PNG for pictures.",
        "zh-CN": "请转换文件格式，只改扩展名无效。音色建议用 WAV、MP3 或 M4A，图片建议用 JPEG 或 PNG。",
      },
    },
    {
      code: "Throttling",
      says: "Requests throttling triggered.",
      explains: "接口調用觸發限流。",
      httpStatus: 429,
      policy: "rate",
      afterMs: 10000,
      meaning: {
        en: "Too many calls at the moment.",
        "zh-CN": "接口调用触发限流。",
      },
      remedy: {
        en: "Nothing to do: it will be sent again automatically, more slowly.",
        "zh-CN": "无需处理，系统会放慢速度后自动重试。",
      },
    },
    {
      code: "Throttling.RateQuota",
      says: "Requests rate limit exceeded, please try again later.",
      explains: "調用頻次觸發限流,比如每秒鐘請求數。",
      httpStatus: 429,
      policy: "rate",
      afterMs: 5000,
      meaning: {
        en: "The account sends more requests per second or minute than this model allows.",
        "zh-CN": "调用频次超过限制（每秒或每分钟）。",
      },
      remedy: {
        en: "Nothing to do: it will be sent again automatically. The limit applies to all keys of the account together.",
        "zh-CN": "无需处理，系统会自动重试。该限制按主账号下所有 API Key 合并计算。",
      },
    },
    {
      code: "Throttling.AllocationQuota",
      says: "Allocated quota exceeded, please increase your quota limit.",
      explains: "一段時間調用量觸發限流,比如每分鐘生成Token數。",
      httpStatus: 429,
      message: "Allocated quota exceeded",
      policy: "rate",
      afterMs: 60000,
      meaning: {
        en: "The account has used up what it may use in a period (for example tokens per minute).",
        "zh-CN": "一段时间内的调用量超限（如每分钟 token 数）。",
      },
      remedy: {
        en: "Nothing to do: it recovers within about a minute and is sent again automatically. An operator can ask for a higher limit.",
        "zh-CN": "无需处理，一般一分钟左右恢复后会自动重试。管理员可申请提高限额。",
      },
    },
    {
      code: "Throttling.AllocationQuota",
      says: "Free allocated quota exceeded.",
      explains: "免費額度已經耗盡,并且模型未開通計費訪問。",
      httpStatus: 429,
      message: "Free allocated quota exceeded",
      policy: "money",
      meaning: {
        en: "The model's free quota is used up and paid use is not enabled. Waiting does not help.",
        "zh-CN": "该模型的免费额度已用完，且未开通付费调用，等待不会恢复。",
      },
      remedy: {
        en: "An operator should enable paid use for this model in the Model Studio console, or choose another model.",
        "zh-CN": "请管理员到百炼控制台为该模型开通计费，或改用其他模型。",
      },
    },
    {
      code: "InternalError",
      says: "An internal error has occured, please try again later or contact service support.",
      explains: "內部錯誤。",
      httpStatus: 500,
      policy: "vendor-fault",
      meaning: {
        en: "The vendor hit an internal error.",
        "zh-CN": "服务商内部错误。",
      },
      remedy: {
        en: "If it keeps happening, send the request id to Alibaba Cloud.",
        "zh-CN": "若反复出现，请把 request_id 提供给阿里云支持。",
      },
    },
    {
      code: "InternalError.Algo",
      says: "An internal error has occured during execution, please try again later or contact service support.",
      explains: "內部算法錯誤。",
      httpStatus: 500,
      policy: "vendor-fault",
      meaning: {
        en: "The model failed while working.",
        "zh-CN": "模型算法执行出错。",
      },
      remedy: {
        en: "If the vendor's message names a reason (a damaged file, a wrong role), fix that.",
        "zh-CN": "若错误信息写明原因（如文件损坏、角色有误），请先修正。",
      },
    },
    {
      code: "SystemError",
      says: "An system error has occured, please try again later.",
      explains: "系統錯誤。",
      httpStatus: 500,
      policy: "vendor-fault",
      meaning: {
        en: "The vendor's system failed.",
        "zh-CN": "服务商系统错误。",
      },
      remedy: {
        en: "If it keeps happening, send the request id to Alibaba Cloud.",
        "zh-CN": "若反复出现，请把 request_id 提供给阿里云支持。",
      },
    },
    {
      code: "InternalError.Timeout",
      says: "An internal timeout error has occured during execution, please try again later or contact service support.",
      explains: "異步任務從網關提交給算法服務層之后等待時間3小時,如果3小時始終沒有結果,則超時。",
      httpStatus: 500,
      policy: "timeout",
      meaning: {
        en: "The task waited three hours at the vendor without a result and was abandoned.",
        "zh-CN": "异步任务等待 3 小时仍无结果，已超时结束。",
      },
      remedy: {
        en: "If it keeps happening, send the request id to Alibaba Cloud.",
        "zh-CN": "若反复出现，请把 request_id 提供给阿里云支持。",
      },
    },
    {
      code: "InternalError.DataInspection",
      says: "An internal error has occurred during the data inspection process, please try again later.",
      explains: "數據檢查內部錯誤。",
      httpStatus: 500,
      policy: "vendor-fault",
      meaning: {
        en: "The content check itself failed on the vendor's side.",
        "zh-CN": "服务商的内容审核环节自身出错。",
      },
      remedy: {
        en: "As far as we know your input is fine.",
        "zh-CN": "问题不在输入内容。",
      },
    },
  ],
};
