export interface LabelFigures {
  readonly precision: number;
  readonly recall: number;
  readonly n: number;
}

export interface EndingFigures {
  readonly n: number;
  readonly question: LabelFigures;
  readonly completion: LabelFigures;
}

export type EndingScore =
  | { readonly measured: false; readonly reason: string }
  | { readonly measured: true; readonly dev: EndingFigures | null; readonly heldOut: EndingFigures | null };

/** @param places where a module with `judgeClosing` may be; the first that exists is taken */
export function scoreEndings(folder: string, places: readonly string[]): Promise<EndingScore>;
