/** Why somebody should be asked. This version raises `request`; the rest of the vocabulary is the reader's next step. */
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
}

/** Identity of what was said: letters without blanks and list marks, so that another width or wrapping is the same words. */
export function normaliseWords(text: string): string {
  return text.replace(/^\s*[-*+•]\s/gm, '').replace(/\s+/g, '');
}
