import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { makeWork, program, run } from './bridge-process.ts';
import { eachTestStartsWith, home, startWatching, tmux } from './live-fixture.ts';

eachTestStartsWith({ yaml: 'mode: manual\n' });

const here = () => ({ cwd: join(tmux.folder, 'project'), env: { BRIDGE_HOME: home } });
const bridge = (...words: string[]) => run(tmux, words, here());

/** A repository with a history, in which a worker was started. */
async function startedWorker(): Promise<string> {
  const project = makeWork(tmux, 'project');
  execFileSync('git', ['init', '-q', project]);
  const started = await bridge('start', 'worker', '--tmux-socket', tmux.socketPath, '--no-codex', '--no-attach');
  expect(started).toMatchObject({ code: 0 });
  return started.stdout;
}

const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((name) => !name.startsWith('.git/'))
    .sort();

test('start worker says what it wrote and how to keep that out of git, and --undo takes back what is unchanged', async () => {
  const said = await startedWorker();
  const project = join(tmux.folder, 'project');
  for (const file of filesIn(project)) expect(said).toContain(file);
  const ignoring = /to keep that out of git: (.*)/.exec(said)![1]!;
  execFileSync('sh', ['-c', ignoring], { cwd: project });
  expect(execFileSync('git', ['status', '--porcelain', '-uall'], { cwd: project, encoding: 'utf8' })).toBe(
    '?? .gitignore\n',
  );
  const again = await bridge('start', 'worker', '--tmux-socket', tmux.socketPath, '--no-codex', '--no-attach');
  expect(again.stdout).not.toContain('to keep that out of git');

  const changed = filesIn(project).find((name) => name.startsWith('.claude/'))!;
  writeFileSync(join(project, changed), 'my own words\n');
  writeFileSync(join(project, '.codex', 'mine.txt'), '');
  const undone = await bridge('start', 'worker', '--undo');
  expect(undone).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`left ${join(project, changed)}: it was changed since`),
  });
  expect(filesIn(project)).toEqual([changed, '.codex/mine.txt', '.gitignore']);
  expect((await bridge('start', 'worker', '--undo')).stdout).toBe('nothing of bridge is in this repository\n');
  // what runs there is nobody's to end
  expect(await tmux.run('list-sessions', '-F', '#{session_name}')).toBe('macs\n');
});

test('a file that a link leads to, or that no launcher writes, is not taken back, whatever the record says', async () => {
  await startedWorker();
  const project = join(tmux.folder, 'project');
  const elsewhere = join(tmux.folder, 'elsewhere');
  const skill = join(project, '.codex', 'skills', 'worker');
  mkdirSync(elsewhere);
  for (const name of readdirSync(skill)) writeFileSync(join(elsewhere, name), readFileSync(join(skill, name)));
  rmSync(skill, { recursive: true });
  symlinkSync(elsewhere, skill);
  writeFileSync(join(project, 'mine.txt'), 'mine');
  const record = join(home, 'installed.json');
  const known = JSON.parse(readFileSync(record, 'utf8')) as Record<string, Record<string, string>>;
  const digest = execFileSync('sha256sum', [join(project, 'mine.txt')], { encoding: 'utf8' }).split(' ')[0]!;
  for (const files of Object.values(known))
    Object.assign(files, { 'mine.txt': digest, '../elsewhere/SKILL.md': digest });
  writeFileSync(record, JSON.stringify(known));
  expect((await bridge('start', 'worker', '--undo')).stdout).toContain('it is a link, or reached through one');
  expect(filesIn(elsewhere)).not.toEqual([]);
  expect(existsSync(join(project, 'mine.txt'))).toBe(true);
});

const settings = '{\n  "model": "opus", // mine\n  "hooks": {}\n}\n';

