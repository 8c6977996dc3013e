import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AgentProgram } from '../../bridge/agent-programs/agent-program.ts';
import {
  agentPrograms,
  controllers,
  hookable,
  launchable,
  processNames,
  programNamed,
  programOf,
  withNativeInput,
} from '../../bridge/agent-programs/index.ts';
import type { NativeInputIo } from '../../bridge/agent-programs/native-input.ts';
import { isReady } from '../../bridge/core/reading.ts';
import { systemClock } from '../../bridge/host/clock.ts';
import { programName } from '../../bridge/host/program-names.ts';
import { workerCommand } from '../../bridge/launch/agent-command.ts';
import { guardOff } from '../../bridge/launch/guard-off.ts';
import { hookTargetOf } from '../../bridge/launch/hooks/hook-target.ts';
import { carryOut, type HooksEnvironment, planInstall, planRemove } from '../../bridge/launch/hooks/hooks.ts';
import { still } from '../../bridge/recordings/recording.ts';
import { allRecorded, snapshotOfRecorded } from '../screen/snapshots.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-contract-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const named = <Program extends AgentProgram>(programs: readonly Program[]) =>
  programs.map((program) => [program.name, program] as const);

/** Every pattern of a composer that is matched by tmux itself, in the step that pastes or presses. */
const forTmux = ({ composer }: AgentProgram) => [...composer.dialogTitles, ...composer.dialogWords];

test('names are unique, and so are the names of processes and of native inputs', () => {
  const inputs = withNativeInput.map(({ nativeInput }) => nativeInput!.name);
  for (const names of [agentPrograms.map(({ name }) => name), agentPrograms.flatMap((one) => one.programs), inputs])
    expect(names).toEqual([...new Set(names)]);
});

describe.each(named(agentPrograms))('%s', (name, program) => {
  test('is found by each of its process names, as a program and as a script', () => {
    for (const process of program.programs) {
      expect(programOf(process).name).toBe(name);
      expect(programName([`/usr/bin/${process}`], process, processNames)).toMatchObject({
        name: process,
        kind: 'agent',
      });
      const script = programName(['/usr/bin/node', `/opt/bin/${process}.js`], 'node', processNames);
      expect(script).toMatchObject({ name: process, kind: 'agent' });
    }
    if (name !== 'unknown') expect(programNamed(name)).toBe(program);
  });

  test('reads any screen as itself, and an empty one never as ready', () => {
    for (const screen of allRecorded.filter(({ agent }) => agent === name).slice(0, 3))
      expect(programOf(null, { agent: name }).screen.read(snapshotOfRecorded(screen), still).agent).toBe(name);
    const steps = program.screen.quietStepsMs;
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
  });

  test('has patterns that JavaScript and, where tmux matches them, extended regular expressions understand', () => {
    const { longPasteMarkers, commandOpenings, commandEndings, references } = program.composer;
    const ours = [
      ...longPasteMarkers,
      ...[...commandOpenings, ...commandEndings, ...references].map((one) => one.pattern),
    ];
    for (const pattern of [...ours, ...forTmux(program)]) expect(() => new RegExp(pattern, 'u')).not.toThrow();
    for (const pattern of forTmux(program)) {
      // as tmux compiles it: 1 is no match, 2 no expression
      expect([pattern, spawnSync('grep', ['-E', '-e', pattern], { input: 'nothing\n' }).status]).toEqual([pattern, 1]);
      expect(pattern.length).toBeLessThan(200);
    }
  });

  test('was seen live with versions of which a screen is recorded', () => {
    const recorded = new Set(allRecorded.filter(({ agent }) => agent === name).map(({ version }) => version));
    expect(program.seenWith.filter((version) => !recorded.has(version))).toEqual([]);
  });

  test('takes a command back with a key that was seen to empty its composer', () => {
    const cleared = allRecorded.filter(({ agent, state }) => agent === name && state === 'draft_cleared');
    if (program.composer.commands?.erase === undefined) return;
    expect(cleared.map(({ note }) => note).filter((note) => note?.includes('Ctrl-U'))).not.toEqual([]);
  });

  test('has facts of its screen that a recorded screen of it does not match', () => {
    const { facts } = program.screen;
    if (facts === undefined || program.seenWith.length === 0) return;
    const rows = allRecorded
      .filter(({ agent }) => agent === name)
      .map((screen) => snapshotOfRecorded(screen).rows.map(({ text }) => text.trimEnd()));
    const patterns = [...(facts.busy?.status ?? []), ...facts.dialogs.map(({ top }) => top)];
    const always = patterns.filter((source) => {
      const pattern = new RegExp(source, 'u');
      return rows.every((screen) => screen.some((row) => pattern.test(row)));
    });
    expect(always).toEqual([]);
  });
});

/** Signs by which a program's composer is known; a version that draws them otherwise must not be typed into. */
const signsOf = ({ screen: { facts } }: AgentProgram) =>
  [facts?.composer.top, facts?.composer.bottom, facts?.composer.footer].filter((sign) => sign !== undefined);

