import { expect, test } from 'vitest';
import type { ComposerFacts } from '../../bridge/core/composer.ts';
import type { Delivery } from '../../bridge/core/envelope.ts';
import { type FakePane, fakeManner } from './fake-pane.ts';
import { type World, world } from './world.ts';

const text = 'Use approach B.\n\nKeep the old interface; add a test.';
const force = { options: { force: true, allowShell: false } };

/** Nothing was typed, nothing pressed, and the composer is as it was. */
function expectUntouched({ pane }: World): void {
  expect(pane.pastes).toEqual([]);
  expect(pane.enters).toEqual([]);
  expect(pane.approvals).toEqual([]);
}

// ── between the paste and Enter ──

test('a dialog that opens between the paste and Enter gets no Enter', async () => {
  const w = world();
  w.clock.after(40, () =>
    w.pane.change((pane) => {
      pane.dialog = true;
    }),
  );
  const state = await w.attempt(w.delivery(text));
  expect(state).toMatchObject({ is: 'typed-not-submitted', reason: expect.stringContaining('Approve this?') });
  expect(w.pane.pastes).toHaveLength(1);
  expect(w.pane.enters).toEqual([]);
});

test('a dialog that is drawn after the last look is met by tmux, which holds Enter back', async () => {
  const w = world();
  w.pane.before = (act) => {
    if (act !== 'press') return;
    w.pane.dialog = true;
    w.pane.settle();
  };
  const state = await w.attempt(w.delivery(text));
  expect(state).toMatchObject({ is: 'typed-not-submitted', reason: expect.stringContaining('Approve this?') });
  expect(w.pane.enters).toEqual([]);
});

test('the title of a dialog alone, or its words alone, are enough for tmux to hold Enter back', async () => {
  const signs: Array<(pane: FakePane) => void> = [
    (pane) => {
      pane.title = '[ ! ] Action Required';
    },
    (pane) => {
      pane.banner = ['Approve this?'];
    },
  ];
  for (const act of ['paste', 'press'] as const) {
    for (const show of signs) {
      const w = world();
      w.pane.before = (now) => {
        if (now !== act) return;
        show(w.pane);
        w.pane.settle();
      };
      const state = await w.attempt(w.delivery(text));
      expect(state).toMatchObject(
        act === 'paste'
          ? { is: 'held', reason: 'dialog' }
          : { is: 'typed-not-submitted', reason: expect.stringContaining('tmux held Enter back') },
      );
      expect(w.pane.enters).toEqual([]);
    }
  }
});

test('a dialog that is drawn after the guard is met by tmux, which holds the paste back; later it is typed once', async () => {
  const w = world();
  w.pane.before = (act) => {
    if (act !== 'paste') return;
    w.pane.dialog = true;
    w.pane.settle();
  };
  const delivery = w.delivery(text);
  expect(await w.attempt(delivery)).toMatchObject({ is: 'held', reason: 'dialog' });
  expectUntouched(w);
  w.pane.before = () => {};
  w.pane.dialog = false;
  w.pane.settle();
  expect((await w.attempt(w.memory.stored!)).is).toBe('acknowledged');
  expect(w.pane.submissions).toEqual([text]);
  expect(w.memory.stored!.attempts).toBe(2);
});

test("a person's words beside ours are not submitted", async () => {
  const w = world();
  w.clock.after(20, () => w.pane.human('x', 'y'));
  const state = await w.attempt(w.delivery(text));
  expect(state).toMatchObject({ is: 'typed-not-submitted', reason: expect.stringContaining('more than the text') });
  expect(w.pane.submissions).toEqual([]);
  expect(w.pane.enters).toEqual([]);
});

test("a person's letter that is drawn in the very moment of Enter holds it", async () => {
  const w = world();
  w.pane.before = (act) => {
    if (act !== 'press') return;
    w.pane.before = () => {};
    w.pane.composer += 'x';
    w.pane.settle();
  };
  expect(await w.attempt(w.delivery(text))).toMatchObject({ is: 'typed-not-submitted' });
  expect(w.pane.submissions).toEqual([]);
  expect(w.pane.enters).toEqual([]);
});

