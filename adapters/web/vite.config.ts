import { defaultClientConditions, defineConfig } from "vite";

export default defineConfig({
  root: "page",
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