test.each(named(agentPrograms).filter(([, program]) => program.seenWith.length > 0 && signsOf(program).length > 0))(
  'where a sign of %s’s composer has vanished, nothing of it is ready',
  (name, program) => {
    const screens = allRecorded.filter(({ agent, state }) => agent === name && /^(?:idle|finished)/.test(state));
    const ready = screens.map(snapshotOfRecorded).filter((one) => isReady(program.screen.read(one, still)));
    expect(ready.length).toBeGreaterThan(3);
    for (const sign of signsOf(program)) {
      const pattern = new RegExp(sign, 'u');
      for (const snapshot of ready) {
        const rows = snapshot.rows.map((row) => (pattern.test(row.text.trimEnd()) ? { ...row, text: '' } : row));
        expect(isReady(program.screen.read({ ...snapshot, rows }, still))).toBe(false);
      }
    }
  },
);

describe.each(named(launchable))('%s, launched', (name, { launch }) => {
  const environment = () => ({ env: { PATH: folder }, cwd: folder, now: () => 0 });

  test('is guarded unless --yolo, and named as it is found on PATH', () => {
    writeFileSync(join(folder, launch.executable), '#!/bin/sh\n', { mode: 0o755 });
    const start = (yolo: boolean) => workerCommand({ agent: name, command: null, yolo, args: [] }, environment());
    if (launch.guarded === null) expect(() => start(false)).toThrow(/acts unasked/);
    else expect(guardOff(start(false).argv)).toBeNull();
    if (launch.yolo === null) expect(() => start(true)).toThrow(/no word/);
    else expect(start(true).argv[0]).toBe(launch.executable);
    expect(launch.install).toMatch(/install/);
  });
});

describe.each(named(hookable))('%s, hooked', (name, program) => {
  // of an empty object nobody can tell whether it was there before
  const json = [
    '{\n  "mine": [1, 2],\n  "hooks": { "Mine": [] }\n}\n',
    '{"mine":true}',
    '{\r\n\t"mine": "x"\r\n}\r\n',
    '{ "hooks": {"Stop": [{"hooks": [{"type": "command", "command": "chime"}]}]} }',
  ];
  const toml = ['mine = [1, 2]\n', '[mine]\r\na = "x"\r\n', '[[hooks]]\nevent = "Stop"\ncommand = "chime"\n'];
  const inputs = hookTargetOf(name).settings.file.endsWith('.toml') ? toml : json;

  test.each(inputs)('hooks that are installed and removed leave the file byte for byte: %j', (before) => {
    const { folder: place, settings, signals } = hookTargetOf(name);
    const home = join(folder, place.name);
    mkdirSync(home);
    const file = join(home, settings.file);
    writeFileSync(file, before);
    const environment: HooksEnvironment = {
      env: {},
      userFolder: folder,
      program: { node: '/usr/bin/node', script: '/opt/signal-program.js', home: join(folder, '.bridge') },
      config: null,
    };
    carryOut(planInstall(hookTargetOf(name), environment));
    const installed = readFileSync(file, 'utf8');
    for (const event of settings.events) expect(installed).toContain(`"${event}"`);
    carryOut(planRemove(hookTargetOf(name), environment));
    expect(readFileSync(file, 'utf8')).toBe(before);
    const meanings = [...Object.keys(signals.events), signals.notices?.event];
    expect(settings.events.filter((event) => !meanings.includes(event))).toEqual([]);
    expect(existsSync(join(home, program.name))).toBe(false);
  });
});

describe.each(named(withNativeInput))('%s, given text natively', (_, { nativeInput }) => {
  const fail = () => {
    throw new Error('nothing may be touched');
  };
  const io: NativeInputIo = { startJsonRpc: fail, postJson: fail, appendLine: fail };
  const find = (program: Parameters<NonNullable<typeof nativeInput>['find']>[0]['program']) =>
    nativeInput!.find({ program, others: () => [], tcp: () => [], clock: systemClock, io });

  test('refuses, with a reason, what it cannot prove, and touches nothing', () => {
    const bare = { pid: 10, argv: ['x'], cwd: '/', executable: '/bin/x', open: [] };
    for (const program of [[], [bare], [{ ...bare, cwd: null, executable: null, open: ['/dev/null', 'socket:[1]'] }]])
      expect(find(program)).toEqual({ refused: expect.stringMatching(/\S/) });
  });
});

describe.each(named(controllers))('%s, asked as a controller', (_, { controller, launch }) => {
  const run = {
    model: 'm',
    extraArgs: ['--mine'],
    isolated: false,
    repository: '/work',
    answerFile: '/tmp/answer',
    remember: false,
    session: null,
    surveyed: [],
  };

  test('is read-only, and takes no argument that would change that', () => {
    for (const isolated of [false, true]) expect(guardOff(controller.args({ ...run, isolated }))).toBeNull();
    expect(launch.yolo!.some((word) => controller.forbidden.test(word))).toBe(true);
    expect(controller.forbidden.test('--mine')).toBe(false);
    expect(controller.args(run)).toEqual(expect.arrayContaining(['--mine', 'm']));
  });
});
