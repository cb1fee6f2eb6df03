/** A rule of Chinese typography, and a text that breaks it. */
interface TypographyRule {
  about: string;
  /** Matches a text that breaks the rule. */
  broken: RegExp;
  example: string;
}

const han = "[\\u3400-\\u9fff]";
const mark = "[，。；：、？！（）《》“”‘’]";
const rule = (about: string, pattern: string, example: string): TypographyRule => ({
  about,
  broken: new RegExp(pattern, "u"),
  example,
});

/**
 * What every Chinese sentence keeps to. Insertions stand as `{}`: they are set apart by a space where what they insert
 * is Latin (`fillPlaceholders` takes it away where it is Chinese). A colon, comma or parenthesis in code is no prose.
 */
export const typographyRules: readonly TypographyRule[] = [
  rule("no space beside a quotation mark", String.raw`\s[“”‘’《》]|[“”‘’《》]\s`, "打开 “设置” 页面"),
  rule("no space beside full-width punctuation", String.raw`\s${mark}|${mark}[ \t]+\S`, "完成： 共 3 个"),
  rule(
    "full-width punctuation after Chinese",
    String.raw`[\u3400-\u9fff”）》][,;:!?]|[\u3400-\u9fff”）》]\.(?:\s|$)`,
    "完成,请稍候",
  ),
  rule("full-width punctuation before Chinese", String.raw`(?<!data)[,;!?:]\s?[\u3400-\u9fff“（《]`, "PORT: 端口"),
  rule(
    "full-width parentheses around or beside Chinese",
    String.raw`${han}\s?\(|\)\s?${han}|\([^()]*${han}[^()]*\)`,
    "格式 (图片)",
  ),
  rule("Chinese quotation marks", `${han}"${han}|[「」『』]`, '名为"甲"的文件'),
  rule("no doubled punctuation", String.raw`[，。；：、！？]\s*[，。；：、]`, "完成。，继续"),
  rule("a space between Chinese and Latin", `${han}[A-Za-z0-9]|[A-Za-z0-9]${han}`, "共3个"),
  rule("no space between Chinese characters", `${han} ${han}`, "正在 生成"),
  rule("an ellipsis instead of dots", String.raw`${han}\s?\.{2,}|。。`, "请稍候..."),
  rule(
    "no full-width digits, letters or spaces",
    String.raw`[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u3000]`,
    "共３个",
  ),
  rule("no full-width signs beside digits", "[％＋－＝＊＃＠]", "５０％"),
];

/** The rules that a Chinese sentence breaks. */
export function brokenTypography(sentence: string): string[] {
  return typographyRules.filter(({ broken }) => broken.test(sentence)).map(({ about }) => about);
}
