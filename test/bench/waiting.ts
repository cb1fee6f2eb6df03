/** Waits for conditions of a fake platform without asking again and again: it says when something has changed. */
export function createWaiting(onChange: (listener: () => void) => void): (condition: () => boolean) => Promise<void> {
  const waiting = new Set<{ condition: () => boolean; resolve: () => void }>();
  onChange(() => {
    for (const one of waiting) {
      if (one.condition()) {
        waiting.delete(one);
        one.resolve();
      }
    }
  });
  return (condition) =>
    condition() ? Promise.resolve() : new Promise((resolve) => waiting.add({ condition, resolve }));
}
