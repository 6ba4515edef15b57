// Builds the package into dist: one minified ES module, its types, and what it weighs.

import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { minify } from "terser";

const MOST_BYTES = 6 * 1024;
const here = new URL(".", import.meta.url).pathname;
const dist = `${here}dist`;

rmSync(dist, { recursive: true, force: true });
const { outputFiles: [bundle] } = await build({
  entryPoints: [`${here}src/index.ts`],
  bundle: true,
  write: false,
  minify: true,
  // names that begin with $ are the client's own
  mangleProps: /^\$/,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  logLevel: "warning",
});
const compress = { passes: 4, pure_getters: true, unsafe: true, unsafe_arrows: true, hoist_funs: true };
const { code } = await minify(bundle.text, { module: true, ecma: 2022, compress, mangle: { toplevel: true } });
mkdirSync(dist);
writeFileSync(`${dist}/index.js`, code);
const options = ["--noEmit", "false", "--declaration", "--emitDeclarationOnly", "--outDir", dist];
const { status } = spawnSync(`${here}node_modules/.bin/tsc`, ["-p", here, ...options], { stdio: "inherit" });
if (status) process.exit(1);
for (const name of readdirSync(dist, { recursive: true })) {
  // Node's own resolution wants the whole name of a file
  if (name.endsWith(".d.ts")) complete(`${dist}/${name}`);
}

const bytes = gzipSync(readFileSync(`${dist}/index.js`), { level: 9 }).length;
console.log(`SDK: ${bytes} bytes minified and gzipped, at most ${MOST_BYTES}`);
process.exitCode = bytes < MOST_BYTES ? 0 : 1;

function complete(path) {
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replaceAll(/((?:from|import\()\s*")(\.[^"]*?)(?:\.js)?"/g, '$1$2.js"'));
}
