import { expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { command, eachMailTestStarts, found, member, watch } from './mail-fixture.ts';
import { top } from './top-fixture.ts';

/** `bridge top` in a pane of 80 by 24, by keys alone. */

eachMailTestStarts({ workers: ['lead', 'coder'] });

test('a request is read, answered and delivered; a draft outlives what happens meanwhile; q leaves nothing', async () => {
  const [lead, coder] = [await member('lead'), await member('coder')];
  const watching = await watch();
  for (const name of ['lead', 'coder']) await watching.line(`${name} is watched`, found(name));
  const view = await top();
  await view.sees('nothing is asked');
  await lead.perform({ play: [{ request: 'Which database do we use?' }], input: 'go' });
  // what the bar says and what the list has are asked one after the other
  await view.sees(/1 waiting for you[\s\S]*\[1 requests \(1\)\][\s\S]*> .*lead .*Which database do we use\?/);
  await view.press('a', 'Use SQ');
  await view.sees('> Use SQ_');
  await coder.perform({ play: [{ request: 'And which port?' }], input: 'go' });
  await view.sees('requests (2)');
  await view.press('Lite.', 'Enter');
  await view.sees(/submitted \(confirmed on screen/);
  await waitFor('the answer is in the pane', () => lead.inputs().some((text) => text.includes('Use SQLite.')));
  await view.press('Escape');
  await view.sees(/> .*coder .*And which port\?/);
  await view.press('d', 'y');
  await view.sees('nothing is asked');
  await view.press('P');
  await view.sees('all workers: paused');
  await view.press('Down');
  await view.sees('all workers are paused');
  expect((await command('pause', '--help')).code).toBe(0);
  await view.press('P');
  await waitFor('no pause is left', async () => !(await view.screen()).includes('all workers are paused'));
  await view.press('q');
  await view.sees('left 0');
});

test('members with a screen, mail with a reply; hostile words are shown, and obeyed by nobody', async () => {
  const coder = await member('coder');
  const watching = await watch();
  await watching.line('watched', found('coder'));
  expect(await command('add', 'ci', '--description', 'builds')).toMatchObject({ code: 0 });
  expect(await command('tell', 'coder', 'red \u202ealert', '--as', 'ci', '--wait', '0')).toMatchObject({ code: 2 });
  const view = await top();
  await view.press('2');
  await view.sees(/coder +idle/);
  await view.press('Down', 'Enter');
  await view.sees(/coder .*idle/);
  await view.press('Escape');
  await view.sees('↑↓ Enter');
  await view.press('3');
  const mail = await view.sees(/ci\? → coder +red \\u202ealert/);
  expect(mail).not.toContain('\u202e');
  await view.press('r', 'Seen.', 'Enter');
  await view.sees(/ci/);
  await waitFor('it was written', async () => (await command('history', '--json')).stdout.includes('Seen.'));
  expect(coder.inputs().length).toBeLessThan(2);
  await view.press('C-c');
  await view.sees('left 0');
});

test('a dialog is chosen in by the number of its option', async () => {
  const lead = await member('lead');
  const watching = await watch();
  await watching.line('watched', found('lead'));
  const view = await top();
  await lead.perform({ play: [{ dialog: 'npm run deploy' }, { busy: 100 }], input: 'deploy' });
  await view.sees(/^> .*approval .*npm run deploy/m);
  await view.press('c');
  await view.sees('option (number or words)');
  await view.press('3', 'Enter');
  await view.sees(/submitted \(dialog-closed\)/);
  await lead.fact('it is denied', ({ denied }) => denied === 'npm run deploy');
});
