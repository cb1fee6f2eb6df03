import type { CatalogTable } from "./table.ts";

/** The error table of the digital-human and voice API. */
export const xjcTable: CatalogTable = {
  provider: "xjc",
  layer: "api",
  source: "document",
  rows: [
    {
      code: "0",
      says: "成功",
      policy: "success",
      charged: "unknown",
      meaning: {
        en: "The call was accepted. That says nothing about the work itself yet: a work or a voice may still fail later with status 4.",
        "zh-CN": "调用已被受理。这只代表接口调用成功，作品或音色之后仍可能以状态 4（失败）结束。",
      },
      remedy: {
        en: "Nothing to do. Follow it by its job id until its status is 3 (done) or 4 (failed).",
        "zh-CN": "无需处理。按 jobId 继续查询，直到状态变为 3（完成）或 4（失败）。",
      },
    },
    {
      code: "20001",
      says: "未开通帐号",
      policy: "permission",
      meaning: { en: "The account behind these keys has not been opened.", "zh-CN": "该密钥对应的账号尚未开通。" },
      remedy: {
        en: "Ask the vendor to open the account for XJC_ACCESS_KEY, and check that the key was copied in full.",
        "zh-CN": "请联系服务商开通该账号，并核对 XJC_ACCESS_KEY 是否填写完整。",
      },
    },
    {
      code: "20002",
      says: "无效token",
      policy: "stale-token",
      meaning: {
        en: "The access token is invalid or has expired.",
        "zh-CN": "访问 token 无效或已过期。",
      },
      remedy: {
        en: "A new token is fetched automatically, once. If it persists, check XJC_ACCESS_KEY and XJC_SECRET_KEY, and that the key was not reset.",
        "zh-CN":
          "系统会自动换取一次新的 token。若仍然报错，请核对 XJC_ACCESS_KEY 和 XJC_SECRET_KEY，并确认密钥没有被重置。",
      },
    },
    {
      code: "20003",
      says: "签名错误",
      policy: "credentials",
      meaning: {
        en: "The signature of the token request does not match: the secret is wrong, or the timestamp is more than three minutes off.",
        "zh-CN": "换取 token 时签名不一致：密钥有误，或时间戳超出 3 分钟有效期。",
      },
      remedy: {
        en: "Check XJC_SECRET_KEY (complete, no spaces) and this machine's clock; the signature is the lower-case md5 of access key, millisecond timestamp and secret key.",
        "zh-CN":
          "请核对 XJC_SECRET_KEY（不要多出空格），并校准本机时间。签名为 AccessKey、毫秒时间戳、SecretKey 拼接后的小写 md5。",
      },
    },
    {
      code: "20004",
      says: "参数不正确",
      policy: "input",
      meaning: {
        en: "One or more parameters are missing or out of range. The vendor lists all of them in one message, in no fixed order.",
        "zh-CN": "有参数缺失或超出范围，服务商会在一条消息里列出所有问题，顺序不固定。",
      },
      remedy: {
        en: "Correct the fields named in the vendor's message: text up to 10,000 characters, title up to 20, speed 0.1 to 1.9, pitch and volume 0.1 to 10.",
        "zh-CN":
          "请按消息中提到的字段逐一修改：文本不超过 10000 字，标题不超过 20 字，语速 0.1–1.9，语调和音量 0.1–10。",
      },
    },
    {
      code: "20005",
      says: "积分不足",
      policy: "money",
      meaning: {
        en: "The account has too few points for this.",
        "zh-CN": "账号积分不足。",
      },
      remedy: {
        en: "An operator should top up points with the vendor (the balance shows what is left). Then ask again.",
        "zh-CN": "请管理员向服务商充值积分（余额查询可显示剩余积分），然后重新发起。",
      },
    },
    {
      code: "20006",
      says: "找不到资源",
      policy: "not-found",
      meaning: {
        en: "This account has no such work, voice or other resource.",
        "zh-CN": "当前账号下找不到所请求的作品、音色或其他资源。",
      },
      remedy: {
        en: "Check the id. Works and voices belong to the account that made them, and the vendor may delete old ones.",
        "zh-CN": "请检查编号是否正确。作品和音色只属于创建它的账号，时间久了可能被服务商清理。",
      },
    },
    {
      code: "20007",
      says: "正在生成中的作品数量达到上限",
      policy: "concurrency",
      afterMs: 30000,
      meaning: {
        en: "The account already has as many works being generated as it is allowed.",
        "zh-CN": "同时生成的作品数已达账号上限，本次提交未被受理。",
      },
      remedy: {
        en: "Nothing to do: it will be sent again automatically once a running work has finished. Ask the vendor for a higher limit.",
        "zh-CN": "无需处理，等有作品完成后会自动重新提交。如需提高上限，请联系服务商。",
      },
    },
    {
      code: "20008",
      says: "提交的作品数量达到上限",
      policy: "concurrency",
      afterMs: 60000,
      meaning: {
        en: "The account already has as many works waiting or running as it may submit.",
        "zh-CN": "已提交（含排队）的作品数达到账号上限，本次提交未被受理。",
      },
      remedy: {
        en: "Nothing to do: it will be sent again automatically later. Ask the vendor for a higher limit.",
        "zh-CN": "无需处理，稍后会自动重新提交。如需提高上限，请联系服务商。",
      },
    },
    {
      code: "20009",
      says: "文件大小超过限制",
      policy: "media",
      meaning: { en: "The file is larger than allowed.", "zh-CN": "文件太大，超过了允许的上限。" },
      remedy: {
        en: "Use a smaller file: audio up to 100 MB, video up to 500 MB.",
        "zh-CN": "请换用更小的文件：音频不超过 100 MB，视频不超过 500 MB。",
      },
    },
    {
      code: "20010",
      says: "文件类型不支持",
      policy: "media",
      meaning: { en: "The file is of a type the vendor does not accept.", "zh-CN": "服务商不接受这种文件类型。" },
      remedy: {
        en: "Use mp3, m4a or wav for audio, and H.264 mp4 or mov for video. Renaming the file is not enough; convert it.",
        "zh-CN": "音频请用 mp3、m4a 或 wav，视频请用 H.264 编码的 mp4 或 mov。只改扩展名没有用，要转换文件本身。",
      },
    },
    {
      code: "20011",
      says: "获取音频资源失败",
      policy: "media",
      meaning: {
        en: "The vendor could not fetch the audio from its address.",
        "zh-CN": "服务商无法从给定地址获取音频。",
      },
      remedy: {
        en: "Check that the address opens from the public internet without login and has not expired. For uploads, PUBLIC_URL must be reachable from outside. Then ask again.",
        "zh-CN":
          "请确认该地址在公网上无需登录即可打开且没有过期；若为上传的文件，PUBLIC_URL 必须能从外网访问。处理后再重新发起。",
      },
    },
    {
      code: "20012",
      says: "获取视频资源失败",
      policy: "media",
      meaning: {
        en: "The vendor could not fetch the video from its address.",
        "zh-CN": "服务商无法从给定地址获取视频。",
      },
      remedy: {
        en: "Check that the address opens from the public internet without login and has not expired. For uploads, PUBLIC_URL must be reachable from outside. Then ask again.",
        "zh-CN":
          "请确认该地址在公网上无需登录即可打开且没有过期；若为上传的文件，PUBLIC_URL 必须能从外网访问。处理后再重新发起。",
      },
    },
    {
      code: "20013",
      says: "不合法的音频地址",
      policy: "media",
      meaning: {
        en: "The vendor does not accept the address of the audio.",
        "zh-CN": "音频地址不合法，服务商不接受。",
      },
      remedy: {
        en: "Use a plain http or https address that ends in a file name, or attach the file itself.",
        "zh-CN": "请提供以文件名结尾的 http 或 https 地址，或直接上传文件。",
      },
    },
    {
      code: "20014",
      says: "不合法的音频时长",
      policy: "media",
      meaning: { en: "The recording is too short or too long.", "zh-CN": "音频时长不符合要求。" },
      remedy: { en: "Use audio of 5 seconds to 30 minutes.", "zh-CN": "请使用时长在 5 秒到 30 分钟之间的音频。" },
    },
    {
      code: "20015",
      says: "不合法的文件大小",
      policy: "media",
      meaning: {
        en: "The vendor does not accept the size of this file: it is empty or too large.",
        "zh-CN": "文件大小不合法：可能是空文件，或者超出上限。",
      },
      remedy: {
        en: "Check that the file is not empty; audio may have up to 100 MB, video up to 500 MB.",
        "zh-CN": "请确认文件不是空的，且音频不超过 100 MB、视频不超过 500 MB。",
      },
    },
    {
      code: "20016",
      says: "缺少必要文件",
      policy: "input",
      meaning: { en: "A required file is missing.", "zh-CN": "缺少必需的文件。" },
      remedy: {
        en: "Provide a video with audio or text, or text alone if you only need speech.",
        "zh-CN": "请按制作方式补齐：视频加音频、视频加文本，或仅文本（只生成语音）。",
      },
    },
    {
      code: "20017",
      says: "文件上传失败",
      policy: "vendor-fault",
      meaning: {
        en: "An upload failed on the vendor's side.",
        "zh-CN": "服务商侧上传文件失败。",
      },
      remedy: {
        en: "If it keeps happening, send the job id to the vendor.",
        "zh-CN": "若反复出现，请把 jobId 提供给服务商。",
      },
    },
    {
      code: "20018",
      says: "文件下载失败",
      policy: "vendor-fault",
      meaning: { en: "The vendor could not download a file it needed.", "zh-CN": "服务商下载所需文件失败。" },
      remedy: {
        en: "Check that the link to your file opens from the public internet and has not expired.",
        "zh-CN": "请确认素材链接可从公网打开且没有过期。",
      },
    },
    {
      code: "20019",
      says: "不支持的背景图片格式",
      policy: "media",
      meaning: {
        en: "The vendor does not accept the format of the background picture. (None of the documented calls sends one.)",
        "zh-CN": "背景图片的格式不受支持。（文档列出的接口并没有背景图参数。）",
      },
      remedy: { en: "Use a JPEG or PNG picture as the background.", "zh-CN": "背景图片请改用 JPEG 或 PNG。" },
    },
    {
      code: "20020",
      says: "提交训练视频失败",
      policy: "vendor-fault",
      meaning: {
        en: "The vendor failed to submit the video for training.",
        "zh-CN": "服务商提交训练视频时失败。",
      },
      remedy: {
        en: "If it keeps happening, send the job id and the time to the vendor.",
        "zh-CN": "若反复出现，请把 jobId 和时间提供给服务商。",
      },
    },
    {
      code: "20021",
      says: "不合法的码率值",
      policy: "media",
      meaning: {
        en: "The bit rate of the file is outside the vendor's limits.",
        "zh-CN": "素材的码率不在允许范围内。",
      },
      remedy: {
        en: "Re-encode the file at a common bit rate (for example 2 to 8 Mbit/s for video) and try again.",
        "zh-CN": "请以常见码率（例如视频 2–8 Mbps）重新编码后再试。",
      },
    },
    {
      code: "20022",
      says: "不合法的分辨率值",
      policy: "media",
      meaning: {
        en: "The resolution of the video is outside the vendor's limits.",
        "zh-CN": "视频分辨率不在允许范围内。",
      },
      remedy: { en: "Use a video between 360p and 4K.", "zh-CN": "请使用 360p 到 4K 之间的视频。" },
    },
    {
      code: "20023",
      says: "不合法的fps值",
      policy: "media",
      meaning: {
        en: "The frame rate of the video is outside the vendor's limits.",
        "zh-CN": "视频帧率（fps）不在允许范围内。",
      },
      remedy: {
        en: "Re-encode the video at 25 or 30 frames a second.",
        "zh-CN": "请把视频转为每秒 25 或 30 帧后再试。",
      },
    },
    {
      code: "20024",
      says: "模特不存在",
      policy: "not-found",
      meaning: { en: "The requested digital human does not exist.", "zh-CN": "所指定的模特（数字人）不存在。" },
      remedy: {
        en: "Start again from the original video; the vendor creates the digital human afresh.",
        "zh-CN": "请用原始视频重新发起，服务商会重新生成数字人。",
      },
    },
    {
      code: "20025",
      says: "模特已过期",
      policy: "not-found",
      meaning: {
        en: "The digital human made earlier has expired at the vendor.",
        "zh-CN": "之前生成的模特（数字人）已过期。",
      },
      remedy: {
        en: "Start again from the original video, or ask the vendor to extend it.",
        "zh-CN": "请用原始视频重新发起，或联系服务商续期。",
      },
    },
    {
      code: "20026",
      says: "不合法的视频格式",
      policy: "media",
      meaning: { en: "The video is not in a format the vendor accepts.", "zh-CN": "视频格式不合法。" },
      remedy: {
        en: "Use mp4 or mov with the H.264 codec, 10 to 300 seconds long. H.265 (HEVC), the default of many phones, is not accepted.",
        "zh-CN": "请使用 H.264 编码的 mp4 或 mov，时长 10–300 秒。许多手机默认的 H.265（HEVC）不被接受。",
      },
    },
    {
      code: "20027",
      says: "API权限不足",
      policy: "permission",
      meaning: { en: "The account is not allowed to call this function.", "zh-CN": "账号没有调用该接口的权限。" },
      remedy: {
        en: "An operator should ask the vendor to grant this account the permission, for example for PRO voices.",
        "zh-CN": "请管理员联系服务商，为该账号开通相应权限（例如 PRO 音色）。",
      },
    },
    {
      code: "20901",
      says: "其他错误",
      policy: "vendor-fault",
      meaning: {
        en: "The vendor reports an error without saying which.",
        "zh-CN": "服务商未说明原因的其他错误。",
      },
      remedy: {
        en: "If it keeps happening, send the vendor the time and the job id.",
        "zh-CN": "若反复出现，请把时间和 jobId 提供给服务商。",
      },
    },
    {
      code: "20902",
      says: "内部异常",
      policy: "vendor-fault",
      meaning: {
        en: "The vendor hit an internal error.",
        "zh-CN": "服务商内部异常。",
      },
      remedy: {
        en: "If it keeps happening, send the vendor the time and the job id.",
        "zh-CN": "若反复出现，请把时间和 jobId 提供给服务商。",
      },
    },
    {
      code: "10001",
      says: "系统异常",
      policy: "vendor-fault",
      meaning: {
        en: "The vendor's system failed.",
        "zh-CN": "服务商系统异常。",
      },
      remedy: {
        en: "If it keeps happening, send the vendor the time and the job id.",
        "zh-CN": "若反复出现，请把时间和 jobId 提供给服务商。",
      },
    },
    {
      code: "10002",
      says: "请求超过限制",
      policy: "rate",
      afterMs: 10000,
      meaning: {
        en: "The account made more requests than it is allowed.",
        "zh-CN": "请求量超过限制，本次请求未被受理。",
      },
      remedy: {
        en: "Nothing to do: it will be sent again automatically, more slowly.",
        "zh-CN": "无需处理，系统会放慢速度后自动重新提交。",
      },
    },
    {
      code: "10003",
      says: "操作频繁",
      policy: "rate",
      afterMs: 5000,
      meaning: {
        en: "Requests came too quickly.",
        "zh-CN": "操作过于频繁，本次请求未被受理。",
      },
      remedy: {
        en: "Nothing to do: it will be sent again automatically in a moment.",
        "zh-CN": "无需处理，稍等片刻会自动重新提交。",
      },
    },
    {
      code: "10004",
      says: "执行失败",
      policy: "vendor-fault",
      meaning: {
        en: "The vendor failed while carrying out the request.",
        "zh-CN": "服务商执行请求时失败。",
      },
      remedy: {
        en: "If the same files keep failing, try others or ask the vendor.",
        "zh-CN": "若同一素材反复失败，请更换素材或联系服务商。",
      },
    },
    {
      code: "30001",
      says: "音色训练提交失败",
      policy: "vendor-fault",
      meaning: {
        en: "The voice training could not be submitted. It is not known whether it was counted as a training.",
        "zh-CN": "音色训练提交失败，无法确定是否已计入训练次数。",
      },
      remedy: {
        en: "Have an operator check the voices used (shown with the balance) before training again: a voice can be trained at most 10 times.",
        "zh-CN": "再次训练前，请管理员在余额查询中查看已用音色数；同一音色最多训练 10 次。",
      },
    },
    {
      code: "30002",
      says: "音色数量不足",
      policy: "quota",
      meaning: { en: "The account has no voices left.", "zh-CN": "音色数量已用完。" },
      remedy: {
        en: "Retrain an existing voice instead of making a new one, or have an operator buy more voices from the vendor.",
        "zh-CN": "请管理员向服务商购买更多音色，或对已有音色重新训练，而不是新建。",
      },
    },
  ],
};
