import { expect, test } from 'vitest';
import type { ComposerFacts } from '../../bridge/core/composer.ts';
import type { Delivery } from '../../bridge/core/envelope.ts';
import { type CourierHarness, courierHarness } from './courier-harness.ts';
import { type FakePane, fakeComposerFacts } from './fake-pane.ts';

const text = 'Use approach B.\n\nKeep the old interface; add a test.';
const force = { options: { force: true, allowShell: false } };

/** Nothing was typed, nothing pressed, and the composer is as it was. */
function expectUntouched({ pane }: CourierHarness): void {
  expect(pane.pastes).toEqual([]);
  expect(pane.enters).toEqual([]);
  expect(pane.approvals).toEqual([]);
}

// ── between the paste and Enter ──

test('a dialog that opens between the paste and Enter gets no Enter', async () => {
  const harness = courierHarness();
  harness.clock.after(40, () =>
    harness.pane.change((pane) => {
      pane.dialog = true;
    }),
  );
  const state = await harness.attempt(harness.delivery(text));
  expect(state).toMatchObject({ is: 'typed-not-submitted', reason: expect.stringContaining('Approve this?') });
  expect(harness.pane.pastes).toHaveLength(1);
  expect(harness.pane.enters).toEqual([]);
});

test('a dialog that is drawn after the last look is met by tmux, which holds Enter back', async () => {
  const harness = courierHarness();
  harness.pane.before = (act) => {
    if (act !== 'press') return;
    harness.pane.dialog = true;
    harness.pane.settle();
  };
  const state = await harness.attempt(harness.delivery(text));
  expect(state).toMatchObject({ is: 'typed-not-submitted', reason: expect.stringContaining('Approve this?') });
  expect(harness.pane.enters).toEqual([]);
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
      const harness = courierHarness();
      harness.pane.before = (now) => {
        if (now !== act) return;
        show(harness.pane);
        harness.pane.settle();
      };
      const state = await harness.attempt(harness.delivery(text));
      expect(state).toMatchObject(
        act === 'paste'
          ? { is: 'held', reason: 'dialog' }
          : { is: 'typed-not-submitted', reason: expect.stringContaining('tmux held Enter back') },
      );
      expect(harness.pane.enters).toEqual([]);
    }
  }
});

test('a dialog that is drawn after the guard is met by tmux, which holds the paste back; later it is typed once', async () => {
  const harness = courierHarness();
  harness.pane.before = (act) => {
    if (act !== 'paste') return;
    harness.pane.dialog = true;
    harness.pane.settle();
  };
  const delivery = harness.delivery(text);
  expect(await harness.attempt(delivery)).toMatchObject({ is: 'held', reason: 'dialog' });
  expectUntouched(harness);
  harness.pane.before = () => {};
  harness.pane.dialog = false;
  harness.pane.settle();
  expect((await harness.attempt(harness.memory.stored!)).is).toBe('acknowledged');
  expect(harness.pane.submissions).toEqual([text]);
  expect(harness.memory.stored!.attempts).toBe(2);
});

test("a person's words beside ours are not submitted", async () => {
  const harness = courierHarness();
  harness.clock.after(20, () => harness.pane.human('x', 'y'));
  const state = await harness.attempt(harness.delivery(text));
  expect(state).toMatchObject({ is: 'typed-not-submitted', reason: expect.stringContaining('more than the text') });
  expect(harness.pane.submissions).toEqual([]);
  expect(harness.pane.enters).toEqual([]);
});

test("a person's letter that is drawn in the very moment of Enter holds it", async () => {
  const harness = courierHarness();
  harness.pane.before = (act) => {
    if (act !== 'press') return;
    harness.pane.before = () => {};
    harness.pane.composer += 'x';
    harness.pane.settle();
  };
  expect(await harness.attempt(harness.delivery(text))).toMatchObject({ is: 'typed-not-submitted' });
  expect(harness.pane.submissions).toEqual([]);
  expect(harness.pane.enters).toEqual([]);
});

