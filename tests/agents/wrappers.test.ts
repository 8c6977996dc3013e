import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { tmux } from '../live/live-fixture.ts';
import { comms, kept, recording } from '../live/wrappers-fixture.ts';
import { isWanted } from './installs.ts';
import { codex, decides, eachCodexTestStartsWith } from './wrappers-codex.ts';

/** A real codex follows the instructions of the tools that bridge stands for, and nothing else. What its model decides is a table here. */

eachCodexTestStartsWith();

test.runIf(isWanted('codex'))(
  'codex reads the join document of agent_comms, joins, sees who is there, sends, posts and reads',
  async () => {
    const bob = await recording('bob');
    expect(await comms(['register', '--project', 'shop', '--session', 'bob', '--role', 'writes code'])).toMatchObject({
      code: 0,
    });
    expect(await comms(['init-join'])).toMatchObject({ code: 0 });
    let document = '';
    const commandOf = (verb: string) =>
      new RegExp(`\`(\\S+ ${verb} [^\`]*)\``).exec(document)?.[1] ?? `echo no ${verb}`;
    const filled = (command: string, values: Readonly<Record<string, string>>) =>
      command.replace(/"text"|\b(?:PROJECT|TOPIC|NAME|YOUR-MODEL)\b/g, (word) => values[word.replaceAll('"', '')]!);
    decides([
      () => `cat ${kept('coms_join.md')}`,
      (printed) => {
        document = printed;
        return filled(commandOf('register'), { PROJECT: 'shop', NAME: 'reviewer', 'YOUR-MODEL': 'scripted' });
      },
      () => filled(commandOf('roster'), { PROJECT: 'shop' }),
      (printed) =>
        filled(commandOf('send'), { NAME: /^ +(bob) /m.exec(printed)?.[1] ?? 'nobody', text: "'a line; C-c'" }),
      () => filled(commandOf('post'), { PROJECT: 'shop', TOPIC: 'api', NAME: 'bob', text: "'404 or 410?'" }),
      () => 'agent_comms read shop/api -n 1',
    ]);
    const agent = await codex();
    await agent.type(`Read ${kept('coms_join.md')} and do what it says: the project is shop.`);
    await agent.waitForScreen(/All of it is done\./, 120_000);
    const results = agent.calls().flatMap(({ toolResult }) => toolResult ?? []);
    expect(results.join('\n')).toMatch(
      /registered: reviewer in project 'shop' \(session=codex\)[\s\S]*delivered: reviewer -> bob \(bob\)[\s\S]*doorbell 1\/1 \(project\)[\s\S]*404 or 410\?/,
    );
    expect(JSON.parse(readFileSync(kept('projects/shop.json'), 'utf8')).members.reviewer).toMatchObject({
      session: 'codex',
      model: 'scripted',
    });
    expect(bob()).toEqual([
      expect.stringMatching(/^«agent-msg» reviewer \(scripted, .*\) joined project 'shop'/),
      expect.stringMatching(/^«agent-msg» from=reviewer \d\d:\d\dZ \| a line; C-c$/),
      `«agent-msg» reviewer posted in shop/api.md — review it (${kept('threads/shop/api.md')})`,
    ]);
    expect(readFileSync(kept('threads/shop/api.md'), 'utf8')).toMatch(
      /^\n## \[reviewer→bob \(scripted\) .*Z\]\n404 or 410\?\n$/,
    );
  },
);

test.runIf(isWanted('codex'))(
  'codex reads, acts and reads by tmux-bridge, and its message says who wrote it',
  async () => {
    const bob = await recording('bob');
    await tmux.run('set-option', '-p', '-t', '=bob:', '@name', 'bob');
    decides([
      () => 'tmux-bridge name "$(tmux-bridge id)" reviewer',
      () => 'tmux-bridge list',
      // without a read it is refused, and the refusal says what to run
      (printed) => `tmux-bridge message ${/^%\d+ +bob:0 .* bob /m.test(printed) ? 'bob' : 'nobody'} 'too soon'`,
      (printed) => `${/Run: (tmux-bridge read bob)/.exec(printed)?.[1] ?? 'echo no'} 20`,
      () => "tmux-bridge message bob 'Which port?'",
      () => 'tmux-bridge read bob 20',
      (printed) => (printed.includes('Which port?') ? 'tmux-bridge keys bob Enter' : 'echo it is not there'),
    ]);
    const agent = await codex();
    await agent.type(
      'You are one of several agents in tmux. To write to another one: label your pane (tmux-bridge name), look who is there (tmux-bridge list), ' +
        'read its pane (tmux-bridge read TARGET 20), type your text (tmux-bridge message TARGET TEXT), read it again, and press Enter (tmux-bridge keys TARGET Enter). Ask bob for the port.',
    );
    await agent.waitForScreen(/All of it is done\./, 120_000);
    expect(bob()).toEqual([
      expect.stringMatching(
        new RegExp(
          `^\\[tmux-bridge from:reviewer pane:${agent.paneId} at:codex:\\d+\\.\\d+ — load the smux skill to reply\\] Which port\\?$`,
        ),
      ),
    ]);
  },
);
