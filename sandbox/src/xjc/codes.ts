/** Error table of the digital-human and voice document (section 6) with the document's own meanings. */
export const xjcMessages: Readonly<Record<number, string>> = {
  20001: "未开通帐号",
  20002: "无效token",
  20003: "签名错误",
  20004: "参数不正确",
  20005: "积分不足",
  20006: "找不到资源",
  20007: "正在生成中的作品数量达到上限",
  20008: "提交的作品数量达到上限",
  20009: "文件大小超过限制",
  20010: "文件类型不支持",
  20011: "获取音频资源失败",
  20012: "获取视频资源失败",
  20013: "不合法的音频地址",
  20014: "不合法的音频时长",
  20015: "不合法的文件大小",
  20016: "缺少必要文件",
  20017: "文件上传失败",
  20018: "文件下载失败",
  20019: "不支持的背景图片格式",
  20020: "提交训练视频失败",
  20021: "不合法的码率值",
  20022: "不合法的分辨率值",
  20023: "不合法的fps值",
  20024: "模特不存在",
  20025: "模特已过期",
  20026: "不合法的视频格式",
  20027: "API权限不足",
  20901: "其他错误",
  20902: "内部异常",
  10001: "系统异常",
  10002: "请求超过限制",
  10003: "操作频繁",
  10004: "执行失败",
  30001: "音色训练提交失败",
  30002: "音色数量不足",
};

/** A refusal with a code from the table; `detail` replaces the table's sentence. */
export class XjcRefusal extends Error {
  readonly code: number;

  constructor(code: number, detail?: string) {
    super(detail ?? xjcMessages[code] ?? "");
    this.code = code;
  }
}
