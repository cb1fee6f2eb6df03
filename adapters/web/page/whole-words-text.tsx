import { wholeWords } from "./whole-words.ts";

/**
 * A short text whose lines end within no Chinese word, where browsers may break after every character, and within no
 * name of an input.
 */
export function WholeWords({ text }: { text: string }) {
  return (
    <>
      {wholeWords(text).map(({ piece, isWhole }, index) =>
        isWhole ? (
          <span key={index} class="whole">
            {piece}
          </span>
        ) : (
          piece
        ),
      )}
    </>
  );
}