test("a person's letter that is not drawn yet in the very moment of the paste or of Enter holds it", async () => {
  for (const moment of ['paste', 'press'] as const) {
    const harness = courierHarness({ reactMs: 300 });
    harness.pane.before = (act) => {
      if (act !== moment) return;
      harness.pane.before = () => {};
      harness.pane.human('x');
    };
    const state = await harness.attempt(harness.delivery(text));
    expect(state.is, moment).toBe(moment === 'paste' ? 'held' : 'typed-not-submitted');
    expect(harness.pane.submissions, moment).toEqual([]);
    expect(harness.pane.enters, moment).toEqual([]);
  }
});

test('a dialog that nobody has words for, drawn in the very moment of the paste or of Enter, holds it', async () => {
  for (const moment of ['paste', 'press'] as const) {
    const harness = courierHarness();
    harness.pane.facts = { ...harness.pane.facts, dialogTitles: [], dialogWords: [] };
    harness.pane.before = (act) => {
      if (act !== moment) return;
      harness.pane.menu = { command: 'rm -rf build', options: [['Yes', 'y']], at: 0 };
      harness.pane.settle();
    };
    const state = await harness.attempt(harness.delivery(text));
    expect(state.is, moment).toBe(moment === 'paste' ? 'held' : 'typed-not-submitted');
    expect(harness.pane.choices, moment).toEqual([]);
    expect(harness.pane.enters, moment).toEqual([]);
  }
});

test('a person who is typing has the pane until quiet for two seconds', async () => {
  const harness = courierHarness();
  harness.clock.after(60, () => harness.pane.human('x'));
  harness.clock.after(90, () => harness.pane.human('BSpace'));
  expect((await harness.attempt(harness.delivery(text))).is).toBe('acknowledged');
  expect(harness.pane.enters[0]! - harness.pane.keyAt!).toBeGreaterThanOrEqual(1_000);
});

test("a person's own Enter is the submission; ours stays away", async () => {
  const harness = courierHarness();
  harness.clock.after(60, () => harness.pane.human('Enter'));
  expect((await harness.attempt(harness.delivery(text))).is).toBe('acknowledged');
  expect(harness.pane.submissions).toEqual([text]);
  expect(harness.pane.enters).toEqual([]);
});

test('a text that a person takes out of the composer is typed once', async () => {
  const harness = courierHarness();
  harness.clock.after(60, () => harness.pane.human('C-u'));
  expect(await harness.attempt(harness.delivery(text))).toMatchObject({
    is: 'uncertain',
    reason: expect.stringContaining('taken out'),
  });
  expect(harness.pane.pastes).toHaveLength(1);
  expect(harness.pane.enters).toEqual([]);
});

test('a person who typed into a text that is out of sight may have changed it', async () => {
  const long = 'a long line of words '.repeat(30);
  for (const character of [{ markerAbove: 100 }, { composerRows: 3 }]) {
    const harness = courierHarness(character);
    harness.clock.after(60, () => harness.pane.human('BSpace', 'x'));
    expect((await harness.attempt(harness.delivery(`${long}end`))).is).toBe('typed-not-submitted');
    expect(harness.pane.enters).toEqual([]);
  }
});

test('an agent relaunched between the paste and Enter gets no Enter', async () => {
  const harness = courierHarness();
  harness.clock.after(40, () => harness.pane.relaunch());
  expect(await harness.attempt(harness.delivery(text))).toMatchObject({
    is: 'typed-not-submitted',
    reason: expect.stringContaining('another program'),
  });
  expect(harness.pane.enters).toEqual([]);
});

test('a shell that comes to the front between the paste and Enter gets no Enter', async () => {
  const harness = courierHarness();
  harness.clock.after(40, () =>
    harness.pane.change((pane) => {
      pane.foreground = 'shell';
    }),
  );
  expect((await harness.attempt(harness.delivery(text))).is).toBe('typed-not-submitted');
  expect(harness.pane.enters).toEqual([]);
});

