/** An input or command as it is typed: a line would otherwise end within it, after its dashes. */
const typed = String.raw`(?<![\w/:.-])(?:--|/)[a-z][\w-]{0,24}(?![\w/-]|\.\w)`;
/** Words that the browsers' dictionary does not have. */
const ownWords = ["克隆"];
const whole = new RegExp(`(${[typed, ...ownWords].join("|")})`);
const segmenter = new Intl.Segmenter("zh-CN", { granularity: "word" });

/** A text in pieces; a line ends within none of those that are whole. */
export function wholeWords(text: string): { piece: string; isWhole: boolean }[] {
  return text
    .split(whole)
    .flatMap((part, index) => (index % 2 === 1 ? [{ piece: part, isWhole: true }] : wordsOf(part)))
    .filter(({ piece }) => piece !== "");
}

function wordsOf(text: string): { piece: string; isWhole: boolean }[] {
  if (!/[\u3400-\u9fff]/.test(text)) {
    return [{ piece: text, isWhole: false }];
  }
  return [...segmenter.segment(text)].map(({ segment }) => ({
    piece: segment,
    isWhole: /^[\u3400-\u9fff]{2,4}$/.test(segment),
  }));
}
