/**
 * Where each tile goes. Pure: sizes in, rectangles out, whole pixels.
 *
 * @typedef {object} Rect
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} height
 *
 * @typedef {object} Layout
 * @property {Rect[]} tiles         One for each, in order.
 * @property {number} contentHeight More than the height given when the tiles have to scroll.
 */

const WIDEST = 16 / 9;
/** In a window that is wide, faces keep some room at their sides; in one that is tall, tiles may be tall too. */
const NARROWEST_WHEN_WIDE = 4 / 3;
const NARROWEST_WHEN_TALL = 3 / 4;
/** Below this a face cannot be made out; the stage scrolls instead. */
const SMALLEST_WIDTH = 148;

/**
 * @param {object} space
 * @param {number} space.count
 * @param {number} space.width      Of the stage, in CSS pixels.
 * @param {number} space.height
 * @param {number} [space.gap]
 * @param {boolean} [space.featured]  The first tile is a shared screen and gets the room; the others line up beside it.
 * @returns {Layout}
 */
export function layoutTiles({ count, width, height, gap = 8, featured = false }) {
  if (count <= 0 || width <= 0 || height <= 0) return { tiles: [], contentHeight: 0 };
  if (featured) return layoutFeatured(count, width, height, gap);
  const best = bestGrid(count, width, height, gap, width >= height ? NARROWEST_WHEN_WIDE : NARROWEST_WHEN_TALL);
  if (best.width >= SMALLEST_WIDTH || count === 1) return { tiles: place(best, count, width, height, gap), contentHeight: height };
  return layoutScrolling(count, width, height, gap);
}

/** @typedef {{columns: number, width: number, height: number}} Grid */

/**
 * The number of columns at which the tiles cover most.
 *
 * @param {number} count
 * @param {number} width
 * @param {number} height
 * @param {number} gap
 * @param {number} narrowest  Shape of a tile: width by height, at least.
 * @returns {Grid}
 */
function bestGrid(count, width, height, gap, narrowest) {
  /** @type {Grid} */ let best = { columns: 1, width: 0, height: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const cellWidth = (width - gap * (columns - 1)) / columns;
    const cellHeight = (height - gap * (rows - 1)) / rows;
    if (cellWidth <= 0 || cellHeight <= 0) continue;
    const aspect = Math.min(WIDEST, Math.max(narrowest, cellWidth / cellHeight));
    const tileWidth = Math.floor(Math.min(cellWidth, cellHeight * aspect));
    const tileHeight = Math.floor(Math.min(cellHeight, cellWidth / aspect));
    if (tileWidth * tileHeight > best.width * best.height) best = { columns, width: tileWidth, height: tileHeight };
  }
  return best;
}

/**
 * Rows in the middle of the space, the last one centred.
 *
 * @param {Grid} grid
 * @param {number} count
 * @param {number} width
 * @param {number} height
 * @param {number} gap
 * @returns {Rect[]}
 */
function place(grid, count, width, height, gap) {
  const rows = Math.ceil(count / grid.columns);
  const top = Math.max(0, Math.floor((height - rows * grid.height - (rows - 1) * gap) / 2));
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / grid.columns);
    const inRow = row === rows - 1 ? count - row * grid.columns : grid.columns;
    const left = Math.max(0, Math.floor((width - inRow * grid.width - (inRow - 1) * gap) / 2));
    return {
      x: left + (index % grid.columns) * (grid.width + gap),
      y: top + row * (grid.height + gap),
      width: grid.width,
      height: grid.height,
    };
  });
}

/**
 * @param {number} count
 * @param {number} width
 * @param {number} height
 * @param {number} gap
 * @returns {Layout}
 */
function layoutScrolling(count, width, height, gap) {
  const columns = Math.max(1, Math.min(count, Math.floor((width + gap) / (SMALLEST_WIDTH + gap))));
  const tileWidth = Math.floor((width - gap * (columns - 1)) / columns);
  const tileHeight = Math.floor(tileWidth / NARROWEST_WHEN_WIDE);
  const rows = Math.ceil(count / columns);
  const contentHeight = Math.max(height, rows * tileHeight + (rows - 1) * gap);
  return { tiles: place({ columns, width: tileWidth, height: tileHeight }, count, width, contentHeight, gap), contentHeight };
}

/**
 * @param {number} count
 * @param {number} width
 * @param {number} height
 * @param {number} gap
 * @returns {Layout}
 */
function layoutFeatured(count, width, height, gap) {
  const others = count - 1;
  if (others === 0) return { tiles: [{ x: 0, y: 0, width, height }], contentHeight: height };
  const wide = width >= height;
  const share = others > 6 ? 0.3 : 0.2;
  const strip = Math.floor((wide ? width : height) * share);
  const main = (wide ? width : height) - strip - gap;
  const grid = bestGrid(others, wide ? strip : width, wide ? height : strip, gap, NARROWEST_WHEN_WIDE);
  const tiles = wide ? place(grid, others, strip, height, gap) : place(grid, others, width, strip, gap);
  const shifted = tiles.map((tile) => (wide ? { ...tile, x: tile.x + main + gap } : { ...tile, y: tile.y + main + gap }));
  const first = wide ? { x: 0, y: 0, width: main, height } : { x: 0, y: 0, width, height: main };
  return { tiles: [first, ...shifted], contentHeight: height };
}
