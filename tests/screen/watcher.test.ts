import { describe, expect, test } from 'vitest';
import type { AgentProgram } from '../../bridge/agent-programs/agent-program.ts';
import { codex } from '../../bridge/agent-programs/codex/index.ts';
import { generic } from '../../bridge/agent-programs/generic.ts';
import type { ScreenEvent } from '../../bridge/core/events.ts';
import type { Snapshot } from '../../bridge/core/pane.ts';
import { Activity } from '../../bridge/screen/activity.ts';
import type { HookStateNow } from '../../bridge/screen/hook-state.ts';
import { PaneWatcher } from '../../bridge/screen/watcher.ts';
import { FakeClock } from './fake-clock.ts';
import { snapshotOf } from './snapshots.ts';

/** A pane whose screen the test sets, and a watcher on it. */
class Scene {
  readonly clock = new FakeClock();
  readonly events: ScreenEvent[] = [];
  captures = 0;
  inFlight = 0;
  mostInFlight = 0;
  lines: string[] = ['> '];
  title = '';
  agentPid: number | null = 3;
  latencyMs = 1;
  fault: Error | null = null;
  onEvent: (event: ScreenEvent) => void = () => {};
  hookState: HookStateNow | undefined;
  watcher: PaneWatcher;
  activity!: Activity;
  readonly #program: AgentProgram;

  constructor(program = generic) {
    this.#program = program;
    this.watcher = this.watch(null);
  }

  watch(memory: ReturnType<PaneWatcher['memory']> | null): PaneWatcher {
    const capture = async (): Promise<Snapshot | null> => {
      this.captures++;
      this.inFlight++;
      this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
      const at = this.clock.now();
      const snapshot = snapshotOf(this.lines, {
        at,
        title: this.title,
        cursorX: 2,
        cursorY: this.lines.length - 1,
        foreground: 'program',
      });
      const { agentPid } = this;
      await new Promise<void>((resolve) => this.clock.after(this.latencyMs, resolve));
      this.inFlight--;
      if (this.fault) throw this.fault;
      activity.saw(snapshot, this.clock.now());
      return { ...snapshot, identity: { ...snapshot.identity, agentPid } };
    };
    const activity = new Activity(this.clock.now());
    this.activity = activity;
    this.watcher = new PaneWatcher({
      capture,
      activity: () => activity,
      motion: () => ({
        quietForMs: activity.quietForMs(this.clock.now()),
        signals: { ...activity.signals, ...(this.hookState === undefined ? {} : { hookState: this.hookState }) },
      }),
      reasons: { heuristic: true, lines: 20, stuckMs: 0 },
      clock: this.clock,
      reader: this.#program.screen,
      memory,
      on: (event) => {
        this.events.push(event);
        this.onEvent(event);
      },
    });
    return this.watcher;
  }

  draw(lines: string[], bytes = 'something'): void {
    this.lines = lines;
    this.watcher.noticeOutput(this.activity.received(Buffer.from(bytes), this.clock.now()));
  }

  told(type: ScreenEvent['type']): ScreenEvent[] {
    return this.events.filter((event) => event.type === type);
  }
}

const request = ['> go', '<<CONTROLLER_REQUEST>>', 'which?', '<<CONTROLLER_REQUEST_END>>', '> '];

test('that another agent is there is told, be the screen as it was', async () => {
  const scene = new Scene();
  scene.watcher.check();
  await scene.clock.pass(5_000);
  const before = scene.told('reading').length;
  scene.watcher.check();
  await scene.clock.pass(5_000);
  expect(scene.told('reading')).toHaveLength(before);
  scene.agentPid = null;
  scene.watcher.check();
  await scene.clock.pass(5_000);
  expect(scene.told('reading').slice(before)).toMatchObject([{ snapshot: { identity: { agentPid: null } } }]);
});