test('copy mode entered between the paste and Enter is waited for, and Enter follows', async () => {
  const harness = courierHarness();
  harness.clock.after(20, () => {
    harness.pane.inMode = true;
  });
  harness.clock.after(900, () => {
    harness.pane.inMode = false;
  });
  expect((await harness.attempt(harness.delivery(text))).is).toBe('acknowledged');
  expect(harness.pane.submissions).toEqual([text]);
});

test('copy mode that stays leaves the text in the composer', async () => {
  const harness = courierHarness();
  harness.clock.after(20, () => {
    harness.pane.inMode = true;
  });
  expect(await harness.attempt(harness.delivery(text))).toMatchObject({
    is: 'typed-not-submitted',
    reason: expect.stringContaining('copy mode'),
  });
  expect(harness.pane.enters).toEqual([]);
});

test('a window that is synchronized between the paste and Enter is waited for; where it stays so, the text stays in the composer', async () => {
  const passing = courierHarness();
  passing.clock.after(20, () => {
    passing.pane.synchronized = true;
  });
  passing.clock.after(900, () => {
    passing.pane.synchronized = false;
  });
  expect((await passing.attempt(passing.delivery(text))).is).toBe('acknowledged');
  expect(passing.pane.submissions).toEqual([text]);
  const staying = courierHarness();
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
  const harness = courierHarness({ losesEnters: 1 });
  harness.pane.after = (act) => {
    if (act === 'press') harness.pane.synchronized = true;
  };
  expect(await harness.attempt(harness.delivery(text))).toMatchObject({ is: 'typed-not-submitted' });
  expect(harness.pane.enters).toHaveLength(1);
  expect(harness.pane.submissions).toEqual([]);
});

test('copy mode is not left in a synchronized window', async () => {
  const harness = courierHarness();
  harness.pane.synchronized = true;
  harness.pane.inMode = true;
  expect(await harness.attempt(harness.delivery(text))).toMatchObject({ is: 'held', reason: 'synchronized' });
  expect(harness.pane.inMode).toBe(true);
});

// ── what is lost on the way ──

test('a paste that the program never took is not typed again, however alive the program is', async () => {
  const harness = courierHarness({ losesPastes: 1 });
  for (const at of [2_000, 7_000]) harness.clock.after(at, () => harness.pane.redraw());
  expect(await harness.attempt(harness.delivery(text))).toMatchObject({
    is: 'uncertain',
    reason: 'the text did not appear in the composer; Enter was not pressed',
  });
  expect(harness.pane.pastes).toEqual([text]);
  expect(harness.pane.enters).toEqual([]);
  expect(harness.memory.kinds).toEqual(['delivery-claimed', 'delivery-typed', 'delivery-uncertain']);
});

test('a program that takes a paste after the limit has it once, and nothing is submitted', async () => {
  const harness = courierHarness();
  harness.pane.stall(11_000);
  harness.clock.after(2_000, () => harness.pane.redraw());
  expect((await harness.attempt(harness.delivery(text))).is).toBe('uncertain');
  await harness.clock.pass(10_000);
  expect(harness.pane.composer).toBe(text);
  expect(harness.pane.enters).toEqual([]);
});

test('a program that shows more of the text again and again has the time it needs', async () => {
  const harness = courierHarness({ pieces: 4 });
  harness.pane.after = (act) => {
    // each piece, once it is read, is followed by a long pause
    if (act === 'paste') for (const at of [2, 5_900, 11_800]) harness.clock.after(at, () => harness.pane.stall(6_000));
  };
  expect((await harness.attempt(harness.delivery(text))).is).toBe('acknowledged');
  expect(harness.pane.pastes).toEqual([text]);
  expect(harness.pane.submissions).toEqual([text]);
});

