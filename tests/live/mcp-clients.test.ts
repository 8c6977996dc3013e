import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { mcpClients } from '../../bridge/agent-programs/mcp-clients.ts';
import { makeWork, run } from './bridge-process.ts';
import { eachTestStartsWith, home, tmux } from './live-fixture.ts';

/** `bridge mcp install`, `remove` and `uninstall` with the files of every client. */

eachTestStartsWith({ yaml: 'mode: manual\n' });

const bridge = (...words: string[]) => run(tmux, [...words, '--home', home], { cwd: makeWork(tmux, 'shop') });
const ownFile = ({ own }: (typeof mcpClients)[number]) => join(tmux.folder, own.below, own.files[0]!);
const projectFile = ({ project }: (typeof mcpClients)[number]) => join(tmux.folder, 'shop', project[0]!);

/** What somebody has there, with comments, other servers and an order of his own. */
const mine = ({ key, written }: (typeof mcpClients)[number]) =>
  written === 'toml'
    ? `# mine\nmodel = "x"   # best\n\n[${key}.other]\ncommand = "y"\n\n[tui]\na = true\n`
    : `{\n\t// mine\n\t"theme":"dark",\n\t"${key}": {\n\t\t"other": { "command": "y" }\n\t}\n}\n`;

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o600 });
}

test.each(mcpClients.map((one) => [one.name, one] as const))(
  '%s: --print changes nothing; what is installed is removed, and every other byte stays',
  async (name, client) => {
    const path = ownFile(client);
    const printed = await bridge('mcp', 'install', name, '--print');
    expect(printed).toMatchObject({ code: 0, stdout: expect.stringContaining(client.key) });
    expect(existsSync(path)).toBe(false);
    expect(await bridge('mcp', 'remove', name)).toMatchObject({
      code: 0,
      stdout: `${name} starts nothing of bridge\n`,
    });

    // a file of our own comes and goes, for the person and for a project
    for (const [flag, file] of [
      ['--global', path],
      ['--project', projectFile(client)],
    ] as const) {
      expect((await bridge('mcp', 'install', name, flag)).stdout).toContain(`installed: ${file}\n`);
      if (flag === '--global') expect(readFileSync(file, 'utf8').trim()).toBe(printed.stdout.trim());
      expect((await bridge('mcp', 'remove', name, flag)).stdout).toContain('nothing was left of it');
      expect(existsSync(file)).toBe(false);
    }

    // one that was there stays as it was
    put(path, mine(client));
    await bridge('mcp', 'install', name, '--print');
    expect(readFileSync(path, 'utf8')).toBe(mine(client));
    await bridge('mcp', 'install', name);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain('main.js');
    for (const line of mine(client).split('\n')) expect(text).toContain(line.replace(/ \}$/, ''));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((await bridge('mcp', 'install', name)).stdout).toContain('already');
    expect(await bridge('mcp', 'remove', name)).toMatchObject({ code: 0, stdout: `removed: ${path}\n` });
    expect(readFileSync(path, 'utf8')).toBe(mine(client));
  },
);

test('uninstall takes the server out of the files of all clients, and of noted projects, byte for byte', async () => {
  const shared = join(tmux.folder, 'dotfiles', 'claude.json');
  for (const client of mcpClients) {
    if (client.name === 'claude') {
      // as people keep them under version control
      put(shared, mine(client));
      symlinkSync(shared, ownFile(client));
    } else if (client.name !== 'qwen') put(ownFile(client), mine(client));
    if (client.name !== 'gemini') put(projectFile(client), mine(client));
    for (const flag of ['--global', '--project'])
      expect(await bridge('mcp', 'install', client.name, flag)).toMatchObject({ code: 0 });
  }
  const said = await bridge('uninstall', '--json');
  const { removals } = JSON.parse(said.stdout) as { removals: Array<{ what: string; path: string }> };
  for (const client of mcpClients)
    expect(removals.filter(({ what }) => what === `MCP server of ${client.name}`)).toHaveLength(2);
  expect(await bridge('uninstall', '--yes')).toMatchObject({ code: 0, stderr: '' });
  for (const client of mcpClients) {
    if (client.name === 'qwen') expect(existsSync(ownFile(client))).toBe(false);
    else expect([client.name, readFileSync(ownFile(client), 'utf8')]).toEqual([client.name, mine(client)]);
    if (client.name === 'gemini') expect(existsSync(projectFile(client))).toBe(false);
    else expect([client.name, readFileSync(projectFile(client), 'utf8')]).toEqual([client.name, mine(client)]);
  }
  expect((await bridge('uninstall')).stdout).not.toContain('MCP server');
});
