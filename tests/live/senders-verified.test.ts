import { expect, test } from 'vitest';
import { command, eachMailTestStarts, found, member, ran, tool, watch } from './mail-fixture.ts';

eachMailTestStarts({ workers: ['lead', 'coder'], yaml: 'senders: verified\n' });

test('with `senders: verified` a claim is refused, and a pane of its own or a person is not', async () => {
  const [lead, coder] = [await member('lead'), await member('coder')];
  const watching = await watch();
  for (const name of ['lead', 'coder']) await watching.line(`${name} is watched`, found(name));
  await command('add', 'ci');
  const claimed = await command('tell', 'coder', 'green', '--as', 'ci');
  expect(claimed).toMatchObject({ code: 1, stderr: expect.stringContaining('`senders: verified`; nothing was sent') });
  expect(await command('tell', 'coder', 'go')).toMatchObject({ code: 0 });
  await lead.perform(tool('tell', 'coder', 'gone'));
  expect((await ran(lead, 1))[0]).toMatchObject({ code: 0 });
  expect(coder.inputs().map((text) => text.replace(/ #\w{4}/, ''))).toEqual([
    '[human -> coder] go',
    '[lead -> coder] gone',
  ]);
});
