type Part = Awaited<ReturnType<ReadableStreamDefaultReader<Uint8Array>["read"]>>;

/** The same response; `act` runs once, when its body has been read to the end, was cancelled or failed. */
export function whenBodyEnds(response: Response, act: () => void): Response {
  if (response.body === null) {
    act();
    return response;
  }
  return passedOn(response, response.body.getReader(), undefined, act);
}

/**
 * The same, once the body has begun or a turn of the event loop is over: what is answered at once leaves with its
 * headers, because a write of its own costs more than the answer.
 */
export async function onceBodyBegins(response: Response, act: () => void): Promise<Response> {
  if (response.body === null) {
    return whenBodyEnds(response, act);
  }
  const reader = response.body.getReader();
  const beginning = reader.read();
  await new Promise<void>((resolve) => {
    const turn = setImmediate(resolve);
    const begun = () => {
      clearImmediate(turn);
      resolve();
    };
    // Whoever reads the body gets its failure.
    beginning.then(begun, begun);
  });
  return passedOn(response, reader, beginning, act);
}

function passedOn(
  { status, statusText, headers }: Response,
  reader: ReadableStreamDefaultReader<Uint8Array>,
  beginning: Promise<Part> | undefined,
  act: () => void,
): Response {
  let next = beginning;
  let isOver = false;
  const over = () => {
    if (!isOver) {
      isOver = true;
      act();
    }
  };
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await (next ?? reader.read());
          next = undefined;
          if (done) {
            over();
            controller.close();
          } else {
            controller.enqueue(value);
          }
        } catch (error) {
          over();
          controller.error(error);
        }
      },
      async cancel(reason) {
        over();
        await reader.cancel(reason);
      },
    },
    // The end of a short body is known when its only part is read.
    { highWaterMark: 2 },
  );
  return new Response(body, { status, statusText, headers });
}
