import { expect, test } from 'vitest';
import { command, eachMailTestStarts, found, member, ran, tool, watch } from './mail-fixture.ts';

eachMailTestStarts({ workers: ['lead', 'coder'] });

test('an urgent message of a person breaks off the running turn; of a peer it is refused, and over a dialog it waits', async () => {
  const [lead, coder] = [await member('lead'), await member('coder')];
  const watching = await watch();
  for (const name of ['lead', 'coder']) await watching.line(`${name} is watched`, found(name));
  await coder.perform({ busy: true });
  expect(await command('tell', 'coder', 'later')).toMatchObject({ code: 2, stdout: expect.stringContaining('busy') });
  await lead.perform(tool('tell', 'coder', 'now', '--urgent'));
  expect((await ran(lead, 1))[0]).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no agent breaks off another’s work'.replace('’', "'")),
  });
  const sent = await command('tell', 'coder', 'Stop:\nthe port is 8080.', '--urgent');
  expect(sent, `${sent.stdout}${sent.stderr}`).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^submitted coder/),
  });
  expect(coder.inputs()[0]).toMatch(/^\[human -> coder #\w{4}\] Stop:\nthe port is 8080\.$/);

  await lead.perform({ dialog: 'rm -rf build' });
  const held = await command('tell', 'lead', 'Wait.', '--urgent', '--wait', '1');
  expect(held).toMatchObject({ code: 2, stdout: expect.stringMatching(/^waiting {3}lead/) });
  expect(lead.facts().some((fact) => fact.approved !== undefined || fact.interrupted !== undefined)).toBe(false);
});
