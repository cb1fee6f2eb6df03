/** The same response; `act` runs once, when its body has been read to the end, was cancelled or failed. */
export function whenBodyEnds(response: Response, act: () => void): Response {
  if (response.body === null) {
    act();
    return response;
  }
  const reader = response.body.getReader();
  let isOver = false;
  const over = () => {
    if (!isOver) {
      isOver = true;
      act();
    }
  };
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
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
  });
  const { status, statusText, headers } = response;
  return new Response(body, { status, statusText, headers });
}
