// Builds what browsers load: node setup/bundle.mjs
//
// In meetings/static/meetings: js/start.js, js/meeting.js, js/test.js, js/pages.js and css/app.css become
// build/start.js, build/meeting.js, build/test.js, build/pages.js and build/app.css, minified, with source maps; the icons named in icons.json become one sprite, build/icons.svg, with a
// symbol `icon-<name>` each. Nothing is written unless everything was built.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const checkout = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const sources = path.join(checkout, "meetings/static/meetings");
const build = path.join(sources, "build");
const icons = path.join(checkout, "node_modules/lucide-static/icons");

const options = {
  absWorkingDir: checkout,
  outdir: build,
  bundle: true,
  minify: true,
  sourcemap: true,
  target: "es2022",
  logLevel: "warning",
  legalComments: "linked",
  write: false,
};

async function bundle(entries, more) {
  const entryPoints = entries.map((entry) => path.join(sources, entry));
  return (await esbuild.build({ ...options, ...more, entryPoints })).outputFiles;
}

async function sprite() {
  const names = JSON.parse(await readFile(path.join(sources, "icons.json"), "utf8"));
  const symbols = await Promise.all([...new Set(names)].sort().map(symbol));
  const text = `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
  return { path: path.join(build, "icons.svg"), contents: Buffer.from(text) };
}

// The drawing without its <svg>. How its lines are drawn stands on the symbol, from which they inherit it.
async function symbol(name) {
  const drawing = await readFile(path.join(icons, `${name}.svg`), "utf8").catch(() => {
    throw new Error(`icons.json names "${name}", and lucide-static has no such icon`);
  });
  const shapes = drawing.match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1].replace(/\s*\n\s*/g, "");
  const lines = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';
  return `<symbol id="icon-${name}" viewBox="0 0 24 24" ${lines}>${shapes}</symbol>`;
}

const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;

try {
  const files = [
    ...(await bundle(["js/start.js", "js/meeting.js", "js/test.js", "js/pages.js"], { format: "esm" })),
    ...(await bundle(["css/app.css"], { external: ["*.svg", "*.woff2"] })),
    await sprite(),
  ];
  await rm(build, { recursive: true, force: true });
  await mkdir(build);
  for (const file of files) {
    await writeFile(file.path, file.contents);
    if (!/\.(map|txt)$/.test(file.path)) {
      const compressed = gzipSync(file.contents).length;
      console.log(`bundle: ${path.basename(file.path)}: ${kib(file.contents.length)}, ${kib(compressed)} compressed`);
    }
  }
} catch (failure) {
  // esbuild has printed its own findings, with file and line.
  if (!failure.errors) console.error(`bundle: ${failure.message}`);
  process.exitCode = 1;
}
