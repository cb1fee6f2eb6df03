/** People who each do one thing at a time: whoever is free does the next. */
export function createAskers<Person>(people: readonly Person[]) {
  const free = [...people];
  return async <Result>(act: (person: Person) => Promise<Result>): Promise<Result> => {
    const person = free.shift();
    if (person === undefined) {
      throw new Error("everybody is waiting for an answer");
    }
    try {
      return await act(person);
    } finally {
      free.push(person);
    }
  };
}

/** As many as ask at once at most. */
export const askers = 32;

/** The answer of a bare bot, about as long as ours. It begins as ours must contain it, too. */
export const bareAnswer = `10013: ${"what a vendor's code means, and what to do. ".repeat(14)}`;
