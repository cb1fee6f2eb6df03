import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { dirname, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** A line that only a module can have. */
const moduleLine = /^\s*(?:import\s*(?:[\w*{"'])|export\s+(?:default|const|function|class|type|interface|[*{]))/m;

/**
 * Makes files below the configuration file's folder load as what they are written as. Where the nearest `package.json`
 * says `"type": "commonjs"`, Node reads files with `import` and `export` as CommonJS too, and fails.
 */
export function acceptModuleSyntax(configurationFile: string): void {
  const folder = pathToFileURL(`${dirname(configurationFile)}${sep}`).href;
  registerHooks({
    load(url, context, next) {
      const isOwn = url.startsWith(folder) && !url.includes("/node_modules/");
      const typed = { commonjs: "module", "commonjs-typescript": "module-typescript" }[context.format ?? ""];
      return isOwn && typed !== undefined && isModule(url)
        ? next(url, { ...context, format: typed })
        : next(url, context);
    },
  });
}

function isModule(url: string): boolean {
  try {
    return moduleLine.test(readFileSync(fileURLToPath(url), "utf8"));
  } catch {
    // Node's own error names the file.
    return false;
  }
}