describe('when it looks', () => {
  test('never while nothing moves', async () => {
    const still = new Scene();
    still.watcher.check();
    await still.clock.pass(5000);
    const captures = still.captures;
    await still.clock.pass(600_000);
    expect(still.captures).toBe(captures);
    expect(captures).toBeLessThanOrEqual(2);
    expect(still.clock.pending).toBe(0);
  });

  test('at once when an END goes by, though it came in pieces with escapes between', async () => {
    const scene = new Scene();
    await scene.clock.pass(1000);
    scene.draw(request, '<<CONTROLLER_REQ');
    scene.draw(request, 'UEST_\x1b[3');
    scene.draw(request, '1mEND\x1b[0m>');
    expect(scene.captures).toBe(0);
    scene.draw(request, '>');
    expect(scene.captures).toBe(1);
    await scene.clock.pass(2);
    expect(scene.told('request-seen')).toHaveLength(1);
    await scene.clock.pass(60);
    expect(scene.told('request-confirmed')).toHaveLength(1);
  });

  test('a few times a second at most while a pane draws without end, one capture at a time', async () => {
    const scene = new Scene();
    scene.latencyMs = 30;
    for (let i = 0; i < 400; i++) {
      scene.draw([`line ${i}`, '> '], `line ${i}`);
      await scene.clock.pass(25);
    }
    expect(scene.mostInFlight).toBe(1);
    expect(scene.captures).toBeLessThan(60);
    expect(scene.captures).toBeGreaterThan(20);
  });

  test('one capture at a time, however long it takes', async () => {
    const scene = new Scene();
    scene.latencyMs = 400;
    for (let i = 0; i < 100; i++) {
      scene.draw(request, request.join('\r\n'));
      await scene.clock.pass(25);
    }
    await scene.clock.pass(2000);
    expect(scene.mostInFlight).toBe(1);
    expect(scene.told('request-confirmed')).toHaveLength(1);
  });

  test('a second END soon after the first is looked at as soon', async () => {
    const scene = new Scene();
    scene.draw(request, '<<CONTROLLER_REQUEST_END>>');
    await scene.clock.pass(5);
    const more = [...request.slice(0, 4), '<<CONTROLLER_REQUEST>>', 'and?', '<<CONTROLLER_REQUEST_END>>', '> '];
    scene.draw(more, '<<CONTROLLER_REQUEST_END>>');
    await scene.clock.pass(20);
    expect(scene.told('request-seen')).toHaveLength(2);
  });

  test('a block redrawn whole ten times a second is captured no more often than it is redrawn', async () => {
    const scene = new Scene();
    for (let i = 0; i < 100; i++) {
      scene.draw(request, request.join('\r\n'));
      await scene.clock.pass(100);
    }
    expect(scene.captures).toBeLessThan(210);
    expect([scene.told('request-seen').length, scene.told('request-confirmed').length]).toEqual([1, 1]);
  });

  test('at the latest 250 ms after a ring, and until two captures are equal', async () => {
    const scene = new Scene();
    scene.draw(['> a', 'words', '> ']);
    scene.draw(['> a', 'words', 'more words', '> ']);
    await scene.clock.pass(251);
    expect(scene.captures).toBeGreaterThanOrEqual(1);
    const last = scene.told('reading').at(-1);
    expect(last).toMatchObject({ reading: { turn: { words: ['words', 'more words'] } } });
  });

  test('a poke looks only when the last look is old', async () => {
    const scene = new Scene();
    scene.watcher.check();
    await scene.clock.pass(600);
    const { captures } = scene;
    scene.watcher.check();
    await scene.clock.pass(100);
    expect(scene.captures).toBe(captures);
    await scene.clock.pass(1000);
    scene.watcher.check();
    await scene.clock.pass(100);
    expect(scene.captures).toBe(captures + 1);
  });
});