test("a person's letter that is not drawn yet in the very moment of the paste or of Enter holds it", async () => {
  for (const moment of ['paste', 'press'] as const) {
    const w = world({ reactMs: 300 });
    w.pane.before = (act) => {
      if (act !== moment) return;
      w.pane.before = () => {};
      w.pane.human('x');
    };
    const state = await w.attempt(w.delivery(text));
    expect(state.is, moment).toBe(moment === 'paste' ? 'held' : 'typed-not-submitted');
    expect(w.pane.submissions, moment).toEqual([]);
    expect(w.pane.enters, moment).toEqual([]);
  }
});

test('a dialog that nobody has words for, drawn in the very moment of the paste or of Enter, holds it', async () => {
  for (const moment of ['paste', 'press'] as const) {
    const w = world();
    w.pane.manners = { ...w.pane.manners, dialogTitles: [], dialogWords: [] };
    w.pane.before = (act) => {
      if (act !== moment) return;
      w.pane.menu = { command: 'rm -rf build', options: [['Yes', 'y']], at: 0 };
      w.pane.settle();
    };
    const state = await w.attempt(w.delivery(text));
    expect(state.is, moment).toBe(moment === 'paste' ? 'held' : 'typed-not-submitted');
    expect(w.pane.choices, moment).toEqual([]);
    expect(w.pane.enters, moment).toEqual([]);
  }
});

test('a person who is typing has the pane until quiet for two seconds', async () => {
  const w = world();
  w.clock.after(60, () => w.pane.human('x'));
  w.clock.after(90, () => w.pane.human('BSpace'));
  expect((await w.attempt(w.delivery(text))).is).toBe('acknowledged');
  expect(w.pane.enters[0]! - w.pane.keyAt!).toBeGreaterThanOrEqual(1_000);
});

test("a person's own Enter is the submission; ours stays away", async () => {
  const w = world();
  w.clock.after(60, () => w.pane.human('Enter'));
  expect((await w.attempt(w.delivery(text))).is).toBe('acknowledged');
  expect(w.pane.submissions).toEqual([text]);
  expect(w.pane.enters).toEqual([]);
});

test('a text that a person takes out of the composer is typed once', async () => {
  const w = world();
  w.clock.after(60, () => w.pane.human('C-u'));
  expect(await w.attempt(w.delivery(text))).toMatchObject({
    is: 'uncertain',
    reason: expect.stringContaining('taken out'),
  });
  expect(w.pane.pastes).toHaveLength(1);
  expect(w.pane.enters).toEqual([]);
});

test('a person who typed into a text that is out of sight may have changed it', async () => {
  const long = 'a long line of words '.repeat(30);
  for (const character of [{ markerAbove: 100 }, { composerRows: 3 }]) {
    const w = world(character);
    w.clock.after(60, () => w.pane.human('BSpace', 'x'));
    expect((await w.attempt(w.delivery(`${long}end`))).is).toBe('typed-not-submitted');
    expect(w.pane.enters).toEqual([]);
  }
});

test('an agent relaunched between the paste and Enter gets no Enter', async () => {
  const w = world();
  w.clock.after(40, () => w.pane.relaunch());
  expect(await w.attempt(w.delivery(text))).toMatchObject({
    is: 'typed-not-submitted',
    reason: expect.stringContaining('another program'),
  });
  expect(w.pane.enters).toEqual([]);
});

test('a shell that comes to the front between the paste and Enter gets no Enter', async () => {
  const w = world();
  w.clock.after(40, () =>
    w.pane.change((pane) => {
      pane.foreground = 'shell';
    }),
  );
  expect((await w.attempt(w.delivery(text))).is).toBe('typed-not-submitted');
  expect(w.pane.enters).toEqual([]);
});

test('copy mode entered between the paste and Enter is waited for, and Enter follows', async () => {
  const w = world();
  w.clock.after(20, () => {
    w.pane.inMode = true;
  });
  w.clock.after(900, () => {
    w.pane.inMode = false;
  });
  expect((await w.attempt(w.delivery(text))).is).toBe('acknowledged');
  expect(w.pane.submissions).toEqual([text]);
});

test('copy mode that stays leaves the text in the composer', async () => {
  const w = world();
  w.clock.after(20, () => {
    w.pane.inMode = true;
  });
  expect(await w.attempt(w.delivery(text))).toMatchObject({
    is: 'typed-not-submitted',
    reason: expect.stringContaining('copy mode'),
  });
  expect(w.pane.enters).toEqual([]);
});

