/** What is drawn as nothing: white space, controls, marks and joiners without a letter, what is no character yet, Hangul fillers, the Braille pattern without dots. */
const UNSEEN = /^[\s\p{Cc}\p{Cf}\p{Cn}\p{Mn}\u115f\u1160\u2800\u3164\uffa0]*$/u;

/** Whether nothing of a text can be seen; the server refuses such ones as well. */
export function isBlank(text: string): boolean {
  return UNSEEN.test(text);
}