test('a program that says it is at work on a paste is not given up', async () => {
  const harness = courierHarness();
  const reads = (busy: boolean) => () =>
    harness.pane.change((pane) => {
      pane.busy = busy;
    });
  harness.pane.stall(14_000);
  harness.clock.after(1_500, reads(true));
  harness.clock.after(12_000, reads(false));
  expect((await harness.attempt(harness.delivery(text))).is).toBe('acknowledged');
  expect(harness.pane.pastes).toEqual([text]);
  expect(harness.pane.submissions).toEqual([text]);
});

test('a text that the program shows at the last moment has the time to rest', async () => {
  const harness = courierHarness();
  harness.pane.stall(8_060);
  expect((await harness.attempt(harness.delivery(text))).is).toBe('acknowledged');
  expect(harness.pane.submissions).toEqual([text]);
});

test('a program that is at work on a paste for ever is given up', async () => {
  const harness = courierHarness();
  harness.pane.stall(600_000);
  harness.clock.after(1_500, () =>
    harness.pane.change((pane) => {
      pane.busy = true;
    }),
  );
  expect((await harness.attempt(harness.delivery(text))).is).toBe('uncertain');
  expect(harness.pane.pastes).toEqual([text]);
  expect(harness.pane.enters).toEqual([]);
});

test('a program that shows no sign of life after a paste is typed into once', async () => {
  const harness = courierHarness();
  harness.pane.stall(60_000);
  expect((await harness.attempt(harness.delivery(text))).is).toBe('uncertain');
  expect(harness.pane.pastes).toHaveLength(1);
  expect(harness.pane.enters).toEqual([]);
});

test('a busy agent whose composer stays empty is not typed into twice', async () => {
  const harness = courierHarness({ losesPastes: 1 });
  harness.pane.busy = true;
  harness.pane.settle();
  expect((await harness.attempt(harness.delivery(text, force))).is).toBe('uncertain');
  expect(harness.pane.pastes).toHaveLength(1);
});

test('a lost Enter is pressed again where nothing moved since, and the text is submitted once', async () => {
  for (const losesEnters of [1, 2]) {
    const harness = courierHarness({ losesEnters });
    expect((await harness.attempt(harness.delivery(text))).is).toBe('acknowledged');
    expect(harness.pane.enters).toHaveLength(losesEnters + 1);
    expect(harness.pane.submissions).toEqual([text]);
  }
});

test('the pauses between lost Enters grow, and after the last one a human settles it', async () => {
  const harness = courierHarness({ losesEnters: 9 });
  const state = await harness.attempt(harness.delivery(text));
  expect(state).toEqual({
    is: 'typed-not-submitted',
    reason: 'the text is still in the composer after 3 Enter',
    seen: { at: expect.any(Number), lines: ['> Use approach B.'] },
  });
  const [first, second, third] = harness.pane.enters;
  expect(third! - second!).toBeGreaterThan(second! - first!);
  expect(harness.pane.composer).toBe(text);
});

test('an agent program that allows no rescue gets one Enter', async () => {
  const harness = courierHarness({ losesEnters: 1 });
  harness.pane.facts = { ...fakeComposerFacts, rescueEnters: 0 };
  expect((await harness.attempt(harness.delivery(text))).is).toBe('typed-not-submitted');
  expect(harness.pane.enters).toHaveLength(1);
});

test('where anything was drawn since Enter, there is no second one, even if the screen looks the same', async () => {
  const harness = courierHarness({ losesEnters: 1 });
  harness.pane.after = (act) => {
    if (act === 'press') harness.clock.after(120, () => harness.pane.redraw());
  };
  expect((await harness.attempt(harness.delivery(text))).is).toBe('typed-not-submitted');
  expect(harness.pane.enters).toHaveLength(1);
});