test('a window that is synchronized between the paste and Enter is waited for; where it stays so, the text stays in the composer', async () => {
  const passing = world();
  passing.clock.after(20, () => {
    passing.pane.synchronized = true;
  });
  passing.clock.after(900, () => {
    passing.pane.synchronized = false;
  });
  expect((await passing.attempt(passing.delivery(text))).is).toBe('acknowledged');
  expect(passing.pane.submissions).toEqual([text]);
  const staying = world();
  staying.clock.after(20, () => {
    staying.pane.synchronized = true;
  });
  expect(await staying.attempt(staying.delivery(text))).toMatchObject({
    is: 'typed-not-submitted',
    reason: expect.stringContaining('types into all its panes'),
  });
  expect(staying.pane.enters).toEqual([]);
});

test('no second Enter is pressed where the window has become synchronized after the first', async () => {
  const w = world({ losesEnters: 1 });
  w.pane.after = (act) => {
    if (act === 'press') w.pane.synchronized = true;
  };
  expect(await w.attempt(w.delivery(text))).toMatchObject({ is: 'typed-not-submitted' });
  expect(w.pane.enters).toHaveLength(1);
  expect(w.pane.submissions).toEqual([]);
});

test('copy mode is not left in a synchronized window', async () => {
  const w = world();
  w.pane.synchronized = true;
  w.pane.inMode = true;
  expect(await w.attempt(w.delivery(text))).toMatchObject({ is: 'held', reason: 'synchronized' });
  expect(w.pane.inMode).toBe(true);
});

// ── what is lost on the way ──

test('a paste that the program never took is not typed again, however alive the program is', async () => {
  const w = world({ losesPastes: 1 });
  for (const at of [2_000, 7_000]) w.clock.after(at, () => w.pane.redraw());
  expect(await w.attempt(w.delivery(text))).toMatchObject({
    is: 'uncertain',
    reason: 'the text did not appear in the composer; Enter was not pressed',
  });
  expect(w.pane.pastes).toEqual([text]);
  expect(w.pane.enters).toEqual([]);
  expect(w.memory.kinds).toEqual(['delivery-claimed', 'delivery-typed', 'delivery-uncertain']);
});

test('a program that takes a paste after the limit has it once, and nothing is submitted', async () => {
  const w = world();
  w.pane.stall(11_000);
  w.clock.after(2_000, () => w.pane.redraw());
  expect((await w.attempt(w.delivery(text))).is).toBe('uncertain');
  await w.clock.pass(10_000);
  expect(w.pane.composer).toBe(text);
  expect(w.pane.enters).toEqual([]);
});

test('a program that shows more of the text again and again has the time it needs', async () => {
  const w = world({ pieces: 4 });
  w.pane.after = (act) => {
    // each piece, once it is read, is followed by a long pause
    if (act === 'paste') for (const at of [2, 5_900, 11_800]) w.clock.after(at, () => w.pane.stall(6_000));
  };
  expect((await w.attempt(w.delivery(text))).is).toBe('acknowledged');
  expect(w.pane.pastes).toEqual([text]);
  expect(w.pane.submissions).toEqual([text]);
});

test('a program that says it is at work on a paste is not given up', async () => {
  const w = world();
  const reads = (busy: boolean) => () =>
    w.pane.change((pane) => {
      pane.busy = busy;
    });
  w.pane.stall(14_000);
  w.clock.after(1_500, reads(true));
  w.clock.after(12_000, reads(false));
  expect((await w.attempt(w.delivery(text))).is).toBe('acknowledged');
  expect(w.pane.pastes).toEqual([text]);
  expect(w.pane.submissions).toEqual([text]);
});

test('a text that the program shows at the last moment has the time to rest', async () => {
  const w = world();
  w.pane.stall(8_060);
  expect((await w.attempt(w.delivery(text))).is).toBe('acknowledged');
  expect(w.pane.submissions).toEqual([text]);
});

