import { registerHooks } from "node:module";

type Resolve = NonNullable<Parameters<typeof registerHooks>[0]["resolve"]>;

/** Whether this is the repository, in which everything runs from source; a published package has only dist. */
const fromSource = import.meta.url.endsWith(".ts");
/** Ends with a slash. */
const repository = new URL("../../", import.meta.url).href;
let isResolving = false;

/**
 * Makes our packages resolve to their source in the repository; a `toolcast.config` or a plugin without its own Toolcast
 * gets the one that runs it. Published, this is needed only for plugins.
 */
export function resolveOwnPackages(): void {
  if (!isResolving) {
    isResolving = true;
    registerHooks({ resolve });
  }
}

const resolve: Resolve = (specifier, context, next) => {
  if (fromSource && isOwnFile(specifier, context.parentURL)) {
    return { url: new URL(specifier, context.parentURL).href, format: "module-typescript", shortCircuit: true };
  }
  if (!specifier.startsWith("@toolcast/") && specifier !== "toolcast") {
    return next(specifier, context);
  }
  const asSource = { ...context, conditions: [...(context.conditions ?? []), "toolcast-source"] };
  const ways = [
    ...(fromSource ? [asSource] : []),
    context,
    { ...(fromSource ? asSource : context), parentURL: import.meta.url },
  ];
  let first: unknown;
  for (const way of ways) {
    try {
      return next(specifier, way);
    } catch (error) {
      if ((error as NodeJS.ErrnoException | null)?.code !== "ERR_MODULE_NOT_FOUND") {
        throw error;
      }
      first ??= error;
    }
  }
  throw first;
};

/**
 * Whether one of our files names another by its path, which says everything: Node would look for the file, for the
 * packages around it and for their type, a quarter of what a start takes.
 */
function isOwnFile(specifier: string, parentUrl: string | undefined): boolean {
  return (
    specifier.startsWith(".") &&
    specifier.endsWith(".ts") &&
    parentUrl?.startsWith(repository) === true &&
    !parentUrl.includes("/node_modules/")
  );
}