/** Everything that bridge can install, in the folder of this test's user. */
async function installed(): Promise<void> {
  await startedWorker();
  mkdirSync(join(tmux.folder, '.claude'), { recursive: true });
  writeFileSync(join(tmux.folder, '.claude', 'settings.json'), settings);
  expect(await bridge('hooks', 'install', 'claude')).toMatchObject({ code: 0 });
  for (const [folder, name, ...words] of [
    ['.local/share/bash-completion/completions', 'bridge', 'completion', 'bash'],
    ['.local/share/man/man1', 'bridge.1', 'man'],
  ] as const) {
    mkdirSync(join(tmux.folder, folder), { recursive: true });
    writeFileSync(join(tmux.folder, folder, name), (await bridge(...words)).stdout);
  }
  mkdirSync(join(tmux.folder, '.config/fish/completions'), { recursive: true });
  writeFileSync(join(tmux.folder, '.config/fish/completions/bridge.fish'), '# my own\n');
}

test('uninstall refuses beside a bridge, only says what it would remove where nobody can be asked, and with --yes leaves what was changed', async () => {
  await installed();
  const watching = await startWatching();
  expect(await bridge('uninstall', '--yes')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/a bridge runs \(pid \d+\)\n +`bridge stop` ends it/),
  });
  await watching.stop();
  const before = filesIn(tmux.folder).filter((name) => !name.startsWith('home/'));
  const said = await bridge('uninstall', '--state');
  expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining('nothing was removed; --yes removes it') });
  expect(said.stdout).toMatch(/^would remove hooks of claude: .*settings\.json$/m);
  expect(said.stdout).toMatch(/^would remove the state directory: /m);
  expect(filesIn(tmux.folder).filter((name) => !name.startsWith('home/'))).toEqual(before);

  writeFileSync(join(home, 'my-notes.txt'), 'mine');
  const done = await bridge('uninstall', '--state', '--yes');
  expect(done).toMatchObject({ code: 0, stderr: '' });
  expect(readFileSync(join(tmux.folder, '.claude', 'settings.json'), 'utf8')).toBe(settings);
  expect(filesIn(join(tmux.folder, 'project'))).toEqual([]);
  expect(filesIn(home)).toEqual(['my-notes.txt']);
  expect(done.stdout).toMatch(/^left .*bridge\.fish: it was changed, or printed by another version$/m);
  expect(done.stdout).toMatch(/^left .*my-notes\.txt: it is not bridge's$/m);
  expect(existsSync(join(tmux.folder, '.local/share/man/man1/bridge.1'))).toBe(false);
  expect(await bridge('uninstall')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('nothing that bridge installed'),
  });
});

test('on a terminal it asks, and does what is answered', async () => {
  await installed();
  const settingsNow = () => readFileSync(join(tmux.folder, '.claude', 'settings.json'), 'utf8');
  const asked = async (answer: string) => {
    const words = [process.execPath, program, 'uninstall', '--home', home].map((word) => `'${word}'`).join(' ');
    const command = `HOME='${tmux.folder}' ${words}; echo "ended with $?"; exec sleep 1000`;
    const pane = (await tmux.run('new-window', '-P', '-F', '#{pane_id}', '-t', 'macs', command)).trim();
    const screen = () => tmux.run('capture-pane', '-p', '-t', pane);
    await waitFor('it asks', async () => (await screen()).includes('remove all this? [y/N]'));
    await tmux.run('send-keys', '-t', pane, answer, 'Enter');
    await waitFor('it ends', async () => (await screen()).includes('ended with'));
    return (await screen()).includes('ended with 0');
  };
  expect(await asked('n')).toBe(false);
  expect(settingsNow()).not.toBe(settings);
  expect(await asked('y')).toBe(true);
  expect(settingsNow()).toBe(settings);
  expect(readdirSync(home)).toContain('bridge.yaml');
});

test('update says how this bridge came here and what is to be typed, and does nothing of it', async () => {
  const said = await run(tmux, ['update', '--home', home]);
  expect(said).toMatchObject({ code: 0, stderr: '' });
  expect(said.stdout).toMatch(
    /^bridge \d+\.\d+\.\d+ \(node [\d.]+\): a clone, \/.*\na newer one:\n {2}cd .*\n {2}git pull\n/,
  );
  expect(said.stdout).toContain('nothing was changed');
});