describe('what it tells', () => {
  test('a quiet generic program becomes idle by the clock, without another capture', async () => {
    const scene = new Scene();
    scene.draw(['> a', 'done', '> ']);
    await scene.clock.pass(550);
    const { captures } = scene;
    expect(scene.told('reading').at(-1)).toMatchObject({ reading: { state: 'busy' } });
    await scene.clock.pass(200);
    expect(scene.told('reading').at(-1)).toMatchObject({ reading: { state: 'idle' } });
    expect(scene.captures).toBe(captures);
  });

  test('codex’s own signals reach the reading', async () => {
    const scene = new Scene(codex);
    scene.draw(
      ['› Ask Codex to do anything', '', '  model · /home/ada/work'],
      '\x1b]7501;state=working:app=codex\x1b\\',
    );
    await scene.clock.pass(300);
    expect(scene.told('reading').at(-1)).toMatchObject({ reading: { state: 'busy' } });
  });

  test.each([
    [undefined, ['question']],
    ['The prompt reads:\n\n```\nOverwrite the file?\n```', []],
  ])('an ended turn is judged by the message that its agent told, where it told one: %j', async (said, kinds) => {
    const scene = new Scene(codex);
    const composer = ['› Ask Codex to do anything'];
    scene.draw(['› go', '', ...composer], '\x1b]7501;state=working:app=codex\x1b\\');
    await scene.clock.pass(1_000);
    if (said !== undefined) scene.hookState = { kind: 'turn-ended', agoMs: 10, said };
    const words = ['• The prompt reads:', '  Overwrite the file?'];
    scene.draw(['› go', '', ...words, '', ...composer], '\x1b]7501;state=done:app=codex\x1b\\');
    await scene.clock.pass(5_000);
    expect(scene.told('detected').map((event) => 'detection' in event && event.detection.kind)).toEqual(kinds);
  });

  test('what the agent said of itself before bytes of it were missed counts no more: it may have been taken back', async () => {
    const scene = new Scene(codex);
    const idle = ['› Ask Codex to do anything', '', '  model · /home/ada/work'];
    scene.draw(idle, '\x1b]7501;state=working:app=codex\x1b\\');
    await scene.clock.pass(5_000);
    expect(scene.told('reading').at(-1)).toMatchObject({ reading: { state: 'busy' } });
    scene.activity.missed();
    scene.draw(idle);
    await scene.clock.pass(5_000);
    expect(scene.told('reading').at(-1)).not.toMatchObject({ reading: { state: 'busy' } });
  });

  test('a failed look is told, and the next ring looks again', async () => {
    const scene = new Scene();
    scene.fault = new Error('the client is gone');
    scene.draw(request);
    await scene.clock.pass(300);
    expect(scene.told('unseen')[0]).toMatchObject({ reason: 'the client is gone' });
    scene.fault = null;
    scene.draw(request);
    await scene.clock.pass(600);
    expect(scene.told('request-confirmed')).toHaveLength(1);
  });

  test('a spinner that redraws lines with "done" and "?" for twenty seconds raises nothing', async () => {
    const scene = new Scene();
    for (let i = 0; i < 200; i++) {
      scene.draw(
        ['> go', `${'|/-\\'[i % 4]} task ${i} done, is it complete?`, `Question ${i}: 0 failed, 12 completed?`],
        '\rdone?',
      );
      await scene.clock.pass(100);
    }
    expect(scene.events.filter(({ type }) => type !== 'reading' && type !== 'turn-began')).toEqual([]);
  });

  test('nothing after close, and no timer is left', async () => {
    const scene = new Scene();
    scene.draw(request, '<<CONTROLLER_REQUEST_END>>');
    scene.watcher.close();
    await scene.clock.pass(5000);
    scene.draw(request, '<<CONTROLLER_REQUEST_END>>');
    scene.watcher.check();
    await scene.clock.pass(5000);
    expect(scene.events).toEqual([]);
    expect(scene.clock.pending).toBe(0);
  });

  test('what its memory knows is not told again by the next watcher; what was drawn meanwhile is', async () => {
    const scene = new Scene();
    scene.draw(request);
    await scene.clock.pass(2000);
    const memory = JSON.parse(JSON.stringify(scene.watcher.memory()));
    scene.watcher.close();
    scene.events.length = 0;
    scene.watch(memory).check();
    await scene.clock.pass(2000);
    expect(scene.events.map(({ type }) => type)).not.toContain('request-seen');
    scene.watcher.close();
    scene.lines = [...request.slice(0, 4), '<<CONTROLLER_REQUEST>>', 'and this?', '<<CONTROLLER_REQUEST_END>>', '> '];
    scene.watch(memory).check();
    await scene.clock.pass(2000);
    expect(scene.told('request-confirmed')).toMatchObject([{ detection: { text: 'and this?' } }]);
  });

  test('the memory at each event holds that event and nothing later', async () => {
    const scene = new Scene();
    const sizes: number[] = [];
    const { watcher } = scene;
    const push = scene.events.push.bind(scene.events);
    scene.events.push = (...events) => {
      if (events[0]?.type === 'request-seen') sizes.push(watcher.memory().raised.length);
      return push(...events);
    };
    scene.draw(['> go', ...request.slice(1, 4), '<<CONTROLLER_REQUEST>>', 'b?', '<<CONTROLLER_REQUEST_END>>', '> ']);
    await scene.clock.pass(1000);
    expect(sizes).toEqual([1, 2]);
  });
});

