import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { defaultClientConditions, defineConfig, type Plugin } from "vite";

/** Writes every file in the forms in which browsers load it fastest, beside it. */
const compressed: Plugin = {
  name: "compressed",
  apply: "build",
  async writeBundle({ dir }) {
    for (const entry of await readdir(dir!, { recursive: true, withFileTypes: true })) {
      if (entry.isFile() && /\.(css|html|js|svg)$/.test(entry.name)) {
        const path = join(entry.parentPath, entry.name);
        const bytes = await readFile(path);
        await writeFile(`${path}.br`, brotliCompressSync(bytes));
        await writeFile(`${path}.gz`, gzipSync(bytes, { level: 9 }));
      }
    }
  },
};

export default defineConfig({
  root: "page",
  plugins: [compressed],
  // Core's door for pages, from source: a bundle needs no build of core before it.
  resolve: { conditions: ["toolcast-source", ...defaultClientConditions] },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../dist/page",
    emptyOutDir: true,
    // The page's content security policy allows nothing inline, not even data URLs.
    assetsInlineLimit: 0,
    target: "es2022",
    // The console, and the page behind a one-time upload link.
    rollupOptions: { input: ["page/index.html", "page/upload.html"] },
  },
});
