import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startWatching, tmux } from '../live/live-fixture.ts';
import { comms, kept, recording } from '../live/wrappers-fixture.ts';
import { isWanted } from './installs.ts';
import { codex, decides, eachCodexTestStartsWith } from './wrappers-codex.ts';

/**
 * A real codex that is given what the other tools publish, and nothing else. Their words are theirs and no part of this repository:
 * BRIDGE_PUBLISHED names a folder with `coms_join.md` (what tmux-agent-comms' own `init-join` writes) and `SKILL.md` (smux's skill).
 * The model here takes each command out of the document by its verb, and fills in what the document leaves open.
 */

const published = process.env.BRIDGE_PUBLISHED ?? '';
const isThere = (name: string) => published !== '' && existsSync(join(published, name)) && isWanted('codex');

eachCodexTestStartsWith();

/** The last command of that verb that a document shows, in a line of its own or between backquotes. */
const shown = (document: string, name: string, verb: string) =>
  [...document.matchAll(new RegExp(`(?:^ *|\`)(?:\\S*/)?(${name} ${verb}(?= |\`|$)[^\`\\n]*)`, 'gm'))]
    .at(-1)?.[1]
    ?.trim() ?? `echo no ${verb}`;

const filled = (command: string, values: Readonly<Record<string, string>>) =>
  Object.entries(values).reduce((text, [word, value]) => text.replaceAll(word, value), command.replace(/ +# .*/, ''));

for (const place of ['without a bridge', 'beside a bridge'] as const) {
  test.runIf(isThere('coms_join.md'))(
    `codex joins, sends, posts and reads as tmux-agent-comms says, ${place}`,
    async () => {
      const bob = await recording('bob');
      if (place === 'beside a bridge') await startWatching();
      expect(await comms(['register', '--project', 'shop', '--session', 'bob'])).toMatchObject({ code: 0 });
      let document = '';
      const does = (verb: string, values: Readonly<Record<string, string>>) =>
        filled(shown(document, 'agent_comms', verb), { PROJECT: 'shop', '<member>': 'bob', ...values });
      decides([
        () => `cat ${join(published, 'coms_join.md')}`,
        (printed) => {
          document = printed;
          return does('register', {
            '<your-name>': 'reviewer',
            '<your-model>': 'scripted',
            "<what you're good at>": 'reviews',
          });
        },
        () => does('roster', {}),
        () => does('send', { '...': 'a line; C-c' }),
        () => does('post', { 'your message': '404 or 410?' }),
        () => 'agent_comms read shop',
      ]);
      const agent = await codex();
      await agent.type(`Read ${join(published, 'coms_join.md')} and do what it says: the project is shop.`);
      await agent.waitForScreen(/All of it is done\./, 120_000);
      const results = agent.calls().flatMap(({ toolResult }) => toolResult ?? []);
      expect(results.join('\n')).toMatch(
        /registered: reviewer in project 'shop' \(session=codex\)[\s\S]*delivered: reviewer -> bob \(bob\)[\s\S]*doorbell 1\/1 \(project\)[\s\S]*404 or 410\?/,
      );
      expect(bob()).toEqual([
        expect.stringMatching(/^«agent-msg» reviewer \(scripted, reviews\) joined project 'shop'/),
        expect.stringMatching(/^«agent-msg» from=reviewer \d\d:\d\dZ \| a line; C-c$/),
        `«agent-msg» reviewer posted in shop.md — review it (${kept('threads/shop.md')})`,
      ]);
    },
  );

  test.runIf(isThere('SKILL.md'))(
    `codex labels itself, reads, writes and presses Enter as smux's skill says, ${place}`,
    async () => {
      const bob = await recording('bob');
      if (place === 'beside a bridge') await startWatching();
      await tmux.run('set-option', '-p', '-t', '=bob:', '@name', 'bob');
      let document = '';
      // of the example only who it is and what is said are another
      const does = (verb: string) =>
        filled(shown(document, 'tmux-bridge', verb), verb === 'name' ? { claude: 'reviewer' } : { codex: 'bob' });
      const reading = () =>
        filled(/^tmux-bridge read codex 20/m.exec(document)?.[0] ?? 'echo no read', { codex: 'bob' });
      decides([
        () => `cat ${join(published, 'SKILL.md')}`,
        (printed) => {
          document = printed.slice(printed.indexOf('Label yourself'), printed.indexOf('Example Conversation'));
          return does('name');
        },
        () => does('list'),
        reading,
        () => does('message'),
        reading,
        () => does('keys'),
      ]);
      const agent = await codex();
      await agent.type(`Read ${join(published, 'SKILL.md')} and write to the agent that is labelled bob.`);
      await agent.waitForScreen(/All of it is done\./, 120_000);
      expect(bob()).toEqual([
        expect.stringMatching(
          new RegExp(`^\\[tmux-bridge from:reviewer pane:${agent.paneId} at:codex:\\d+\\.\\d+ .*\\] Please `),
        ),
      ]);
    },
  );
}