test('a program that is at work on a paste for ever is given up', async () => {
  const w = world();
  w.pane.stall(600_000);
  w.clock.after(1_500, () =>
    w.pane.change((pane) => {
      pane.busy = true;
    }),
  );
  expect((await w.attempt(w.delivery(text))).is).toBe('uncertain');
  expect(w.pane.pastes).toEqual([text]);
  expect(w.pane.enters).toEqual([]);
});

test('a program that shows no sign of life after a paste is typed into once', async () => {
  const w = world();
  w.pane.stall(60_000);
  expect((await w.attempt(w.delivery(text))).is).toBe('uncertain');
  expect(w.pane.pastes).toHaveLength(1);
  expect(w.pane.enters).toEqual([]);
});

test('a busy agent whose composer stays empty is not typed into twice', async () => {
  const w = world({ losesPastes: 1 });
  w.pane.busy = true;
  w.pane.settle();
  expect((await w.attempt(w.delivery(text, force))).is).toBe('uncertain');
  expect(w.pane.pastes).toHaveLength(1);
});

test('a lost Enter is pressed again where nothing moved since, and the text is submitted once', async () => {
  for (const losesEnters of [1, 2]) {
    const w = world({ losesEnters });
    expect((await w.attempt(w.delivery(text))).is).toBe('acknowledged');
    expect(w.pane.enters).toHaveLength(losesEnters + 1);
    expect(w.pane.submissions).toEqual([text]);
  }
});

test('the pauses between lost Enters grow, and after the last one a human settles it', async () => {
  const w = world({ losesEnters: 9 });
  const state = await w.attempt(w.delivery(text));
  expect(state).toEqual({
    is: 'typed-not-submitted',
    reason: 'the text is still in the composer after 3 Enter',
    seen: { at: expect.any(Number), lines: ['> Use approach B.'] },
  });
  const [first, second, third] = w.pane.enters;
  expect(third! - second!).toBeGreaterThan(second! - first!);
  expect(w.pane.composer).toBe(text);
});

test('a profile that allows no rescue gets one Enter', async () => {
  const w = world({ losesEnters: 1 });
  w.pane.manners = { ...fakeManner, rescueEnters: 0 };
  expect((await w.attempt(w.delivery(text))).is).toBe('typed-not-submitted');
  expect(w.pane.enters).toHaveLength(1);
});

test('where anything was drawn since Enter, there is no second one, even if the screen looks the same', async () => {
  const w = world({ losesEnters: 1 });
  w.pane.after = (act) => {
    if (act === 'press') w.clock.after(120, () => w.pane.redraw());
  };
  expect((await w.attempt(w.delivery(text))).is).toBe('typed-not-submitted');
  expect(w.pane.enters).toHaveLength(1);
});

test('an Enter that takes effect late is one submission, whatever was pressed meanwhile', async () => {
  const w = world();
  w.pane.after = (act) => {
    if (act === 'press') w.pane.stall(4_000);
  };
  expect((await w.attempt(w.delivery(text))).is).toBe('acknowledged');
  expect(w.pane.submissions).toEqual([text]);
});

test('a program that shows nothing of a text for a while, once it has left the composer, is waited for', async () => {
  const w = world({ worksMs: 30_000 });
  w.pane.after = (act) => {
    if (act !== 'press') return;
    w.pane.torn = { state: 'unknown', composer: { is: 'absent' }, turn: { inputs: [], words: [] } };
    w.clock.after(9_000, () =>
      w.pane.change((pane) => {
        pane.torn = null;
      }),
    );
  };
  expect((await w.attempt(w.delivery(text))).is).toBe('acknowledged');
  expect(w.pane.submissions).toEqual([text]);
});

test('a program that reads Enter after ten seconds, and draws nothing until then, is not said to have left the text', async () => {
  const w = world();
  w.pane.manners = { ...fakeManner, rescueEnters: 1 };
  w.pane.after = (act) => {
    if (act === 'press' && w.pane.enters.length === 1) w.pane.stall(10_000);
  };
  expect((await w.attempt(w.delivery(text))).is).toBe('acknowledged');
  expect(w.pane.submissions).toEqual([text]);
});

// ── what counts as a receipt ──

