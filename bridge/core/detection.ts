import type { Dialog } from './reading.ts';

/**
 * Why somebody should be asked: a delimited block; the closing words of an ended turn (`question`, `completion`); an open
 * dialog (`approval`); an error the agent shows; busy with no change for too long.
 */
export type DetectionKind = 'request' | 'question' | 'approval' | 'completion' | 'error' | 'stuck';

/** A reason to ask somebody, found on a screen. */
export interface Detection {
  readonly kind: DetectionKind;
  /** the text between the delimiters, clean */
  readonly text: string;
  /** `key=value` pairs the agent wrote in the START delimiter: attributes only, never a file name, key or identity */
  readonly attributes: Readonly<Record<string, string>>;
  /** part of the block was never on a screen we saw: it goes to the human */
  readonly truncated: boolean;
  /** of an `approval`: the dialog as it was read */
  readonly dialog?: Dialog;
  /** of an `error`: which */
  readonly reason?: ErrorReason;
}

export type ErrorReason = 'model' | 'rate-limit' | 'auth' | 'context-full';

/** Identity of what was said: letters without blanks and list marks, so that another width or wrapping is the same words. */
export function normaliseWords(text: string): string {
  // blanks only, not \s: from every line of a long blank stretch that would run to its end
  return text.replace(/^[^\S\n\r\u2028\u2029]*[-*+•]\s/gm, '').replace(/\s+/g, '');
}