test('an acknowledged input with the same words on the screen makes the next request a new one', async () => {
  const scene = new Scene();
  scene.draw(['> go', '> go', ...request.slice(1)]);
  await scene.clock.pass(2000);
  scene.watcher.noteInput('go', { typedAt: scene.clock.now(), echoed: true });
  scene.draw(['> go', '> go', ...request.slice(1)]);
  await scene.clock.pass(2000);
  const turns = scene
    .told('request-confirmed')
    .map((event) => (event.type === 'request-confirmed' ? event.turn.number : 0));
  expect(turns).toHaveLength(2);
  expect(turns[1]).toBe(turns[0]! + 1);
});

describe('a synchronized update', () => {
  const torn = ['> go', '<<CONTROLLER_REQUEST>>', 'half?', '<<CONTROLLER_REQUEST_END>>', '> '];
  const readings = (scene: Scene) => scene.told('reading').length + scene.told('request-seen').length;

  test('is not read before its end, whatever pieces the bytes come in', async () => {
    const scene = new Scene();
    scene.draw(['> go']);
    await scene.clock.pass(5_000);
    const before = readings(scene);
    scene.draw(torn, '\x1b[?20');
    scene.draw(torn, '26hCONTROLLER_REQUEST_END>>');
    await scene.clock.pass(900);
    expect(readings(scene)).toBe(before);
    scene.draw(request, '\x1b[?2026l');
    await scene.clock.pass(3_000);
    expect(scene.told('request-confirmed')).toMatchObject([{ detection: { text: 'which?' } }]);
  });

  const asked = async (...bytes: string[]) => {
    const scene = new Scene();
    await scene.clock.pass(5_000);
    scene.draw(request, '\x1b[?2026h<<CONTROLLER_REQUEST_END>>');
    for (const chunk of bytes) scene.draw(request, chunk);
    await scene.clock.pass(10);
    return scene.told('request-confirmed').length;
  };

  test('that has ended shows a whole frame, which is believed at once', async () => {
    expect(await asked('\x1b[?2026l')).toBe(1);
    expect(await asked('\x1b[?20', '26l')).toBe(1);
  });

  test('is not whole where more was drawn after its end, or nobody knows', async () => {
    expect(await asked('\x1b[?2026l', 'x')).toBe(0);
    expect(await asked('\x1b[?2026l', '\x1b[?2026h')).toBe(0);
    const scene = new Scene();
    await scene.clock.pass(5_000);
    scene.draw(request, '<<CONTROLLER_REQUEST_END>>\x1b[?2026l');
    scene.activity.missed();
    await scene.clock.pass(10);
    expect([scene.told('request-seen').length, scene.told('request-confirmed').length]).toEqual([1, 0]);
  });

  test('that has ended, and whose frame changes before the second look, is looked at again', async () => {
    const scene = new Scene();
    await scene.clock.pass(5_000);
    scene.latencyMs = 4;
    scene.draw(request, '\x1b[?2026h<<CONTROLLER_REQUEST_END>>\x1b[?2026l');
    await scene.clock.pass(5);
    scene.draw(['> go', '<<CONTROLLER_REQUEST>>', 'what else?', '<<CONTROLLER_REQUEST_END>>', '> '], '\x1b[?2026hx');
    await scene.clock.pass(60);
    expect(scene.told('request-confirmed')).toHaveLength(0);
    scene.draw(scene.lines, '\x1b[?2026l');
    await scene.clock.pass(60);
    expect(scene.told('request-confirmed')).toMatchObject([{ detection: { text: 'what else?' } }]);
  });

  const whole = '\x1b[?2026h<<CONTROLLER_REQUEST_END>>\x1b[?2026l';

  test('that has ended is looked at a second time while the first look is read', async () => {
    const scene = new Scene();
    await scene.clock.pass(5_000);
    let captures = 0;
    scene.onEvent = ({ type }) => {
      if (type === 'request-seen') captures = scene.captures;
    };
    scene.draw(request, whole);
    await scene.clock.pass(10);
    expect([captures, scene.captures]).toEqual([2, 2]);
    expect(scene.told('request-confirmed')).toHaveLength(1);
  });

  test('is no reason to look twice where nothing of ours ended in it', async () => {
    const scene = new Scene();
    await scene.clock.pass(5_000);
    scene.draw(['> go', '| working'], '\x1b[?2026h| working\x1b[?2026l');
    await scene.clock.pass(200);
    expect(scene.captures).toBe(1);
  });

  test('whose second look fails is told of once, and looked at again', async () => {
    const scene = new Scene();
    await scene.clock.pass(5_000);
    scene.onEvent = ({ type }) => {
      scene.fault = type === 'request-seen' ? new Error('tmux has gone') : null;
    };
    scene.draw(request, whole);
    await scene.clock.pass(10);
    expect(scene.told('unseen')).toMatchObject([{ reason: 'tmux has gone' }]);
    expect(scene.told('request-confirmed')).toHaveLength(0);
    await scene.clock.pass(1_000);
    scene.watcher.check();
    await scene.clock.pass(1_000);
    expect(scene.told('request-confirmed')).toHaveLength(1);
  });

  test('that never ends is read after a second', async () => {
    const scene = new Scene();
    scene.draw(request, '\x1b[?2026h');
    await scene.clock.pass(3_000);
    expect(scene.told('request-confirmed')).toHaveLength(1);
  });
});

