/** Longest text that is taken, in characters; a call on the socket may have four times as many bytes. */
export const maxText = 1024 * 1024;

/**
 * The words of a text: without escape sequences, whole, so that nothing of them is left over to be typed (`[32m`), and
 * without any other control. Line breaks are plain ones; tabs, emoji and marks of direction stay.
 */
export function cleaned(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(sequences, '')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}

/** NUL, BEL and the like, outside of escape sequences: a text of words has none, and bytes of something else are not sent as one. */
export function holdsControls(text: string): boolean {
  return /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(text.replace(/\r\n?/g, '\n').replace(sequences, ''));
}

/** True where a person would see nothing: blanks, controls, and characters that are drawn as nothing. */
export function isBlank(text: string): boolean {
  return /^[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*$/u.test(cleaned(text));
}

/**
 * ECMA-48: CSI with its parameters, also cut off; a string (OSC, DCS, SOS, PM, APC) up to its end, of one without an end
 * the opening alone; any other escape. Introducers are two characters, or one of C1.
 */
const sequences = new RegExp(
  [
    String.raw`(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?`,
    String.raw`(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])(?:[^\u0007\u001b\u009c\n]*(?:\u0007|\u001b\\|\u009c)|(?:\d+;)?)`,
    String.raw`\u001b[ -/]*[0-~]?`,
  ].join('|'),
  'g',
);
