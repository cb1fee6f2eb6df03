/**
 * Whether a text shows nothing: only white space, control and format characters, those that Unicode says to ignore
 * (zero width, fillers, variation selectors), and the empty Braille pattern.
 */
export function isBlank(text: string): boolean {
  return /^[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*$/u.test(text);
}