test('each step is committed before its act, and the receipt tells what was seen', async () => {
  const w = world();
  const order: string[] = [];
  w.memory.crash = (when, next) => {
    if (when === 'after') order.push(next.state.is);
  };
  w.pane.after = (act) => void order.push(act);
  const state = await w.attempt(w.delivery(text));
  expect(order).toEqual(['claimed', 'typed', 'paste', 'submitted', 'press', 'acknowledged']);
  expect(state).toMatchObject({
    receipt: { evidence: 'composer-emptied-and-echoed', lines: ['› Use approach B.'] },
  });
  expect(w.pane.pastes).toEqual([text]);
});

test('a composer that is empty on an idle screen is no receipt', async () => {
  const w = world({ echoes: false, worksMs: 0, drawMs: 30 });
  expect((await w.attempt(w.delivery(text))).is).toBe('uncertain');
});

test('one torn frame without the text is no receipt', async () => {
  const w = world({ losesEnters: 9, echoes: false });
  w.pane.manners = { ...fakeManner, rescueEnters: 0 };
  w.pane.after = (act) => {
    if (act !== 'press') return;
    w.clock.after(100, () => {
      w.pane.torn = { state: 'busy', composer: { is: 'empty' } };
      w.pane.redraw();
    });
    w.clock.after(120, () => {
      w.pane.torn = null;
      w.pane.redraw();
    });
  };
  expect((await w.attempt(w.delivery(text))).is).toBe('typed-not-submitted');
});

test("work that began after a person's own Enter is no receipt", async () => {
  const w = world({ losesEnters: 9, echoes: false });
  w.pane.after = (act) => {
    if (act === 'press') w.clock.after(100, () => w.pane.human('C-u', 'y', 'Enter'));
  };
  expect((await w.attempt(w.delivery(text))).is).toBe('uncertain');
  expect(w.pane.submissions).toEqual(['y']);
});

test('a person who typed before tmux had answered our Enter is known of', async () => {
  const w = world({ losesEnters: 1, echoes: false });
  const press = w.pane.press.bind(w.pane);
  w.pane.press = async (...order) => {
    const said = await press(...order);
    w.pane.human('C-u', 'y', 'Enter');
    await new Promise<void>((answered) => w.clock.after(1_500, answered));
    return said;
  };
  expect((await w.attempt(w.delivery(text))).is).toBe('uncertain');
  expect(w.pane.submissions).toEqual(['y']);
});

test.each([20, 400])(
  'a draft above an empty line is no echo while the program may be ending, for %i ms',
  async (ms) => {
    const w = world({ losesEnters: 9 });
    w.pane.after = (act) => {
      if (act !== 'press') return;
      w.pane.torn = { composer: { is: 'empty' }, turn: { inputs: [text], words: [] } };
      w.pane.redraw();
      w.clock.after(ms, () => {
        w.pane.torn = null;
        w.pane.exitToShell();
      });
    };
    expect(await w.attempt(w.delivery(text))).toMatchObject({ is: 'uncertain' });
    expect(w.pane.submissions).toEqual([]);
  },
);

test('work that began is no receipt where nothing is echoed: the program may have a reason of its own', async () => {
  const w = world({ echoes: false });
  expect(await w.attempt(w.delivery(text))).toMatchObject({
    is: 'uncertain',
    reason: 'Enter was pressed, and the screen does not tell what became of the text',
  });
});

const ofItsOwn: Array<[what: string, change: (pane: FakePane) => void]> = [
  ['goes to work', (pane) => void Object.assign(pane, { busy: true })],
  ['goes to work with something else', (pane) => void Object.assign(pane, { busy: true, inputs: ['of its own'] })],
  ['says something', (pane) => void pane.words.push('words of its own')],
  ['prints', (pane) => void pane.banner.push('· something was printed')],
  ['changes its title', (pane) => void Object.assign(pane, { title: 'something else' })],
  ['stands still', (pane) => pane.stall(4_000)],
];

test.each(ofItsOwn)(
  'a program that empties its composer as Enter is pressed, and then %s, has not taken the text',
  async (_, change) => {
    for (const body of [text, 'continue', 'a long line of words '.repeat(30)]) {
      const w = world({ markerAbove: 100 });
      w.pane.inputs = ['continue'];
      w.pane.words = ['done'];
      w.pane.settle();
      w.pane.before = (act) => {
        if (act === 'press') w.pane.composer = '';
      };
      w.pane.after = (act) => {
        if (act === 'press') for (const at of [20, 700]) w.clock.after(at, () => w.pane.change(change));
      };
      expect((await w.attempt(w.delivery(body))).is).toBe('uncertain');
      expect(w.pane.submissions).toEqual([]);
    }
  },
);