describe('a program that only goes on writing', () => {
  const end = '<<CONTROLLER_REQUEST_END>>\r\n> ';
  const asked = async (started: string[], bytes: string) => {
    const scene = new Scene();
    await scene.clock.pass(5_000);
    scene.draw(started, 'which?\r\n');
    await scene.clock.pass(5_000);
    scene.draw(request, bytes);
    await scene.clock.pass(10);
    return scene.told('request-confirmed').length;
  };
  const begun = [...request.slice(0, 3), ''];

  test('has drawn a block whole when its END is there', async () => {
    expect(await asked(begun, end)).toBe(1);
  });

  test('is looked at again after a moment where it moved its cursor, or its cursor stood above the end', async () => {
    expect(await asked(begun, `\x1b[2A${end}`)).toBe(0);
    const scene = new Scene();
    await scene.clock.pass(5_000);
    // the cursor of these scenes stands in the last row, behind two letters
    scene.draw(['> go', 'old words'], 'old words');
    await scene.clock.pass(5_000);
    scene.draw(request, end);
    await scene.clock.pass(10);
    expect(scene.told('request-confirmed')).toHaveLength(0);
    await scene.clock.pass(60);
    expect(scene.told('request-confirmed')).toHaveLength(1);
  });

  test('is looked at again where it moved its cursor while it was looked at before', async () => {
    const scene = new Scene();
    await scene.clock.pass(5_000);
    scene.latencyMs = 20;
    scene.draw(begun, 'which?\r\n');
    await scene.clock.pass(50);
    scene.draw(begun, '\x1b[A');
    await scene.clock.pass(15);
    scene.latencyMs = 1;
    scene.draw(request, end);
    await scene.clock.pass(15);
    expect(scene.told('request-confirmed')).toHaveLength(0);
  });
});

describe('when the clock is set', () => {
  const day = 86_400_000;

  test('back while no bridge ran, what was seen once before is confirmed after the restart', async () => {
    const scene = new Scene();
    scene.draw(['> go']);
    await scene.clock.pass(2_000);
    scene.draw(request);
    await scene.clock.pass(3_000);
    const [first] = scene.told('request-confirmed');
    expect(first).toBeDefined();
    const { raised, ...memory } = scene.watcher.memory();
    const unconfirmed = {
      ...memory,
      raised: raised.map((entry) => ({ ...entry, confirmed: false, at: entry.at + day })),
    };
    scene.watcher.close();
    scene.events.length = 0;
    scene.watch(unconfirmed).check();
    await scene.clock.pass(3_000);
    expect(scene.told('request-confirmed')).toHaveLength(1);
  });

  test.each([-day, -5_000, 5_000, day])(
    'by %i ms while it runs, what is drawn next is seen as ever, and nothing again',
    async (by) => {
      const scene = new Scene();
      scene.clock.set(2 * day);
      scene.draw(['> go']);
      await scene.clock.pass(5_000);
      scene.draw(request);
      await scene.clock.pass(5_000);
      expect(scene.told('request-confirmed')).toHaveLength(1);
      scene.clock.set(by);
      scene.activity.clockSet(by);
      scene.watcher.clockSet(by);
      await scene.clock.pass(5_000);
      expect(scene.told('request-confirmed')).toHaveLength(1);
      scene.draw([
        ...request.slice(0, -1),
        '> on',
        '<<CONTROLLER_REQUEST>>',
        'and now?',
        '<<CONTROLLER_REQUEST_END>>',
        '> ',
      ]);
      await scene.clock.pass(5_000);
      expect(scene.told('request-confirmed')).toHaveLength(2);
    },
  );
});
