import type { Command } from 'commander';
import { auditHome, repairHome } from '../app/audit.ts';
import { ExitCode } from '../core/failure.ts';
import { type Finding, findingKinds, isNote } from '../core/finding.ts';
import { act, withOptions } from './context.ts';
import { paint } from './output.ts';

export function registerVerify(command: Command): void {
  command.option(
    '--repair',
    'put right what is only a view: pages of the mailbox and of threads, the log of mail, half-written files, permissions',
  );
  command.addHelpText(
    'after',
    `
Exit code 0: nothing found; 1: something was (notes do not count); 64: no such state directory. A bridge may run beside it.
`,
  );
  withOptions(command, 'place').action(
    act(async ({ config, out }, command) => {
      const repair = command.opts<{ repair?: true }>().repair === true;
      const now = Date.now();
      const result = repair
        ? await repairHome(config.home, now)
        : { ...auditHome(config.home, now), repaired: [] as readonly Finding[] };
      const found = result.findings.filter((finding) => !isNote(finding));
      const notes = result.findings.filter(isNote);
      const { requests, deliveries, events, archived } = result.counts;
      const lines = [
        ...result.repaired.map((finding) => `${paint('green', 'repaired')}  ${finding.target}: ${finding.what}`),
        ...found.flatMap((finding) => tell(paint('red', finding.kind), finding)),
        ...notes.flatMap((finding) => tell(paint('yellow', finding.kind), finding)),
        `${config.home}: ${requests} requests, ${deliveries} deliveries, ${events} events, ${archived} archived; ${
          found.length === 0 ? 'OK, no problems found' : `${found.length} found`
        }`,
      ];
      const told = ({ kind, target, what }: Finding) => ({ kind, target, what, ...findingKinds[kind] });
      out.result(lines.join('\n'), {
        home: result.home,
        counts: result.counts,
        findings: found.map(told),
        notes: notes.map(told),
        repaired: result.repaired.map(told),
      });
      return found.length === 0 ? ExitCode.done : ExitCode.failed;
    }),
  );
}

function tell(name: string, { kind, target, what }: Finding): string[] {
  const { matters, nextStep } = findingKinds[kind];
  return [`${name}  ${target}: ${what}`, `    why  ${matters}`, `    do   ${nextStep}`];
}
