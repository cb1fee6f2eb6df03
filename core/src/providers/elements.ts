import { z } from "zod";

/**
 * A list of which each element is read by itself, so that one that is not as documented hides none of the others: it is
 * left out, and a list that is none is empty.
 */
export function elements<Element extends z.ZodType>(element: Element) {
  return z
    .array(z.unknown())
    .transform((items) =>
      items.flatMap((item): z.output<Element>[] => {
        const parsed = element.safeParse(item);
        return parsed.success ? [parsed.data] : [];
      }),
    )
    .catch([]);
}