test('an Enter that takes effect late is one submission, whatever was pressed meanwhile', async () => {
  const harness = courierHarness();
  harness.pane.after = (act) => {
    if (act === 'press') harness.pane.stall(4_000);
  };
  expect((await harness.attempt(harness.delivery(text))).is).toBe('acknowledged');
  expect(harness.pane.submissions).toEqual([text]);
});

test('a program that shows nothing of a text for a while, once it has left the composer, is waited for', async () => {
  const harness = courierHarness({ worksMs: 30_000 });
  harness.pane.after = (act) => {
    if (act !== 'press') return;
    harness.pane.torn = { state: 'unknown', composer: { is: 'absent' }, turn: { inputs: [], words: [] } };
    harness.clock.after(9_000, () =>
      harness.pane.change((pane) => {
        pane.torn = null;
      }),
    );
  };
  expect((await harness.attempt(harness.delivery(text))).is).toBe('acknowledged');
  expect(harness.pane.submissions).toEqual([text]);
});

test('a program that reads Enter after ten seconds, and draws nothing until then, is not said to have left the text', async () => {
  const harness = courierHarness();
  harness.pane.facts = { ...fakeComposerFacts, rescueEnters: 1 };
  harness.pane.after = (act) => {
    if (act === 'press' && harness.pane.enters.length === 1) harness.pane.stall(10_000);
  };
  expect((await harness.attempt(harness.delivery(text))).is).toBe('acknowledged');
  expect(harness.pane.submissions).toEqual([text]);
});

// ── what counts as a receipt ──

test('each step is committed before its act, and the receipt tells what was seen', async () => {
  const harness = courierHarness();
  const order: string[] = [];
  harness.memory.crash = (when, next) => {
    if (when === 'after') order.push(next.state.is);
  };
  harness.pane.after = (act) => void order.push(act);
  const state = await harness.attempt(harness.delivery(text));
  expect(order).toEqual(['claimed', 'typed', 'paste', 'submitted', 'press', 'acknowledged']);
  expect(state).toMatchObject({
    receipt: { evidence: 'composer-emptied-and-echoed', lines: ['› Use approach B.'] },
  });
  expect(harness.pane.pastes).toEqual([text]);
});

test('a composer that is empty on an idle screen is no receipt', async () => {
  const harness = courierHarness({ echoes: false, worksMs: 0, drawMs: 30 });
  expect((await harness.attempt(harness.delivery(text))).is).toBe('uncertain');
});

test('one torn frame without the text is no receipt', async () => {
  const harness = courierHarness({ losesEnters: 9, echoes: false });
  harness.pane.facts = { ...fakeComposerFacts, rescueEnters: 0 };
  harness.pane.after = (act) => {
    if (act !== 'press') return;
    harness.clock.after(100, () => {
      harness.pane.torn = { state: 'busy', composer: { is: 'empty' } };
      harness.pane.redraw();
    });
    harness.clock.after(120, () => {
      harness.pane.torn = null;
      harness.pane.redraw();
    });
  };
  expect((await harness.attempt(harness.delivery(text))).is).toBe('typed-not-submitted');
});

test("work that began after a person's own Enter is no receipt", async () => {
  const harness = courierHarness({ losesEnters: 9, echoes: false });
  harness.pane.after = (act) => {
    if (act === 'press') harness.clock.after(100, () => harness.pane.human('C-u', 'y', 'Enter'));
  };
  expect((await harness.attempt(harness.delivery(text))).is).toBe('uncertain');
  expect(harness.pane.submissions).toEqual(['y']);
});

test('a person who typed before tmux had answered our Enter is known of', async () => {
  const harness = courierHarness({ losesEnters: 1, echoes: false });
  const press = harness.pane.press.bind(harness.pane);
  harness.pane.press = async (...order) => {
    const said = await press(...order);
    harness.pane.human('C-u', 'y', 'Enter');
    await new Promise<void>((answered) => harness.clock.after(1_500, answered));
    return said;
  };
  expect((await harness.attempt(harness.delivery(text))).is).toBe('uncertain');
  expect(harness.pane.submissions).toEqual(['y']);
});

