import assert from "node:assert/strict";
import { test } from "node:test";
import { layoutTiles } from "../../meetings/static/meetings/js/ui/tile-layout.js";

const windows = [
  { name: "wide screen", width: 1896, height: 920 },
  { name: "laptop", width: 1256, height: 668 },
  { name: "laptop with a panel open", width: 924, height: 668 },
  { name: "tablet upright", width: 752, height: 900 },
  { name: "phone upright", width: 344, height: 620 },
  { name: "phone lying", width: 724, height: 290 },
  { name: "tiny window", width: 200, height: 150 },
];
const everyCount = Array.from({ length: 49 }, (_, index) => index + 1);

for (const { name, width, height } of windows) {
  for (const featured of [false, true]) {
    test(`1 to 49 tiles fit without touching, ${name}${featured ? ", with a screen" : ""}`, () => {
      for (const count of everyCount) {
        const { tiles, contentHeight } = layoutTiles({ count, width, height, featured });
        assert.equal(tiles.length, count);
        assert.ok(contentHeight >= height);
        for (const [index, tile] of tiles.entries()) {
          const which = `${count} tiles, number ${index}: ${JSON.stringify(tile)}`;
          assert.ok(Object.values(tile).every(Number.isInteger), which);
          assert.ok(tile.width > 0 && tile.height > 0, which);
          assert.ok(tile.x >= 0 && tile.x + tile.width <= width, which);
          assert.ok(tile.y >= 0 && tile.y + tile.height <= contentHeight, which);
          for (const other of tiles.slice(index + 1)) assert.ok(!overlap(tile, other), `${which} and ${JSON.stringify(other)}`);
        }
      }
    });
  }

  test(`tiles keep the shape of a picture, ${name}`, () => {
    for (const count of everyCount) {
      for (const tile of layoutTiles({ count, width, height }).tiles) {
        const aspect = tile.width / tile.height;
        const narrowest = width >= height ? 4 / 3 : 3 / 4;
        assert.ok(aspect > narrowest * 0.97 && aspect < (16 / 9) * 1.03, `${count} tiles: ${tile.width} by ${tile.height}`);
      }
    }
  });

  test(`all tiles of a grid are of one size, ${name}`, () => {
    for (const count of everyCount) {
      const { tiles } = layoutTiles({ count, width, height });
      assert.equal(new Set(tiles.map((tile) => `${tile.width}x${tile.height}`)).size, 1);
    }
  });
}

test("a face is never smaller than can be made out: the stage scrolls instead", () => {
  for (const { width, height } of windows) {
    for (const count of everyCount.slice(1)) {
      const { tiles } = layoutTiles({ count, width, height });
      assert.ok((tiles[0]?.width ?? 0) >= Math.min(148, width), `${count} in ${width}x${height}`);
    }
  }
});

test("no other number of columns would make larger tiles", () => {
  const { width, height } = { width: 1256, height: 668 };
  for (const count of everyCount) {
    const [tile] = layoutTiles({ count, width, height }).tiles;
    for (let columns = 1; columns <= count; columns++) {
      const rows = Math.ceil(count / columns);
      const cell = { width: (width - 8 * (columns - 1)) / columns, height: (height - 8 * (rows - 1)) / rows };
      const aspect = Math.min(16 / 9, Math.max(4 / 3, cell.width / cell.height));
      const area = Math.floor(Math.min(cell.width, cell.height * aspect)) * Math.floor(Math.min(cell.height, cell.width / aspect));
      assert.ok((tile?.width ?? 0) * (tile?.height ?? 0) >= area, `${count} tiles in ${columns} columns`);
    }
  }
});

test("two people share a wide window side by side and a tall one above each other", () => {
  const wide = layoutTiles({ count: 2, width: 1256, height: 668 }).tiles;
  assert.equal(wide[0]?.y, wide[1]?.y);
  const tall = layoutTiles({ count: 2, width: 344, height: 620 }).tiles;
  assert.equal(tall[0]?.x, tall[1]?.x);
  assert.ok((tall[0]?.height ?? 0) + (tall[1]?.height ?? 0) > 600, "they use the height of the phone");
});

test("a last row that is not full stands in the middle", () => {
  const { tiles } = layoutTiles({ count: 5, width: 1256, height: 668 });
  const lastRow = tiles.filter((tile) => tile.y === tiles.at(-1)?.y);
  const left = lastRow[0]?.x ?? 0;
  const right = 1256 - ((lastRow.at(-1)?.x ?? 0) + (lastRow.at(-1)?.width ?? 0));
  assert.ok(Math.abs(left - right) <= 1);
});

test("a shared screen gets most of the room", () => {
  for (const { width, height } of windows) {
    for (const count of [2, 5, 20]) {
      const [screen] = layoutTiles({ count, width, height, featured: true }).tiles;
      assert.ok((screen?.width ?? 0) * (screen?.height ?? 0) > width * height * 0.6);
    }
  }
});

test("nothing to place, or no room, is no error", () => {
  assert.deepEqual(layoutTiles({ count: 0, width: 800, height: 600 }).tiles, []);
  assert.deepEqual(layoutTiles({ count: 3, width: 0, height: 0 }).tiles, []);
});

function overlap(a, b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
