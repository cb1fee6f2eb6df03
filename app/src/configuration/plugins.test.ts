import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readConfiguration } from "./configuration.ts";
import { ConfigurationError } from "./configuration-error.ts";

// @verifies built.plugin-faults, understood.both-languages

const words = `const both = { en: "A", "zh-CN": "甲" };
const shape = { kind: "flag" };
const schema = { safeParse: (data) => ({ success: true, data }), parse: (data) => data };
const field = { title: both, summary: both, optional: true, shape, schema };
const tool = { name: "greet", command: "greet", title: both, summary: both, input: {}, effect: "reads", answer() {} };
const spends = { ...tool, effect: "spends", steps() {} };
const row = { code: "E1", says: "", policy: "input", meaning: both, remedy: both };
const operation = { maxDurationMs: 1, price() {}, start() {} };
const provider = {
  id: "tea", title: both, settings: [{ variable: "TEA_KEY", summary: both, secret: true }], schema,
  hosts: () => ["tea.example"], onLoopback: () => false, limits: () => ({ concurrent: 1, startsPerSecond: 1 }),
  create: () => ({ operations: { image: operation }, async doctor() { return []; } }),
};
`;
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "toolcast-plugins-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function read(plugins: string, environment: Record<string, string> = {}) {
  writeFileSync(join(directory, "toolcast.config.mjs"), `${words}export default ${plugins};`);
  return readConfiguration({
    ...{ workingDirectory: directory, environment, platform: "linux", homeDirectory: "/home/somebody" },
  });
}

async function problemOf(plugins: string, environment?: Record<string, string>) {
  const error = await read(plugins, environment).then(
    () => expect.fail("it was taken"),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ConfigurationError);
  const [first] = (error as ConfigurationError).problems;
  return first!.sentence;
}

test("a complete tool and a complete provider are accepted", async () => {
  const { tools, definitions, providers } = await read(
    "{ tools: [tool, { ...spends, name: 'other', command: 'other', input: { field }, primary: 'field' }], providers: [{ ...provider, errors: [row] }] }",
    { TEA_KEY: "marker-tea-key" },
  );
  expect(tools.slice(-2).map(({ name }) => name)).toEqual(["greet", "other"]);
  expect(definitions.at(-1)).toMatchObject({ id: "tea" });
  expect(providers.map(({ definition }) => definition.id)).toEqual(["tea"]);
});

test.each([
  ["null", "export default", "expected object", "期望"],
  ["{ tools: {} }", "tools", "expected array", "期望"],
  [
    "{ tools: [{ ...tool, effect: 'sings' }] }",
    "tools.0.effect (greet)",
    'must be one of "reads", "changes", "spends"',
    '须为 "reads"',
  ],
  [
    "{ tools: [{ ...tool, examples: [{ title: { en: 'Tea' }, input: {} }] }] }",
    "tools.0.examples.0.title (greet)",
    '"zh-CN"',
    '"en"',
  ],
  ["{ tools: [{ ...tool, name: 'Greet' }] }", "tools.0.name (Greet)", "lower-case", "小写字母"],
  ["{ tools: [{ ...tool, answer: undefined }] }", "tools.0.answer (greet)", "must be a function", "须为函数"],
  ["{ tools: [{ ...spends, steps: [] }] }", "tools.0.steps (greet)", "must be a function", "须为函数"],
  ["{ tools: [{ ...tool, summary: 'Greets' }] }", "tools.0.summary (greet)", '"zh-CN"', "zh-CN"],
  ["{ tools: [{ ...tool, input: { who: {} } }] }", "tools.0.input.who.title (greet)", '"zh-CN"', "zh-CN"],
  [
    "{ tools: [{ ...tool, input: { who: { ...field, schema: {} } } }] }",
    "tools.0.input.who.schema (greet)",
    "must be a Zod schema",
    "须为 Zod 模式",
  ],
  [
    "{ tools: [{ ...tool, input: { who: { ...field, role: 'singer' } } }] }",
    "tools.0.input.who.role (greet)",
    '"voice"',
    '"voice"',
  ],
  [
    "{ tools: [{ ...tool, input: { a: { ...field, role: 'consent' }, b: { ...field, role: 'consent' } } }] }",
    "tools.0.input (greet)",
    "at most one consent",
    "最多可有一个确认项",
  ],
  ["{ tools: [{ ...tool, primary: 'who' }] }", "tools.0.primary (greet)", "one of the tool's inputs", "输入项的名称"],
  ["{ providers: [{ ...provider, hosts: ['x'] }] }", "providers.0.hosts (tea)", "must be a function", "须为函数"],
  [
    "{ providers: [{ ...provider, settings: [{ variable: 'teaKey', summary: both }] }] }",
    "providers.0.settings.0.variable (tea)",
    "variable's name",
    "环境变量名",
  ],
  [
    "{ providers: [{ ...provider, errors: [{ ...row, policy: 'sometimes' }] }] }",
    "providers.0.errors.0.policy (tea)",
    '"capacity"',
    '"capacity"',
  ],
  [
    "{ providers: [{ ...provider, errors: [{ ...row, charged: 'maybe' }] }] }",
    "providers.0.errors.0.charged (tea)",
    '"unknown"',
    '"unknown"',
  ],
  [
    "{ providers: [{ ...provider, errors: [{ ...row, afterMs: 'soon' }] }] }",
    "providers.0.errors.0.afterMs (tea)",
    "number",
    "数",
  ],
  [
    "{ providers: [{ ...provider, errors: [{ ...row, code: 7 }] }] }",
    "providers.0.errors.0.code (tea)",
    "as text",
    "文本",
  ],
])("%s is wrong at %s", async (plugins, where, english, chinese) => {
  const sentence = await problemOf(plugins);
  expect(sentence.en).toContain(`${where} is wrong: `);
  expect(sentence.en).toContain(english);
  expect(sentence["zh-CN"]).toContain(`${where} 有误：`);
  expect(sentence["zh-CN"]).toContain(chinese);
});

