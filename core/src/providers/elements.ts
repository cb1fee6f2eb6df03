import { z } from "zod";

/**
 * A list whose elements are parsed separately. An element that is not as documented is left out and does not hide the
 * others; anything that is not a list becomes an empty one.
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
