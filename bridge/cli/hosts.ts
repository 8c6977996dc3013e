import type { Command } from 'commander';
import type { HostView } from '../api/hosts.ts';
import { inWords } from '../core/duration.ts';
import { ExitCode } from '../core/failure.ts';
import { act, withOptions } from './context.ts';
import { registerHostsRun } from './hosts-run.ts';
import { invoke } from './invoke.ts';
import { paint, table } from './output.ts';

const noHost = 'no other host: name one under `hosts:` in the bridge.yaml of the state directory';

export function registerHosts(command: Command): void {
  withOptions(command, 'place').action(
    act(async (context) => {
      const hosts = await invoke(context, 'hosts', {});
      const rows = hosts.map(({ name, ssh, options, socket }) => [name, [...options, ssh].join(' '), socket ?? '']);
      const away = hosts.flatMap(({ name, away }) =>
        away === null ? [] : [`${name} is away for ${inWords(away.forMs)}: ${away.words}`],
      );
      const list = [table([['HOST', 'SSH', 'SOCKET'], ...rows]), ...away].join('\n');
      context.out.result(rows.length === 0 ? noHost : list, hosts);
      return ExitCode.done;
    }),
  );
  const check = command
    .command('check')
    .argument('[name...]', 'which; left out: all')
    .description('look at them over ssh: what works there, and what does not');
  withOptions(check, 'place').action(
    act(async (context, { args: names }) => {
      const hosts = await invoke(context, 'hosts', { check: true, ...(names.length > 0 && { names }) });
      const checked = hosts.map((host) => ({ ...host, findings: findingsOf(host) }));
      const lines = checked.flatMap(({ name, ssh, findings }) => [
        `${name}  ${ssh}`,
        ...findings.flatMap(({ ok, text, nextStep }) => [
          `  ${ok ? paint('green', 'ok ') : paint('red', 'BAD')} ${text.replaceAll('\n', '\n      ')}`,
          ...(nextStep === undefined ? [] : [`      → ${nextStep}`]),
        ]),
      ]);
      context.out.result(hosts.length === 0 ? noHost : lines.join('\n'), hosts);
      return checked.some(({ findings }) => findings.some(({ ok }) => !ok)) ? ExitCode.failed : ExitCode.done;
    }),
  );
  registerHostsRun(command);
}

interface Finding {
  readonly ok: boolean;
  readonly text: string;
  readonly nextStep?: string;
}

/** Two clocks that differ by more may mislead whoever reads both hosts' times; nothing of bridge rests on them. */
const clocksDifferS = 5;
const leastTmux = [3, 2] as const;

function findingsOf({ check, socket }: HostView): Finding[] {
  if (check === undefined) return [];
  if (check.is === 'unreached') return [{ ok: false, text: `ssh: ${check.words}`, nextStep: check.nextStep }];
  const { system, user, tookMs, clockAheadS, tmux, server, noServer, hasProcesses } = check;
  const findings: Finding[] = [{ ok: true, text: `ssh: as ${user} on ${system}, in ${tookMs} ms` }];
  if (clockAheadS !== null && Math.abs(clockAheadS) > clocksDifferS) {
    const how = clockAheadS > 0 ? 'ahead of' : 'behind';
    findings.push({ ok: true, text: `clock: ${Math.abs(clockAheadS)} s ${how} this one's` });
  }
  if (tmux === null) {
    findings.push({ ok: false, text: 'tmux: not there', nextStep: 'install tmux 3.2 or newer there' });
  } else {
    const [major = 0, minor = 0] = tmux.version.match(/\d+/g)?.map(Number) ?? [];
    const isOld = major < leastTmux[0] || (major === leastTmux[0] && minor < leastTmux[1]);
    findings.push({
      ok: !isOld,
      text: `tmux: ${tmux.version || 'it does not say which'} at ${tmux.path}`,
      ...(isOld && { nextStep: 'install tmux 3.2 or newer there' }),
    });
    findings.push(
      server === null
        ? {
            ok: false,
            text: `server: ${noServer ?? 'none answers'}`,
            nextStep:
              socket === null
                ? 'start tmux there, or name its socket in bridge.yaml'
                : `start tmux there: \`tmux -S ${socket}\``,
          }
        : { ok: true, text: `server: ${server.id}, ${server.panes} pane${server.panes === 1 ? '' : 's'}` },
    );
  }
  findings.push(
    hasProcesses
      ? { ok: true, text: 'processes: ps tells what is needed' }
      : {
          ok: false,
          text: 'processes: ps does not tell what is needed',
          nextStep: 'install a ps that takes -axo (procps)',
        },
  );
  return findings;
}
