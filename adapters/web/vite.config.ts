import { defineConfig } from "vite";

export default defineConfig({
  root: "page",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../dist/page",
    emptyOutDir: true,
    // The page's policy allows nothing inline, data addresses included.
    assetsInlineLimit: 0,
    target: "es2022",
  },
});