test('a program that empties its composer in the middle of a paste gets no Enter for the end of the text that it has then', async () => {
  const long = Array.from({ length: 60 }, (_, index) => `line ${index} of a long answer`).join('\n');
  for (const character of [{}, { composerRows: 8 }]) {
    const w = world({ pieces: 20, reactMs: 40, ...character });
    w.clock.after(500, () =>
      w.pane.change((pane) => {
        pane.composer = '';
      }),
    );
    expect([character, (await w.attempt(w.delivery(long))).is]).toEqual([character, 'typed-not-submitted']);
    expect(w.pane.enters).toEqual([]);
  }
});

test('an input that is drawn as markdown, clipped, or run into what stands below it is the echo of a text that stood there', async () => {
  const drawn: Array<[body: string, echo: string]> = [
    ['Keep `a` and **b**.\n\n- one\n- two', 'Keep a and b.\n\n• one\n• two'],
    ['one\ttwo\t\tthree\n\tindented', 'one two    thr\n     indent'],
    ['yes', 'yes\n\nThinking... (esc to cancel)'],
    ['Answer: the queue is drained by one worker', 'Answer: the queue is drained by one wo'],
  ];
  for (const [body, echo] of drawn) {
    const w = world();
    w.pane.drawsInput = () => echo;
    expect([echo, (await w.attempt(w.delivery(body))).is]).toEqual([echo, 'acknowledged']);
    expect(w.pane.submissions).toEqual([body]);
  }
});

test('the same words again are a new input, told from their older echo', async () => {
  const w = world();
  expect((await w.attempt(w.delivery('continue'))).is).toBe('acknowledged');
  await w.clock.pass(3_000);
  w.memory.stored = null;
  expect((await w.attempt(w.delivery('continue'))).is).toBe('acknowledged');
  expect(w.pane.submissions).toEqual(['continue', 'continue']);
});

test('the same words are not taken for submitted where their Enter was lost', async () => {
  const w = world({ losesEnters: 9 });
  w.pane.inputs = ['continue'];
  w.pane.words = ['done'];
  w.pane.settle();
  expect((await w.attempt(w.delivery('continue'))).is).toBe('typed-not-submitted');
});

test('an approval that opens right after the input does not hide the echo', async () => {
  const w = world({ worksMs: 20, asksAfterwards: true, drawMs: 15 });
  expect((await w.attempt(w.delivery(text))).is).toBe('acknowledged');
  expect(w.pane.approvals).toEqual([]);
});

test('long texts: slow pieces, a marker, and a composer that scrolls', async () => {
  const long = Array.from({ length: 300 }, (_, index) => `line ${index} of a long answer`).join('\n');
  for (const character of [
    { pieces: 60, reactMs: 40 },
    { markerAbove: 1000 },
    { markerAbove: 1000, pieces: 20, reactMs: 30 },
    { composerRows: 8 },
    { composerRows: 8, pieces: 40, reactMs: 35 },
  ]) {
    const w = world(character);
    expect([character, (await w.attempt(w.delivery(long))).is]).toEqual([character, 'acknowledged']);
    expect(w.pane.submissions).toEqual([long]);
  }
});

test('the receipt of a long text comes as soon as that of a short one', async () => {
  const long = 'a long line of words '.repeat(30);
  for (const character of [{ markerAbove: 100 }, { composerRows: 3 }]) {
    const w = world(character);
    await w.attempt(w.delivery(long));
    expect(w.clock.now() - w.pane.enters[0]!).toBeLessThan(100);
  }
});

test('the private notes of an envelope are never typed', async () => {
  const w = world();
  await w.attempt(w.delivery(text));
  expect(w.pane.pastes.join()).not.toContain('never typed');
});