test.each([
  ["hosts: () => { throw new Error('no luck') }", "hosts threw Error: no luck", "hosts 抛出 Error: no luck"],
  ["hosts: () => ['https://tea.example/']", "at hosts.0: must be host or host:port", "hosts.0 处有误：须为 host"],
  ["limits: () => ({ concurrent: 0, startsPerSecond: 1 })", "at limits.concurrent", "limits.concurrent 处有误"],
  [
    "limits: () => ({ concurrent: 1, startsPerSecond: 0.5 })",
    "at limits.startsPerSecond",
    "limits.startsPerSecond 处有误",
  ],
  [
    "limits: () => ({ concurrent: 1, startsPerSecond: 1.5 })",
    "at limits.startsPerSecond",
    "limits.startsPerSecond 处有误",
  ],
  ["onLoopback: () => undefined", "at onLoopback", "onLoopback 处有误"],
])("a provider whose %s is named", async (part, english, chinese) => {
  const sentence = await problemOf(`{ providers: [{ ...provider, ${part} }] }`, { TEA_KEY: "marker-tea-key" });
  expect(sentence.en).toContain("The provider tea that toolcast.config adds does not work: ");
  expect(sentence.en).toContain(english);
  expect(sentence["zh-CN"]).toContain(chinese);
});

test("an operation that makes no pictures per start is reported when the provider is created", async () => {
  const { definitions } = await read(
    "{ providers: [{ ...provider, create: () => ({ operations: { image: { ...operation, perCall: 0 } }, doctor() {} }) }] }",
  );
  expect(() => definitions.at(-1)?.create({}, {} as never)).toThrow("at create.operations.image.perCall");
});

test("the result of create is checked when the provider is created", async () => {
  const { definitions } = await read(
    "{ providers: [{ ...provider, create: () => ({ operations: { image: { ...operation, start: 1 } }, doctor() {} }) }] }",
  );
  expect(() => definitions.at(-1)?.create({}, {} as never)).toThrow(
    "what create returns is wrong at create.operations.image.start: must be a function",
  );
});

test("a schema that throws is reported, and the message does not contain the key", async () => {
  const sentence = await problemOf(
    "{ providers: [{ ...provider, schema: { safeParse({ TEA_KEY }) { throw new Error('bad ' + TEA_KEY); } } }] }",
    { TEA_KEY: "marker-tea-key" },
  );
  expect(sentence.en).toContain(
    "The settings of the provider tea cannot be read: its schema threw Error: bad [redacted].",
  );
  expect(sentence["zh-CN"]).toContain("无法读取服务商 tea 的设置");
});

test("a provider that needs no variables is always configured", async () => {
  const { providers } = await read("{ providers: [{ ...provider, settings: [] }] }");
  expect(providers.map(({ definition }) => definition.id)).toEqual(["tea"]);
});
