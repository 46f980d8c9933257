/**
 * A line chart of up to an hour, as SVG: drawn anew at each update, with its numbers in words and as a table.
 */

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 260;
const HEIGHT = 110;
const LEFT = 52;
const BOTTOM = 16;
const HOUR = 3_600_000;
/** Milliseconds that a chart may span; the least that holds all there is. */
const SPANS = [600_000, 1_200_000, 1_800_000, HOUR];

/**
 * @typedef {object} Line
 * @property {string} name
 * @property {(number | null)[]} values
 */

/**
 * @typedef {object} Chart
 * @property {string} title
 * @property {number[]} at                    Milliseconds of the epoch, one for each value.
 * @property {Line[]} lines
 * @property {(value: number) => string} words
 * @property {number} least                   The scale reaches at least this far.
 */

/** @param {Chart} chart @param {number} now @returns {SVGSVGElement} */
export function draw(chart, now) {
  const svg = element("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${chart.title}. ${summary(chart)}` });
  const top = scale(Math.max(chart.least, ...chart.lines.flatMap(({ values }) => values.map((value) => value ?? 0))));
  const oldest = now - (chart.at[0] ?? now);
  const span = SPANS.find((one) => oldest <= one) ?? HOUR;
  /** @param {number} at */
  const x = (at) => LEFT + (WIDTH - LEFT) * (1 - (now - at) / span);
  /** @param {number} value */
  const y = (value) => (HEIGHT - BOTTOM) * (1 - value / top) + 1;
  for (const value of [0, top / 2, top]) {
    svg.append(element("line", { class: "lm-grid-line", x1: LEFT, x2: WIDTH, y1: y(value), y2: y(value) }));
    svg.append(label(chart.words(value), LEFT - 6, y(value) + 4, "end"));
  }
  svg.append(label(span === HOUR ? "1 h ago" : `${span / 60_000} min ago`, LEFT, HEIGHT - 3, "start"), label("now", WIDTH, HEIGHT - 3, "end"));
  chart.lines.forEach(({ values }, place) => {
    for (const piece of pieces(values, chart.at, now)) {
      const points = piece.map(([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`);
      if (place === 0) {
        const ends = [`${x(piece[0]?.[0] ?? now).toFixed(1)},${y(0)}`, `${x(piece.at(-1)?.[0] ?? now).toFixed(1)},${y(0)}`];
        svg.append(element("polygon", { class: "lm-area", points: [ends[0], ...points, ends[1]].join(" ") }));
      }
      svg.append(element("polyline", { class: place ? `lm-line lm-line-${place + 1}` : "lm-line", points: points.join(" ") }));
    }
  });
  return svg;
}

/** What a chart says, in a sentence. @param {Chart} chart */
export function summary({ lines, words }) {
  const said = lines.map(({ name, values }) => {
    const known = values.filter((value) => value !== null);
    const latest = values.at(-1) ?? null;
    const prefix = lines.length > 1 ? `${name}: ` : "";
    if (!known.length) return `${prefix}nothing known yet`;
    const mean = known.reduce((total, value) => total + value, 0) / known.length;
    return `${prefix}${latest === null ? "down" : words(latest)} now, ${words(mean)} on average, ${words(Math.max(...known))} at most`;
  });
  return `${said.join("; ")}.`;
}

/**
 * Means over five minutes, newest first, for the table beside the chart.
 *
 * @param {Chart} chart
 * @param {number} now
 * @returns {[when: string, ...values: string[]][]}
 */
export function table({ at, lines, words }, now) {
  const rows = /** @type {[string, ...string[]][]} */ ([]);
  for (let minutes = 0; minutes < 60; minutes += 5) {
    const until = now - minutes * 60_000;
    const means = lines.map(({ values }) => {
      const inside = values.filter((value, place) => value !== null && isIn(at[place] ?? 0, until));
      return inside.length ? words(inside.reduce((/** @type {number} */ total, value) => total + (value ?? 0), 0) / inside.length) : "";
    });
    if (means.some(Boolean)) rows.push([`${minutes} to ${minutes + 5} minutes ago`, ...means]);
  }
  return rows;
}

/** @param {number} at @param {number} until */
function isIn(at, until) {
  return at <= until && at > until - 300_000;
}

/** Stretches without a gap. @param {(number | null)[]} values @param {number[]} at @param {number} now @returns {[number, number][][]} */
function pieces(values, at, now) {
  /** @type {[number, number][][]} */ const all = [];
  /** @type {[number, number][]} */ let piece = [];
  values.forEach((value, place) => {
    const when = at[place] ?? 0;
    if (value === null || when < now - HOUR) {
      if (piece.length) all.push(piece);
      piece = [];
    } else {
      piece.push([when, value]);
    }
  });
  if (piece.length) all.push(piece);
  return all;
}

/** The next round number. @param {number} value */
function scale(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((step) => value <= step * power) ?? 10) * power;
}

/** @param {string} text @param {number} x @param {number} y @param {string} anchor */
function label(text, x, y, anchor) {
  const made = element("text", { class: "lm-axis", x, y, "text-anchor": anchor, "aria-hidden": "true" });
  made.textContent = text;
  return made;
}

/** @template {keyof SVGElementTagNameMap} Tag @param {Tag} tag @param {Record<string, string | number>} attributes @returns {SVGElementTagNameMap[Tag]} */
function element(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}
