/**
 * The page of load: four charts for each worker, every ten seconds.
 *
 * @import {Series, Silence} from "./shapes.js"
 * @import {Chart} from "./chart.js"
 */
import { draw, summary, table } from "./chart.js";
import { again, ask, byId, pageData, Unanswered } from "./page.js";
import { bitrate, memory, percent } from "./words.js";

const EVERY = 10_000;

const config = pageData("load-config");
/** @type {Map<string, Figure>} */
const figures = new Map();
/** @type {Map<string, HTMLElement>} */
const sections = new Map();

void again(async () => {
  try {
    const answer = await ask(config.numbers);
    const now = Date.now();
    for (const { node, workers } of /** @type {{node: string, workers: Series[]}[]} */ (answer.nodes)) {
      for (const worker of workers) show(node, answer.nodes.length > 1, worker, now);
    }
    const [silent] = /** @type {Silence[]} */ (answer.silent);
    tell(silent ? `No media node answers. ${silent.cause}` : "");
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    tell(error.message);
  }
}, EVERY);

/** @param {string} node @param {boolean} several @param {Series} worker @param {number} now */
function show(node, several, worker, now) {
  const key = `${node}:${worker.index}`;
  const section = sections.get(key) ?? addSection(key);
  const title = section.querySelector("h2");
  const text = `Worker ${worker.index}${several ? ` of ${node}` : ""}: ${worker.state}${worker.pid === null ? "" : `, pid ${worker.pid}`}`;
  if (title && title.textContent !== text) title.textContent = text;
  const holder = section.querySelector(".lm-charts");
  for (const chart of chartsOf(worker)) {
    const name = `${key}:${chart.title}`;
    let figure = figures.get(name);
    if (!figure) {
      figure = new Figure(chart);
      figures.set(name, figure);
      holder?.append(figure.element);
    }
    figure.show(chart, now);
  }
}

/** @param {Series} worker @returns {Chart[]} */
function chartsOf({ at, cpu, memoryBytes, consumers, bitrateIn, bitrateOut }) {
  return [
    { title: "CPU, share of a core", at, lines: [{ name: "CPU", values: cpu }], words: percent, least: 0.1 },
    { title: "Consumers", at, lines: [{ name: "Consumers", values: consumers }], words: (value) => `${Math.round(value * 10) / 10}`, least: 10 },
    {
      title: "Bitrate",
      at,
      lines: [{ name: "in", values: bitrateIn }, { name: "out", values: bitrateOut }],
      words: bitrate,
      least: 100_000,
    },
    { title: "Memory", at, lines: [{ name: "Memory", values: memoryBytes }], words: memory, least: 20_000_000 },
  ];
}

/** One chart with what it says in words and as a table. */
class Figure {
  /** @param {Chart} chart */
  constructor(chart) {
    this.element = make("figure", "lm-chart");
    const caption = make("figcaption", "", chart.title);
    this.summary = make("span", "lm-summary");
    caption.append(this.summary);
    this.svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    this.details = document.createElement("details");
    this.details.className = "lm-numbers";
    this.details.append(make("summary", "", "As a table"));
    this.body = document.createElement("tbody");
    const head = make("tr");
    for (const name of ["When", ...chart.lines.map((line) => line.name)]) head.append(make("th", "", name));
    const element = document.createElement("table");
    const thead = document.createElement("thead");
    thead.append(head);
    element.append(thead, this.body);
    this.details.append(element);
    const keys = chart.lines.length > 1 ? chart.lines.map(({ name }, place) => make("span", place ? `lm-key lm-key-${place + 1}` : "lm-key", name)) : [];
    this.element.append(caption, this.svg, ...keys, this.details);
  }

  /** @param {Chart} chart @param {number} now */
  show(chart, now) {
    this.summary.textContent = summary(chart);
    const svg = draw(chart, now);
    this.svg.replaceWith(svg);
    this.svg = svg;
    const rows = table(chart, now).map(([when, ...values]) => {
      const row = make("tr");
      const header = make("th", "", when);
      header.setAttribute("scope", "row");
      row.append(header, ...values.map((value) => make("td", "", value)));
      return row;
    });
    this.body.replaceChildren(...rows);
  }
}

/** @param {string} key */
function addSection(key) {
  const section = make("section", "lm-worker-load");
  section.append(make("h2"), make("div", "lm-charts"));
  sections.set(key, section);
  byId("load-workers").append(section);
  return section;
}

/** @param {string} text */
function tell(text) {
  const trouble = byId("load-trouble");
  trouble.hidden = text === "";
  if (trouble.textContent !== text) trouble.textContent = text;
}

/** @param {string} tag @param {string} [className] @param {string} [text] */
function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}