test('after Enter, a pane that is gone or an agent that was replaced is uncertain, even if the new one is at work', async () => {
  const ends: Array<(pane: FakePane) => void> = [
    (pane) => {
      pane.gone = true;
    },
    (pane) => {
      pane.relaunch();
      pane.busy = true;
    },
  ];
  for (const end of ends) {
    const w = world({ reactMs: 100 });
    w.pane.after = (act) => {
      if (act === 'press') end(w.pane);
    };
    expect((await w.attempt(w.delivery(text))).is).toBe('uncertain');
    expect(w.pane.enters).toHaveLength(1);
  }
});

// ── what is held ──

test('nothing is typed onto a dialog, over a draft, at a shell, in a dead, foreign or closed pane, or beside a person', async () => {
  const cases: Array<[string, (pane: FakePane) => void]> = [
    [
      'dialog',
      (pane) => {
        pane.dialog = true;
      },
    ],
    [
      'draft',
      (pane) => {
        pane.composer = 'half a';
      },
    ],
    [
      'busy',
      (pane) => {
        pane.busy = true;
      },
    ],
    [
      'shell',
      (pane) => {
        pane.foreground = 'shell';
      },
    ],
    [
      'shell',
      (pane) => {
        pane.foreground = 'remote';
      },
    ],
    [
      'shell',
      (pane) => {
        pane.foreground = 'repl';
      },
    ],
    [
      'gone',
      (pane) => {
        pane.gone = true;
      },
    ],
    [
      'gone',
      (pane) => {
        pane.dead = true;
      },
    ],
    [
      'replaced',
      (pane) => {
        pane.agentPid = 301;
      },
    ],
    [
      'input-off',
      (pane) => {
        pane.inputOff = true;
      },
    ],
    [
      'synchronized',
      (pane) => {
        pane.synchronized = true;
      },
    ],
    ['human-active', (pane) => pane.human()],
    [
      'dialog',
      (pane) => {
        pane.banner = ['Approve this? (drawn where no reading looks)'];
      },
    ],
  ];
  for (const forced of [false, true]) {
    for (const [reason, change] of cases) {
      if (forced && reason === 'busy') continue;
      const w = world();
      const delivery = w.delivery(text, forced ? force : {});
      change(w.pane);
      w.pane.settle();
      expect(await w.attempt(delivery)).toMatchObject({ is: 'held', reason });
      expectUntouched(w);
      expect(w.memory.states).toEqual(['held']);
    }
  }
});

test('the same hold again is written once, and its beginning is kept', async () => {
  const w = world();
  w.pane.busy = true;
  w.pane.settle();
  const first = await w.clock.until(w.courier.attempt(w.delivery(text)));
  await w.clock.pass(1_000);
  const again = await w.clock.until(w.courier.attempt(first));
  expect(again).toBe(first);
  w.pane.dialog = true;
  w.pane.settle();
  await w.attempt(again);
  expect(w.memory.states).toEqual(['held', 'held']);
});

test('force types while the agent works', async () => {
  const w = world();
  w.pane.busy = true;
  w.pane.inputs = ['before'];
  w.pane.settle();
  expect(await w.attempt(w.delivery(text, force))).toMatchObject({ is: 'acknowledged' });
  expect(w.pane.submissions).toEqual([text]);
});

test('copy mode is left where nobody reads in it, and respected where somebody may', async () => {
  const left = world();
  left.pane.inMode = true;
  expect((await left.attempt(left.delivery(text))).is).toBe('acknowledged');

  const read = world();
  read.pane.keyAt = read.clock.now() - 10_000;
  read.pane.inMode = true;
  expect(await read.attempt(read.delivery(text))).toMatchObject({ is: 'held', reason: 'copy-mode' });
  expect(read.pane.inMode).toBe(true);
  expectUntouched(read);
});

test('below a copy mode that is left, the guard still holds', async () => {
  const w = world();
  w.pane.inMode = true;
  w.pane.dialog = true;
  w.pane.settle();
  expect(await w.attempt(w.delivery(text))).toMatchObject({ is: 'held', reason: 'dialog' });
  expectUntouched(w);
});

test('a pane that somebody else types into is left alone, and its lock is free after every outcome', async () => {
  const w = world();
  w.locks.held = true;
  expect(await w.attempt(w.delivery(text))).toMatchObject({ is: 'held', reason: 'locked' });
  expectUntouched(w);
  w.locks.held = false;
  await w.attempt(w.memory.stored!);
  expect(w.locks.held).toBe(false);
});

