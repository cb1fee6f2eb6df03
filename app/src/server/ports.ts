/** How many ports after the wanted one are tried. */
const furtherPorts = 20;

/** Tries `open` on the wanted port and, unless it is fixed, on the next ones; rejects with the last error. */
export async function onFreePort<Result>(
  wanted: { port: number; fixed: boolean },
  open: (port: number) => Promise<Result>,
): Promise<Result> {
  const last = wanted.fixed ? wanted.port : Math.min(wanted.port + furtherPorts, 65_535);
  for (let port = wanted.port; ; port += 1) {
    try {
      return await open(port);
    } catch (error) {
      if (!isPortTaken(error) || port >= last) {
        throw error;
      }
    }
  }
}

export function isPortTaken(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code === "EADDRINUSE" || code === "EACCES";
}
