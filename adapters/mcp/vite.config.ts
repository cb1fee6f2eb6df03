import { defineConfig, type Plugin } from "vite";

/** Hosts accept a single document, so the script and the styles are inlined. */
function inlined(): Plugin {
  return {
    name: "inlined",
    enforce: "post",
    generateBundle(_options, bundle) {
      const page = bundle["card.html"];
      if (page?.type !== "asset") {
        throw new Error("card.html is missing from the bundle");
      }
      let html = String(page.source);
      for (const [name, part] of Object.entries(bundle)) {
        if (part === page) {
          continue;
        }
        const source = part.type === "chunk" ? part.code : String(part.source);
        const tag =
          part.type === "chunk"
            ? new RegExp(`<script[^>]*src="[^"]*${name}"[^>]*></script>`)
            : new RegExp(`<link[^>]*href="[^"]*${name}"[^>]*>`);
        if (!tag.test(html)) {
          throw new Error(`${name} is not named by card.html`);
        }
        html = html.replace(tag, () =>
          part.type === "chunk"
            ? `<script type="module">${source.replaceAll("</script", "<\\/script")}</script>`
            : `<style>${source}</style>`,
        );
        delete bundle[name];
      }
      page.source = html;
    },
  };
}

export default defineConfig({
  root: "card",
  base: "./",
  plugins: [inlined()],
  build: {
    outDir: "../dist/card",
    // The package's own build puts its files next to the page.
    emptyOutDir: false,
    target: "es2022",
    modulePreload: false,
    rollupOptions: { input: "card/card.html" },
  },
});
