import { expect, it } from "vitest";
import { type ExplainContext, type Explanation, explain } from "../explain.ts";

/**
 * The notation for readings below: `provider/layer/code`, then `#` and a part of the message if a code has several
 * rows.
 */
function written({ entry, unknown }: Explanation): string {
  return entry === null
    ? `unknown/${unknown?.code}`
    : `${entry.provider}/${entry.layer}/${entry.code}${entry.message === undefined ? "" : `#${entry.message}`}`;
}

/** What people paste, and the answer that must come first. */
const corpus: [pasted: string, first: string, context?: ExplainContext][] = [
  // Only a code, or with a vendor's name.
  ["10013", "spark/cloud/10013"],
  ["11200", "spark/cloud/11200"],
  ["  20007\n", "xjc/api/20007"],
  ["18303", "spark/sdk/18303"],
  ["14004", "speech-sdk/sdk/14004"],
  ["51021", "speech-sdk/cloud/51021"],
  ["10003", "spark/cloud/10003"],
  ["10003", "xjc/api/10003", { provider: "xjc" }],
  ["10003", "speech-sdk/sdk/10003", { provider: "speech-sdk" }],
  ["10003", "xjc/api/10003", { providers: ["xjc"] }],
  ["10001", "xjc/api/10001", { lastFailure: { provider: "xjc", code: "10001" } }],
  ["19003", "spark/sdk/19003", { providers: ["spark"] }],
  ["spark 10003", "spark/cloud/10003"],
  ["xjc 10003", "xjc/api/10003"],
  ["speech-sdk 10003", "speech-sdk/sdk/10003"],
  ["讯飞 11200", "spark/cloud/11200"],
  ["讯飞11202", "spark/cloud/11202"],
  ["百炼：Arrearage", "dashscope/api/Arrearage"],
  ["dashscope InvalidApiKey", "dashscope/api/InvalidApiKey"],
  ["invalidapikey", "dashscope/api/InvalidApiKey"],
  ["DATAINSPECTIONFAILED", "dashscope/api/DataInspectionFailed"],
  ["Throttling.RateQuota", "dashscope/api/Throttling.RateQuota"],
  ["１００１３", "spark/cloud/10013"],
  // Bodies as in the vendors' protocols.
  [
    '{"header":{"code":11200,"message":"AppIdNoAuthError:(cht000b0a8b@dx18ce4d5a1c0b86d532) tokens.total","sid":"cht000b0a8b@dx18ce4d5a1c0b86d532","status":2}}',
    "spark/cloud/11200",
  ],
  [
    '{"header":{"code":10003,"message":"invalid model domain","sid":"cht00070@dx16ade44e4d87","status":2}}',
    "spark/cloud/10003",
  ],
  [
    '{\n  "header": {\n    "code": 10022,\n    "message": "output blocked",\n    "sid": "cht0"\n  }\n}',
    "spark/cloud/10022",
  ],
  [
    '{"code":10013,"message":"SchemaError: input audit failed","sid":"cht000704fa@dx16ade44e4d87a1c802"}',
    "spark/cloud/10013",
  ],
  ['{"code":20004,"msg":"signature不能为空,timestamp不能为空,accessKey不能为空","data":null}', "xjc/api/20004"],
  ['{"code":10003,"msg":"操作频繁","data":null}', "xjc/api/10003"],
  ['{"code":10001,"msg":"系统异常","data":null}', "xjc/api/10001"],
  ['{"code": "20002", "msg": "无效token", "data": null}', "xjc/api/20002"],
  ['{"code":30002,"msg":"音色数量不足","data":null}', "xjc/api/30002"],
  [
    '{"code":"InvalidApiKey","message":"Invalid API-key provided.","request_id":"fb53c4ec-1c12-4fc4-a580-cdb7c3261fc1"}',
    "dashscope/api/InvalidApiKey",
  ],
  [
    '{"request_id":"7574ee8f","output":{"task_id":"86ecf553","task_status":"FAILED","code":"InvalidParameter","message":"The size is not match xxxxxx"}}',
    "dashscope/api/InvalidParameter",
  ],
  [
    '{"output":{"task_status":"SUCCEEDED","results":[{"url":"https://dashscope-result.example/1.png"},{"code":"DataInspectionFailed","message":"Output data may contain inappropriate content."}]}}',
    "dashscope/api/DataInspectionFailed",
  ],
  [
    '{"error":{"code":"invalid_api_key","message":"Incorrect API key provided.","type":"invalid_request_error","param":null}}',
    "dashscope/api/invalid_api_key",
  ],
  [
    '{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","code":"insufficient_quota"}}',
    "dashscope/api/insufficient_quota",
  ],
  [
    '{"code":"Throttling.AllocationQuota","message":"Allocated quota exceeded, please increase your quota limit."}',
    "dashscope/api/Throttling.AllocationQuota#Allocated quota exceeded",
  ],
  [
    '{"code":"Throttling.AllocationQuota","message":"Free allocated quota exceeded."}',
    "dashscope/api/Throttling.AllocationQuota#Free allocated quota exceeded",
  ],
  [
    'id:1\nevent:error\n:HTTP_STATUS/400\ndata:{"code":"InvalidURL.Timeout","message":"Download https://x timeout"}',
    "dashscope/api/InvalidURL.Timeout",
  ],
  [
    '{"header":{"event":"task-failed","error_code":"Audio.DecoderError","error_message":"Decoder audio file failed."}}',
    "dashscope/api/Audio.DecoderError",
  ],
  // The same, inside other text.
  ['Error: upstream answered 200 {"code":20005,"msg":"积分不足","data":null}', "xjc/api/20005"],
  ['"body": "{\\"code\\":20008,\\"msg\\":\\"提交的作品数量达到上限\\",\\"data\\":null}"', "xjc/api/20008"],
  [
    'retry failed: {"error":"{\\"header\\":{\\"code\\":10907,\\"message\\":\\"tokens over limit\\",\\"sid\\":\\"cht\\"}}"}',
    "spark/cloud/10907",
  ],
  [
    "openai.BadRequestError: Error code: 400 - {'error': {'code': 'data_inspection_failed', 'param': None, 'message': 'Input data may contain inappropriate content.'}}",
    "dashscope/api/data_inspection_failed",
  ],
  [
    "<400> InternalError.Algo.DataInspectionFailed: Input text data may contain inappropriate content.",
    "dashscope/api/DataInspectionFailed",
  ],
  [
    "<429> InternalError.Algo.InvalidParameter: Range of input length should be [1, 30720]",
    "dashscope/api/InvalidParameter",
  ],
  [
    "InvalidParameter.NotSupportEnableThinking: The model xxx does not support enable_thinking.",
    "dashscope/api/InvalidParameter",
  ],
  // Log lines.
  ["2026-11-21 10:00:01.123 ERROR worker - spark answered code=10013 sid=cht000b@dx1", "spark/cloud/10013"],
  ["[ERROR] 请求出错: [10013] 输入内容审核不通过", "spark/cloud/10013"],
  ["请求失败，错误码：11200", "spark/cloud/11200"],
  ["错误码为 10110，请稍后再试", "spark/cloud/10110"],
  ["10222:引擎网络异常", "spark/cloud/10222"],
  ["AppIdNoAuthError:(cht000b1d2c@dx18a) tokens.total", "spark/cloud/11200"],
  ["AppIdQpsOverFlowError:(cht000b1d2c@dx18a) qps", "spark/cloud/11202"],
  ["SparkChain init failed, errCode = 18302", "spark/sdk/18302"],
  ["SparkChain::init ret:18000", "spark/sdk/18000"],
  ["[SparkChain][SDK] getErrCode() 19003", "spark/sdk/19003"],
  ["speech sdk: Get returned 14004, Login ok", "speech-sdk/sdk/14004"],
  ["works/create -> code: 20012", "xjc/api/20012"],
  ["POST https://doc.ai-xjc.com/api/model/v5/voice/lite/train 200 code=10002", "xjc/api/10002"],
  ["wss://spark-api.xf-yun.com/v3.5/chat error (code: 10006)", "spark/cloud/10006"],
  ["worker 3: error=10004 from https://doc.ai-xjc.com/api/model/v5/works/inspect", "xjc/api/10004"],
  // Words without a code.
  ["积分不足", "xjc/api/20005"],
  ["生成失败：正在生成中的作品数量达到上限", "xjc/api/20007"],
  ["Free allocated quota exceeded.", "dashscope/api/Throttling.AllocationQuota#Free allocated quota exceeded"],
  ["Access denied, plesase make sure your account is in good standing.", "dashscope/api/Arrearage"],
  ["输入内容审核不通过,涉嫌违规,请重新调整输入内容", "spark/cloud/10013"],
  // Statuses and gateways.
  [
    'HTTP/1.1 401 Unauthorized\nserver: gateway\n\n{"message":"HMAC signature does not match"}',
    "spark/http/401#HMAC signature does not match",
  ],
  [
    '401 {"message":"HMAC signature cannot be verified: apikey not found"}',
    "spark/http/401#HMAC signature cannot be verified",
  ],
  [
    'HTTP/1.1 403 Forbidden\nDate: Sat, 21 Nov 2026 10:00:00 GMT\n\n{"message":"HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication"}',
    "spark/http/403",
  ],
  ["dial error: websocket: bad handshake", "spark/http/403"],
  ["Unexpected server response: 401 (wss://spark-api.xf-yun.com/v3.5/chat)", "spark/http/401"],
  ["HTTP 429", "dashscope/api/Throttling"],
  ["502 Bad Gateway", "unknown/502"],
  // Stack traces and console output of several lines.
  [
    'Traceback (most recent call last):\n  File "run.py", line 10003, in <module>\n    main()\n  File "api.py", line 212, in call\n    raise RuntimeError(f"dashscope: {r.code}")\nRuntimeError: dashscope: Throttling.RateQuota',
    "dashscope/api/Throttling.RateQuota",
  ],
  [
    'com.alibaba.dashscope.exception.ApiException: {"statusCode":400,"message":"Access denied, please make sure your account is in good standing.","code":"Arrearage","isJson":true}\n\tat com.alibaba.dashscope.protocol.okhttp.OkHttpHttpClient.send(OkHttpHttpClient.java:10013)',
    "dashscope/api/Arrearage",
  ],
  [
    "$ npm start\nlistening on 127.0.0.1:10003\nworker pid 10005 up in 10006 ms\nspark: header.code 10021 (sid cht0@dx1)\n",
    "spark/cloud/10021",
  ],
  // Unknown codes.
  ["code=10099", "unknown/10099"],
  ["调用失败，错误码：10099。", "unknown/10099"],
  ["errCode: 18399", "unknown/18399"],
  ["xjc 20028", "unknown/20028"],
  ['{"code":"InvalidParameterr","message":"x","request_id":"1"}', "unknown/InvalidParameterr"],
];

it("is large enough to be meaningful", () => {
  expect(corpus.length).toBeGreaterThanOrEqual(60);
});

it.each(corpus)("%s", (pasted, first, context) => {
  const [best] = explain(pasted, context);
  expect(best === undefined ? "nothing" : written(best).slice(0, first.length)).toBe(first);
});
