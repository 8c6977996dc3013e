/** What is typed, and in whose name. */
export interface Letter {
  readonly from: string;
  /** the session of that name, where it is known */
  readonly session: string | null;
  /** what stands behind the marker */
  readonly text: string;
  readonly kind: LetterKind;
}

export type LetterKind = 'send' | 'doorbell';
