/** WCAG AA for every pair of colours that meets on our pages, in dark and in light. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

const css = await readFile(new URL("../../meetings/static/meetings/css/tokens.css", import.meta.url), "utf8");
const [darkPart, lightPart] = css.split("prefers-color-scheme: light");
const dark = tokensIn(darkPart);
const light = { ...dark, ...tokensIn(lightPart) };

const TEXT = 4.5;
const SHAPE = 3;
const pairs = [
  ...["surface", "raised", "higher", "tile"].flatMap((ground) => [["text", ground, TEXT], ["muted", ground, TEXT]]),
  ...["surface", "raised"].flatMap((ground) => [["accent-text", ground, TEXT], ["danger-text", ground, TEXT], ["success-text", ground, SHAPE], ["outline", ground, SHAPE], ["focus", ground, SHAPE], ["accent", ground, SHAPE]]),
  ["accent-text", "higher", TEXT],
  ["on-accent", "accent", TEXT],
  ["on-accent", "accent-strong", TEXT],
  ["on-danger", "danger", TEXT],
  ["on-danger", "danger-strong", TEXT],
  ["warning-text", "warning", TEXT],
  ["warning-text", "surface", TEXT],
  ["speaking", "surface", SHAPE],
];

for (const [name, tokens] of Object.entries({ dark, light })) {
  test(`colours that meet can be told apart, ${name}`, () => {
    for (const [front, ground, least] of pairs) {
      const ratio = contrast(tokens[front], tokens[ground]);
      assert.ok(ratio >= least, `--${front} on --${ground}: ${ratio.toFixed(2)}, needs ${least}`);
    }
  });
}

test("white initials can be read on every avatar", async () => {
  const tile = await readFile(new URL("../../meetings/static/meetings/css/tile.css", import.meta.url), "utf8");
  const colours = [...tile.matchAll(/--avatar: (#[0-9a-f]{6})/g)].map((match) => match[1]);
  assert.equal(colours.length, 8);
  for (const colour of colours) assert.ok(contrast("#ffffff", colour) >= TEXT, colour);
});

test("the measure itself agrees with WCAG's own examples", () => {
  assert.equal(contrast("#000000", "#ffffff").toFixed(1), "21.0");
  assert.equal(contrast("#777777", "#ffffff").toFixed(2), "4.48");
});

function tokensIn(text) {
  return Object.fromEntries([...text.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((match) => [match[1], match[2]]));
}

function luminance(hex) {
  const channel = (at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(one, other) {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}