test.each([20, 400])(
  'a draft above an empty line is no echo while the program may be ending, for %i ms',
  async (ms) => {
    const harness = courierHarness({ losesEnters: 9 });
    harness.pane.after = (act) => {
      if (act !== 'press') return;
      harness.pane.torn = { composer: { is: 'empty' }, turn: { inputs: [text], words: [] } };
      harness.pane.redraw();
      harness.clock.after(ms, () => {
        harness.pane.torn = null;
        harness.pane.exitToShell();
      });
    };
    expect(await harness.attempt(harness.delivery(text))).toMatchObject({ is: 'uncertain' });
    expect(harness.pane.submissions).toEqual([]);
  },
);

test('work that began is no receipt where nothing is echoed: the program may have a reason of its own', async () => {
  const harness = courierHarness({ echoes: false });
  expect(await harness.attempt(harness.delivery(text))).toMatchObject({
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
      const harness = courierHarness({ markerAbove: 100 });
      harness.pane.inputs = ['continue'];
      harness.pane.words = ['done'];
      harness.pane.settle();
      harness.pane.before = (act) => {
        if (act === 'press') harness.pane.composer = '';
      };
      harness.pane.after = (act) => {
        if (act === 'press') for (const at of [20, 700]) harness.clock.after(at, () => harness.pane.change(change));
      };
      expect((await harness.attempt(harness.delivery(body))).is).toBe('uncertain');
      expect(harness.pane.submissions).toEqual([]);
    }
  },
);

test('a program that empties its composer in the middle of a paste gets no Enter for the end of the text that it has then', async () => {
  const long = Array.from({ length: 60 }, (_, index) => `line ${index} of a long answer`).join('\n');
  for (const character of [{}, { composerRows: 8 }]) {
    const harness = courierHarness({ pieces: 20, reactMs: 40, ...character });
    harness.clock.after(500, () =>
      harness.pane.change((pane) => {
        pane.composer = '';
      }),
    );
    expect([character, (await harness.attempt(harness.delivery(long))).is]).toEqual([character, 'typed-not-submitted']);
    expect(harness.pane.enters).toEqual([]);
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
    const harness = courierHarness();
    harness.pane.drawsInput = () => echo;
    expect([echo, (await harness.attempt(harness.delivery(body))).is]).toEqual([echo, 'acknowledged']);
    expect(harness.pane.submissions).toEqual([body]);
  }
});

test('the same words again are a new input, told from their older echo', async () => {
  const harness = courierHarness();
  expect((await harness.attempt(harness.delivery('continue'))).is).toBe('acknowledged');
  await harness.clock.pass(3_000);
  harness.memory.stored = null;
  expect((await harness.attempt(harness.delivery('continue'))).is).toBe('acknowledged');
  expect(harness.pane.submissions).toEqual(['continue', 'continue']);
});

test('the same words are not taken for submitted where their Enter was lost', async () => {
  const harness = courierHarness({ losesEnters: 9 });
  harness.pane.inputs = ['continue'];
  harness.pane.words = ['done'];
  harness.pane.settle();
  expect((await harness.attempt(harness.delivery('continue'))).is).toBe('typed-not-submitted');
});

test('an approval that opens right after the input does not hide the echo', async () => {
  const harness = courierHarness({ worksMs: 20, asksAfterwards: true, drawMs: 15 });
  expect((await harness.attempt(harness.delivery(text))).is).toBe('acknowledged');
  expect(harness.pane.approvals).toEqual([]);
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
    const harness = courierHarness(character);
    expect([character, (await harness.attempt(harness.delivery(long))).is]).toEqual([character, 'acknowledged']);
    expect(harness.pane.submissions).toEqual([long]);
  }
});

