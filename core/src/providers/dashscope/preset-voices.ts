import type { LocalizedText } from "../../ground/locale.ts";
import type { PresetVoice } from "../provider.ts";
import { hostOf } from "../setting-schema.ts";
import { type Region, regionOf } from "./regions.ts";
import { type DashscopeSettings, isQwenSpeech } from "./settings.ts";

/** The id, its Chinese name, and what it sounds like. */
type Row = readonly [speakerId: string, chinese: string, en: string, zh: string];

const chineseAndEnglish: LocalizedText = { en: "Chinese, English", "zh-CN": "中文、英文" };
const tenLanguages: LocalizedText = {
  en: "Chinese, English, French, German, Russian, Italian, Spanish, Portuguese, Japanese, Korean",
  "zh-CN": "中、英、法、德、俄、意、西、葡、日、韩",
};

/** Voices of `cosyvoice-v3-flash`, from the vendor's list; the default first. */
const cosyVoices: readonly Row[] = [
  ["longanyang", "龙安洋", "sunny young man", "阳光大男孩"],
  ["longanhuan", "龙安欢", "lively, cheerful young woman", "欢脱元气女"],
  ["longxiaochun_v3", "龙小淳", "well-read, positive woman", "知性积极女"],
  ["longxiaoxia_v3", "龙小夏", "calm woman with authority", "沉稳权威女"],
  ["longanwen_v3", "龙安温", "elegant, well-read woman", "优雅知性女"],
  ["longanya_v3", "龙安雅", "refined woman", "高雅气质女"],
  ["longanqin_v3", "龙安亲", "warm, lively woman", "亲和活泼女"],
  ["longyue_v3", "龙悦", "warm, resonant woman", "温暖磁性女"],
  ["longyuan_v3", "龙媛", "warm, soothing woman", "温暖治愈女"],
  ["longmiao_v3", "龙妙", "woman with a storyteller's cadence", "抑扬顿挫女"],
  ["longhua_v3", "龙华", "sweet, cheerful young woman", "元气甜美女"],
  ["longwan_v3", "龙婉", "soft, delicate woman", "细腻柔声女"],
  ["longfeifei_v3", "龙菲菲", "sweet, tender young woman", "甜美娇气女"],
  ["longfei_v3", "龙飞", "passionate, resonant man", "热血磁性男"],
  ["longshuo_v3", "龙硕", "learned, capable man", "博才干练男"],
  ["longshu_v3", "龙书", "calm young man", "沉稳青年男"],
  ["longcheng_v3", "龙橙", "clever young man", "智慧青年男"],
  ["longze_v3", "龙泽", "warm, cheerful man", "温暖元气男"],
  ["longanzhi_v3", "龙安智", "wise man in his thirties", "睿智轻熟男"],
  ["longanlang_v3", "龙安朗", "crisp, clear young man", "清爽利落男"],
  ["longsanshu_v3", "龙三叔", "calm man with a textured voice", "沉稳质感男"],
  ["longhuhu_v3", "龙呼呼", "innocent little girl", "天真烂漫女童"],
];

/** Voices of `qwen3-tts-flash` in the ten languages it speaks, from the vendor's list; the default first. */
const qwenVoices: readonly Row[] = [
  ["Cherry", "芊悦", "sunny, friendly young woman", "阳光积极、亲切自然的小姐姐"],
  ["Ethan", "晨煦", "sunny, warm, energetic young man", "阳光、温暖、有活力的男声"],
  ["Serena", "苏瑶", "gentle young woman", "温柔小姐姐"],
  ["Chelsie", "千雪", "girlfriend from an animated world", "二次元虚拟女友"],
  ["Moon", "月白", "frank, handsome young man", "率性帅气的男声"],
  ["Maia", "四月", "well-read, gentle woman", "知性温柔的女声"],
  ["Kai", "凯", "relaxing man, a spa for the ears", "令人放松的男声"],
  ["Neil", "阿闻", "professional newsreader, male", "专业新闻主持人，男声"],
  ["Elias", "墨讲师", "careful lecturer, female", "严谨的讲师，女声"],
  ["Seren", "小婉", "soft, slow voice to fall asleep to, female", "温和舒缓的助眠女声"],
  ["Eldric Sage", "沧明子", "calm, wise old man", "沉稳睿智的老者"],
  ["Vincent", "田叔", "hoarse, smoky voice of an older man", "沙哑烟嗓的大叔"],
  ["Arthur", "徐大爷", "old village storyteller, male", "讲故事的老大爷"],
  ["Bella", "萌宝", "little girl", "小萝莉"],
  ["Pip", "顽屁小孩", "mischievous boy", "调皮的小男孩"],
  ["Nofish", "不吃鱼", "designer with a southern accent, male", "南方口音的设计师，男声"],
  ["Jennifer", "詹妮弗", "cinematic American woman", "电影质感的美语女声"],
  ["Ryan", "甜茶", "rhythmic, dramatic man", "节奏感强、有戏的男声"],
  ["Katerina", "卡捷琳娜", "mature woman", "成熟女声"],
];

