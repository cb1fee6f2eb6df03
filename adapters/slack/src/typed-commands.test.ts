import { expect, test } from "vitest";
import { plainText } from "./typed-commands.ts";

/** @verifies slack.commands */
test.each([
  ["R&amp;D &lt;b&gt; &amp;lt;", "R&D <b> &lt;"],
  ["&lt;!channel&gt; <why>?", "<!channel> <why>?"],
  ["a cat from <https://example.com/a.png?b=1&amp;c=2>", "a cat from https://example.com/a.png?b=1&c=2"],
  ["like <https://example.com/a.png|this one>", "like https://example.com/a.png"],
  ["the logo of <http://example.com|example.com>", "the logo of example.com"],
  ["write <mailto:ada@example.com|ada@example.com>", "write ada@example.com"],
  ["call <tel:+123|+123>", "call +123"],
  ["for <@U012AB|ada>, <@U034CD> in <#C012AB|general>", "for @ada, @U034CD in #general"],
  ["<!here> <!subteam^S012|@artists> <!date^1700000000^{date}|14 Nov>", "@here @artists 14 Nov"],
])("a message reads as it was typed: %s", (sent, typed) => {
  expect(plainText(sent)).toBe(typed);
});
