/** Calls back when the reader of standard output or standard error has gone. Gives a function that stops listening. */
export function whenUnread(callback: () => void): () => void {
  const onError = (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") {
      callback();
    }
  };
  const streams = [process.stdout, process.stderr];
  for (const stream of streams) {
    stream.on("error", onError);
  }
  return () => {
    for (const stream of streams) {
      stream.off("error", onError);
    }
  };
}