test('the receipt of a long text comes as soon as that of a short one', async () => {
  const long = 'a long line of words '.repeat(30);
  for (const character of [{ markerAbove: 100 }, { composerRows: 3 }]) {
    const harness = courierHarness(character);
    await harness.attempt(harness.delivery(long));
    expect(harness.clock.now() - harness.pane.enters[0]!).toBeLessThan(100);
  }
});

test('the private notes of an envelope are never typed', async () => {
  const harness = courierHarness();
  await harness.attempt(harness.delivery(text));
  expect(harness.pane.pastes.join()).not.toContain('never typed');
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
    const harness = courierHarness({ reactMs: 100 });
    harness.pane.after = (act) => {
      if (act === 'press') end(harness.pane);
    };
    expect((await harness.attempt(harness.delivery(text))).is).toBe('uncertain');
    expect(harness.pane.enters).toHaveLength(1);
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
      const harness = courierHarness();
      const delivery = harness.delivery(text, forced ? force : {});
      change(harness.pane);
      harness.pane.settle();
      expect(await harness.attempt(delivery)).toMatchObject({ is: 'held', reason });
      expectUntouched(harness);
      expect(harness.memory.states).toEqual(['held']);
    }
  }
});

test('the same hold again is written once, and its beginning is kept', async () => {
  const harness = courierHarness();
  harness.pane.busy = true;
  harness.pane.settle();
  const first = await harness.clock.until(harness.courier.attempt(harness.delivery(text)));
  await harness.clock.pass(1_000);
  const again = await harness.clock.until(harness.courier.attempt(first));
  expect(again).toBe(first);
  harness.pane.dialog = true;
  harness.pane.settle();
  await harness.attempt(again);
  expect(harness.memory.states).toEqual(['held', 'held']);
});

test('force types while the agent works', async () => {
  const harness = courierHarness();
  harness.pane.busy = true;
  harness.pane.inputs = ['before'];
  harness.pane.settle();
  expect(await harness.attempt(harness.delivery(text, force))).toMatchObject({ is: 'acknowledged' });
  expect(harness.pane.submissions).toEqual([text]);
});

test('copy mode is left where nobody reads in it, and respected where somebody may', async () => {
  const left = courierHarness();
  left.pane.inMode = true;
  expect((await left.attempt(left.delivery(text))).is).toBe('acknowledged');

  const read = courierHarness();
  read.pane.keyAt = read.clock.now() - 10_000;
  read.pane.inMode = true;
  expect(await read.attempt(read.delivery(text))).toMatchObject({ is: 'held', reason: 'copy-mode' });
  expect(read.pane.inMode).toBe(true);
  expectUntouched(read);
});

test('below a copy mode that is left, the guard still holds', async () => {
  const harness = courierHarness();
  harness.pane.inMode = true;
  harness.pane.dialog = true;
  harness.pane.settle();
  expect(await harness.attempt(harness.delivery(text))).toMatchObject({ is: 'held', reason: 'dialog' });
  expectUntouched(harness);
});

test('a pane that somebody else types into is left alone, and its lock is free after every outcome', async () => {
  const harness = courierHarness();
  harness.locks.held = true;
  expect(await harness.attempt(harness.delivery(text))).toMatchObject({ is: 'held', reason: 'locked' });
  expectUntouched(harness);
  harness.locks.held = false;
  await harness.attempt(harness.memory.stored!);
  expect(harness.locks.held).toBe(false);
});

test('a text that cannot be typed as it is fails with its reason', async () => {
  const harness = courierHarness();
  expect(await harness.attempt(harness.delivery('\u0007\n'))).toEqual({ is: 'failed', reason: 'the text is empty' });
  harness.memory.stored = null;
  harness.pane.facts = { ...fakeComposerFacts, commandOpenings: [{ pattern: '^!', prefix: null }] };
  expect(await harness.attempt(harness.delivery('!rm -rf x'))).toMatchObject({
    is: 'failed',
    reason: expect.stringContaining('!rm'),
  });
  expectUntouched(harness);
});