test('a text that cannot be typed as it is fails with its reason', async () => {
  const w = world();
  expect(await w.attempt(w.delivery('\u0007\n'))).toEqual({ is: 'failed', reason: 'the text is empty' });
  w.memory.stored = null;
  w.pane.manners = { ...fakeManner, commandOpenings: [{ pattern: '^!', prefix: null }] };
  expect(await w.attempt(w.delivery('!rm -rf x'))).toMatchObject({
    is: 'failed',
    reason: expect.stringContaining('!rm'),
  });
  expectUntouched(w);
});

test('a worker that writes about dialogs can still be answered, and so can an answer that does', async () => {
  const w = world();
  w.pane.inputs = ['what did it say?'];
  w.pane.words = ['It said: Approve this? I did not.'];
  w.pane.settle();
  expect((await w.attempt(w.delivery('When it says "Approve this?" say no.'))).is).toBe('acknowledged');
  expect(w.pane.submissions).toHaveLength(1);
});

// ── shells ──

const shellAllowed = { options: { force: false, allowShell: true } };

test('at a shell, with permission, one line is typed and run once, whatever a profile calls the shell', async () => {
  for (const reads of ['unknown', 'exited'] as const) {
    const w = world();
    w.pane.shellReads = reads;
    w.pane.exitToShell();
    w.pane.settle();
    expect(await w.attempt(w.delivery('echo hello; true'))).toMatchObject({ is: 'held', reason: 'shell' });
    const state = await w.attempt(w.delivery('echo hello; true', shellAllowed));
    expect(state).toMatchObject({ is: 'acknowledged', receipt: { evidence: 'echoed-on-screen' } });
    expect(w.pane.submissions).toEqual(['echo hello; true']);
  }
});

test('at a shell, with permission, a line may begin as a command of an agent would', async () => {
  const w = world();
  w.pane.manners = { ...fakeManner, commandOpenings: [{ pattern: '^\\s*[!/]', prefix: null }] } satisfies ComposerFacts;
  w.pane.exitToShell();
  w.pane.settle();
  expect((await w.attempt(w.delivery('/bin/echo hello', shellAllowed))).is).toBe('acknowledged');
  expect(w.pane.submissions).toEqual(['/bin/echo hello']);
});

test('several lines are not typed at a shell: each would be run as it arrives', async () => {
  const w = world();
  w.pane.exitToShell();
  w.pane.settle();
  expect(await w.attempt(w.delivery('cd /\nrm -rf x', shellAllowed))).toMatchObject({ is: 'failed' });
  expectUntouched(w);
});

test('a shell that does not show what was typed gets no Enter', async () => {
  const w = world({ losesPastes: 9 });
  w.pane.exitToShell();
  w.pane.settle();
  expect((await w.attempt(w.delivery('echo hello', shellAllowed))).is).toBe('uncertain');
  expect(w.pane.pastes).toHaveLength(1);
  expect(w.pane.enters).toEqual([]);
});

test('a shell whose Enter was lost has the line still before its cursor', async () => {
  const w = world({ losesEnters: 9 });
  w.pane.exitToShell();
  w.pane.manners = { ...fakeManner, rescueEnters: 0 } satisfies ComposerFacts;
  w.pane.settle();
  w.pane.deaf = true;
  expect((await w.attempt(w.delivery('echo hello', shellAllowed))).is).toBe('typed-not-submitted');
});

// ── faults ──

test('where the memory refuses, nothing is typed: the delivery was cancelled meanwhile', async () => {
  const w = world();
  const delivery = w.delivery(text);
  w.memory.stored = { ...delivery, state: { is: 'cancelled', reason: 'by a human' } };
  await expect(w.clock.until(w.courier.attempt(delivery))).rejects.toThrow('cancelled cannot become claimed');
  expectUntouched(w);
  expect(w.locks.held).toBe(false);
});

test('a delivery that ended is not touched, whoever attempts it', async () => {
  const w = world();
  const ended: Delivery = w.delivery(text, { state: { is: 'uncertain', reason: 'x' } });
  expect(await w.clock.until(w.courier.attempt(ended))).toBe(ended);
  expect(await w.clock.until(w.courier.reconcile(ended))).toBe(ended);
  expectUntouched(w);
});
