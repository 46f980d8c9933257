/**
 * The element with this id, of the type that the template promises.
 *
 * @template {Element} Type
 * @param {string} id
 * @param {new () => Type} type
 * @returns {Type}
 */
export function byId(id, type) {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`The page has no ${type.name} #${id}`);
  return element;
}

/**
 * The one element inside that matches, of the type that the template promises.
 *
 * @template {Element} Type
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => Type} type
 * @returns {Type}
 */
export function find(root, selector, type) {
  const element = root.querySelector(selector);
  if (!(element instanceof type)) throw new Error(`There is no ${type.name} ${selector}`);
  return element;
}

/**
 * What a `json_script` in the page holds.
 *
 * @param {string} id
 * @returns {any}
 */
export function pageData(id) {
  return JSON.parse(byId(id, HTMLScriptElement).textContent ?? "null");
}

/**
 * The arrow keys that lead on and back along a row, as its language runs.
 *
 * @param {HTMLElement} row
 * @returns {[onward: string, back: string]}
 */
export function arrowsAlong(row) {
  return getComputedStyle(row).direction === "rtl" ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"];
}

/** Shows an icon of the sprite in an existing `<svg><use></svg>`. @param {Element} root @param {string} name */
export function setIcon(root, name) {
  const use = root.querySelector("use");
  const sprite = document.documentElement.dataset["icons"] ?? "";
  const href = `${sprite}#icon-${name}`;
  if (use && use.getAttribute("href") !== href) use.setAttribute("href", href);
}

/** @param {string} name @returns {SVGSVGElement} */
export function makeIcon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS("http://www.w3.org/2000/svg", "use"));
  setIcon(svg, name);
  return svg;
}

/**
 * @param {string} tag
 * @param {string} className
 * @param {string} [text]
 */
export function make(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  if (text) element.textContent = text;
  return element;
}