test('a worker that writes about dialogs can still be answered, and so can an answer that does', async () => {
  const harness = courierHarness();
  harness.pane.inputs = ['what did it say?'];
  harness.pane.words = ['It said: Approve this? I did not.'];
  harness.pane.settle();
  expect((await harness.attempt(harness.delivery('When it says "Approve this?" say no.'))).is).toBe('acknowledged');
  expect(harness.pane.submissions).toHaveLength(1);
});

// ── shells ──

const shellAllowed = { options: { force: false, allowShell: true } };

test('at a shell, with permission, one line is typed and run once, whatever a reader calls the shell', async () => {
  for (const reads of ['unknown', 'exited'] as const) {
    const harness = courierHarness();
    harness.pane.shellReads = reads;
    harness.pane.exitToShell();
    harness.pane.settle();
    expect(await harness.attempt(harness.delivery('echo hello; true'))).toMatchObject({ is: 'held', reason: 'shell' });
    const state = await harness.attempt(harness.delivery('echo hello; true', shellAllowed));
    expect(state).toMatchObject({ is: 'acknowledged', receipt: { evidence: 'echoed-on-screen' } });
    expect(harness.pane.submissions).toEqual(['echo hello; true']);
  }
});

test('at a shell, with permission, a line may begin as a command of an agent would', async () => {
  const harness = courierHarness();
  harness.pane.facts = {
    ...fakeComposerFacts,
    commandOpenings: [{ pattern: '^\\s*[!/]', prefix: null }],
  } satisfies ComposerFacts;
  harness.pane.exitToShell();
  harness.pane.settle();
  expect((await harness.attempt(harness.delivery('/bin/echo hello', shellAllowed))).is).toBe('acknowledged');
  expect(harness.pane.submissions).toEqual(['/bin/echo hello']);
});

test('several lines are not typed at a shell: each would be run as it arrives', async () => {
  const harness = courierHarness();
  harness.pane.exitToShell();
  harness.pane.settle();
  expect(await harness.attempt(harness.delivery('cd /\nrm -rf x', shellAllowed))).toMatchObject({ is: 'failed' });
  expectUntouched(harness);
});

test('a shell that does not show what was typed gets no Enter', async () => {
  const harness = courierHarness({ losesPastes: 9 });
  harness.pane.exitToShell();
  harness.pane.settle();
  expect((await harness.attempt(harness.delivery('echo hello', shellAllowed))).is).toBe('uncertain');
  expect(harness.pane.pastes).toHaveLength(1);
  expect(harness.pane.enters).toEqual([]);
});

test('a shell whose Enter was lost has the line still before its cursor', async () => {
  const harness = courierHarness({ losesEnters: 9 });
  harness.pane.exitToShell();
  harness.pane.facts = { ...fakeComposerFacts, rescueEnters: 0 } satisfies ComposerFacts;
  harness.pane.settle();
  harness.pane.deaf = true;
  expect((await harness.attempt(harness.delivery('echo hello', shellAllowed))).is).toBe('typed-not-submitted');
});

// ── faults ──

test('where the memory refuses, nothing is typed: the delivery was cancelled meanwhile', async () => {
  const harness = courierHarness();
  const delivery = harness.delivery(text);
  harness.memory.stored = { ...delivery, state: { is: 'cancelled', reason: 'by a human' } };
  await expect(harness.clock.until(harness.courier.attempt(delivery))).rejects.toThrow(
    'cancelled cannot become claimed',
  );
  expectUntouched(harness);
  expect(harness.locks.held).toBe(false);
});

test('a delivery that ended is not touched, whoever attempts it', async () => {
  const harness = courierHarness();
  const ended: Delivery = harness.delivery(text, { state: { is: 'uncertain', reason: 'x' } });
  expect(await harness.clock.until(harness.courier.attempt(ended))).toBe(ended);
  expect(await harness.clock.until(harness.courier.reconcile(ended))).toBe(ended);
  expectUntouched(harness);
});
