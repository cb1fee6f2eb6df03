/**
 * Loads the picture library at its first use. Its native part is large and may be missing for a platform; what only
 * reads settings or describes tools must not depend on it.
 */
export async function loadSharp() {
  const { default: sharp } = await import("sharp");
  // The cache would keep opened files, and return old content for a reused name.
  sharp.cache(false);
  return sharp;
}
