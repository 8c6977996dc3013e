import { expect, test } from 'vitest';
import { MarkerNotifier } from '../../bridge/screen/marker.ts';
import { SignalReader } from '../../bridge/screen/signals.ts';

const chunked = (text: string, size: number): Buffer[] => {
  const bytes = Buffer.from(text);
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
};

test.each([1, 2, 3, 7, 1000])('signals are read in chunks of %i bytes', (size) => {
  const reader = new SignalReader();
  const text =
    'words\x1b[31m\x1b]0;⠦ work\x07more\x1b]7501;state=working:app=codex\x1b\\\x1b]8;;https://x\x1b\\link\x1b]0;work\x07\x1b]7501;state=blocked:app=codex:kind=permission\x07';
  for (const chunk of chunked(text, size)) reader.push(chunk, 5);
  expect(reader.signals).toEqual({ state: 'blocked', at: 5, workedAt: 5, restingTitle: 'work' });
});

test('words on the screen that name a state are no signal', () => {
  const reader = new SignalReader();
  reader.push(Buffer.from(']7501;state=idle:app=codex\x07 7501;state=done \x1b]0;7501;state=idle\x07'), 1);
  expect(reader.signals.state).toBeUndefined();
});

test('a state taken back is no state', () => {
  const reader = new SignalReader();
  reader.push(Buffer.from('\x1b]7501;state=done:app=codex\x1b\\\x1b]7501;state=clear\x1b\\'), 1);
  expect(reader.signals.state).toBeUndefined();
});

test('an abandoned sequence does not swallow the next one', () => {
  const reader = new SignalReader();
  reader.push(Buffer.from('\x1b]0;half\x1b]7501;state=idle:app=codex\x1b\\'), 1);
  expect(reader.signals.state).toBe('idle');
});

test('an endless sequence costs no memory and hides nothing after it', () => {
  const reader = new SignalReader();
  for (let i = 0; i < 1000; i++) reader.push(Buffer.from(`\x1b]52;c;${'A'.repeat(10_000)}`), 1);
  reader.push(Buffer.from('\x07\x1b]7501;state=idle:app=codex\x07'), 2);
  expect(reader.signals.state).toBe('idle');
});

test('a title that follows a spinner is the program’s own; one with no spinner before is not', () => {
  const reader = new SignalReader();
  reader.push(Buffer.from('\x1b]0;user@host: ~\x07'), 1);
  expect(reader.signals.restingTitle).toBeUndefined();
  reader.push(Buffer.from('\x1b]0;⠋ Fix the tests\x07\x1b]0;Fix the tests\x07'), 1);
  expect(reader.signals.restingTitle).toBe('Fix the tests');
});

test.each([1, 2, 5, 1000])('an END rings once in chunks of %i bytes, with escapes between its letters', (size) => {
  const bell = new MarkerNotifier();
  const text =
    'x <<CONTROLLER_\x1b[1mREQUEST_EN\x1b[0m\x1b[38;2;1;2;3mD>\x1b]8;;\x1b\\> and <<CONTROLLERRESPONSEEND>> y';
  expect(chunked(text, size).filter((chunk) => bell.notices(chunk)).length).toBe(size === 1000 ? 1 : 2);
});

test('a START, a mention and half an END do not ring', () => {
  const bell = new MarkerNotifier();
  expect(
    bell.notices(Buffer.from('<<CONTROLLER_REQUEST>> and CONTROLLER_REQUEST_END and <<CONTROLLER_REQUEST_END>')),
  ).toBe(false);
  expect(bell.notices(Buffer.from('\x1b[5;1H'))).toBe(false);
  expect(bell.notices(Buffer.from('>'))).toBe(true);
  expect(bell.notices(Buffer.from('redrawn'))).toBe(false);
});

test('a notification is a call for the user, progress is not, and neither touches what was said before', () => {
  const reader = new SignalReader();
  reader.push(Buffer.from('\x1b]7501;state=working:app=codex\x07'), 5);
  expect(reader.push(Buffer.from('\x1b]9;4;3;0\x07'), 10)).toEqual({
    state: 'working',
    at: 5,
    workedAt: 5,
    isInProgress: true,
  });
  expect(reader.push(Buffer.from('\x1b]9;4;0\x1b\\'), 20)).toMatchObject({ isInProgress: false });
  expect(reader.push(Buffer.from('\x1b]777;notify;gemini;needs you\x07'), 30)).toMatchObject({
    calledAt: 30,
    state: 'working',
  });
  expect(reader.push(Buffer.from('\x1b]9;Approval needed\x07'), 40)).toMatchObject({ calledAt: 40 });
});

test('where bytes went by unheard, what it says of its present state is not known; what it did stays true', () => {
  const reader = new SignalReader();
  reader.push(
    Buffer.from('\x1b]0;⠦ work\x07\x1b]0;work\x07\x1b]7501;state=working\x07\x1b]9;4;1;20\x07\x1b]7501;state=do'),
    7,
  );
  expect(reader.signals).toMatchObject({ state: 'working', isInProgress: true });
  reader.missed();
  expect(reader.signals).toEqual({ workedAt: 7, restingTitle: 'work' });
  reader.push(Buffer.from('ne\x07\x1b]7501;state=idle\x07'), 9);
  expect(reader.signals.state).toBe('idle');
});

test('a title that followed one with a spinner unheard is not taken for the resting one', () => {
  const reader = new SignalReader();
  reader.push(Buffer.from('\x1b]0;⠦ work\x07'), 1);
  reader.missed();
  reader.push(Buffer.from('\x1b]0;anything\x07'), 2);
  expect(reader.signals.restingTitle).toBeUndefined();
});
