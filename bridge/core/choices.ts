import { doubtOf, type Request } from './request.ts';

/** One thing that a person can do about a request, and when it is right. */
export interface Choice {
  readonly when: string;
  readonly command: string;
}

/** What a person can do about a request that waits for him; nothing for one that does not. */
export function choicesFor(request: Request): Choice[] {
  const { id, state, pane, dialog } = request;
  if (state.is !== 'asked' || state.of !== 'human') return [];
  const answer = dialog ? `bridge answer ${id} --choose N` : `bridge answer ${id} 'TEXT'`;
  const dismiss = { when: 'it needs no answer', command: `bridge dismiss ${id}` };
  const doubt = doubtOf(request);
  if (doubt === null) return [{ when: 'you answer it', command: answer }, dismiss];
  const look = { when: 'look first', command: `bridge snapshot --pane ${pane.paneId}` };
  if (doubt.delivery === 'not-typed') {
    return [
      look,
      { when: 'it has been answered', command: `bridge settle ${id}` },
      { when: 'it has not: type this answer', command: `bridge answer ${id} --again` },
      { when: 'it has not: another answer', command: answer },
      dismiss,
    ];
  }
  return [
    look,
    { when: 'it has arrived, or you put it right in the pane', command: `bridge settle ${id}` },
    { when: 'it has not arrived: the same once more', command: `bridge answer ${id} --again` },
    { when: 'it has not arrived: another answer', command: answer },
    dismiss,
  ];
}

/** The choices as lines for a person, commands aligned below each other. */
export function listChoices(choices: readonly Choice[]): string[] {
  const width = Math.max(0, ...choices.map(({ command }) => command.length));
  return choices.map(({ command, when }) => `${command.padEnd(width)}   ${when}`);
}
