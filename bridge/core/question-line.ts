import type { Request } from './request.ts';

/** Fields that some agents put before their question, as MACS's block asks for. */
const otherField = /^(?:id|kind|type|from|to|worker|agent|time|priority|context)\s*:/i;
const questionField = /^question\s*:\s*(?=\S)/i;

/** The line of a request that says what is asked: of `id: …`, `kind: …`, `question: …` the question. */
export function questionLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  const filled = lines.filter((line) => line !== '');
  const named = filled.find((line) => questionField.test(line));
  return named?.replace(questionField, '') ?? filled.find((line) => !otherField.test(line)) ?? filled[0] ?? '';
}

/** What a request is about, in one line: of a dialog the command or file, every line of it, else its question. */
export function questionOf({
  text,
  dialog,
}: Pick<Request, 'text'> & { readonly dialog?: Request['dialog'] | null }): string {
  if (!dialog) return questionLine(text);
  const { subject, question } = dialog;
  if (subject === null) return questionLine(question);
  return `${subject.is === 'command' ? '$ ' : ''}${subject.text.replace(/\s*\n\s*/g, ' ⏎ ')}`;
}