/** Voices of `qwen3-tts-flash` that speak a dialect. */
const dialects: readonly (readonly [Row, LocalizedText])[] = [
  [["Dylan", "晓东", "young man from Beijing", "北京胡同少年"], { en: "Beijing dialect", "zh-CN": "北京话" }],
  [["Jada", "阿珍", "lively woman from Shanghai", "风风火火的沪上阿姐"], { en: "Shanghainese", "zh-CN": "上海话" }],
  [["Sunny", "晴儿", "sweet young woman from Sichuan", "甜美川妹"], { en: "Sichuan dialect", "zh-CN": "四川话" }],
  [["Eric", "程川", "man from Chengdu", "成都大哥"], { en: "Sichuan dialect", "zh-CN": "四川话" }],
  [["Li", "老李", "patient man from Nanjing", "南京大叔"], { en: "Nanjing dialect", "zh-CN": "南京话" }],
  [["Marcus", "秦川", "man from Shaanxi", "陕北汉子"], { en: "Shaanxi dialect", "zh-CN": "陕西话" }],
  [["Roy", "阿杰", "humorous man from Taiwan", "诙谐的台湾哥仔"], { en: "Hokkien", "zh-CN": "闽南语" }],
  [
    ["Peter", "李彼得", "comedian from Tianjin, male", "天津相声捧哏，男声"],
    { en: "Tianjin dialect", "zh-CN": "天津话" },
  ],
  [["Rocky", "阿强", "humorous man from Hong Kong", "幽默的港仔"], { en: "Cantonese", "zh-CN": "粤语" }],
  [["Kiki", "阿清", "sweet young woman from Hong Kong", "甜美港妹"], { en: "Cantonese", "zh-CN": "粤语" }],
];

/** Of the model that follows instructions. */
const instructed: ReadonlySet<string> = new Set(
  qwenVoices.map(([id]) => id).filter((id) => !["Jennifer", "Ryan", "Katerina"].includes(id)),
);

/** Where the vendor offers its own voices; a host whose name does not tell its region may be anywhere. */
const offeredIn: ReadonlySet<Region | undefined> = new Set<Region | undefined>(["beijing", "singapore", undefined]);

/** The vendor's own voices of both families, those of the speech model in use first. */
export function presetVoices({ speechModel, baseUrl }: DashscopeSettings): readonly PresetVoice[] {
  if (!offeredIn.has(regionOf(hostOf(baseUrl)))) {
    return [];
  }
  const families = [cosyVoicesFor(speechModel), qwenVoicesFor(speechModel)];
  return (isQwenSpeech(speechModel) ? families.reverse() : families).flat();
}

function cosyVoicesFor(speechModel: string): PresetVoice[] {
  // Of the other models of the family, later ones have only cloned voices and earlier ones other names.
  const model = speechModel === "cosyvoice-v3-plus" ? speechModel : "cosyvoice-v3-flash";
  const rows = model === "cosyvoice-v3-plus" ? cosyVoices.slice(0, 2) : cosyVoices;
  return rows.map((row) => preset(row, model, chineseAndEnglish));
}

function qwenVoicesFor(speechModel: string): PresetVoice[] {
  const follows = /^qwen3-tts-instruct-flash(?!-realtime)/.test(speechModel);
  const model = follows || /^qwen3-tts-flash(?!-realtime)/.test(speechModel) ? speechModel : "qwen3-tts-flash";
  const general = qwenVoices.filter(([id]) => !follows || instructed.has(id));
  return [
    ...general.map((row) => preset(row, model, tenLanguages)),
    ...(follows ? [] : dialects.map(([row, language]) => preset(row, model, language))),
  ];
}

function preset([speakerId, chinese, en, zh]: Row, model: string, languages: LocalizedText): PresetVoice {
  return { name: speakerId, alias: chinese, speakerId, model, character: { en, "zh-CN": zh }, languages };
}
