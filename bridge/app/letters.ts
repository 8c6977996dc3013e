import { readAnswerFile } from '../controllers/answer-file.ts';

/** The text of a file that anybody may have put there; null while it is still being written. @throws Error with why it is refused */
export async function readLetter(file: string): Promise<string | null> {
  const read = await readAnswerFile(file);
  if (read.is === 'refused') throw new Error(read.reason);
  return read.is === 'moving' ? null : read.text;
}
