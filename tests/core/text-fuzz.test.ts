import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAnswer, renderRequest } from '../../bridge/controllers/mailbox-page.ts';
import { maskSecrets } from '../../bridge/controllers/mask.ts';
import { plainText as tamed } from '../../bridge/controllers/untrusted.ts';
import { parseRows, plainText } from '../../bridge/core/ansi.ts';
import {
  neutraliseDelimiters,
  parseAttributes,
  parseResponse,
  parseSections,
} from '../../bridge/core/block-protocol.ts';
import { prepare } from '../../bridge/delivery/text.ts';
import { fakeComposerFacts } from '../delivery/fake-pane.ts';
import { fuzz } from '../fixtures/fuzz.ts';
import { growsInProportion, stumblingBlocks } from '../fixtures/growth.ts';
import { sampleRequest } from '../journal/samples.ts';

const id = '20261121T012706.123Z-7f3k9q';
const rules = { split: true, requireBlock: false, requestId: id };

test('nothing that people and programs write takes longer to read than in proportion to its length', () => {
  growsInProportion(
    {
      parseRows: (text) => parseRows(text.split('\n')),
      plainText,
      neutraliseDelimiters,
      parseAttributes,
      parseResponse: (text) => parseResponse(text, rules),
      parseSections: (text) => parseSections(text, true),
      readAnswer: (text) => readAnswer(text, id, true),
      readFront: (text) => readAnswer(`---\n${text}\n---\nyes`, id, true),
      maskSecrets,
      tamed,
      prepare: (text) => prepare(text, fakeComposerFacts),
    },
    15,
  );
});

test('a page of a hundred thousand keys is no front matter, and is not compared key by key', () => {
  const keys = Array.from({ length: 20_000 }, (_, at) => `k${at}: 1`).join('\n');
  expect(readAnswer(`---\n${keys}\n---\nyes`, id, true)).toMatchObject({ is: 'answer' });
});

const piece = fc.oneof(
  fc.constantFrom(...stumblingBlocks, '\n', '\n', '---\n', `id: ${id}\n`, 'notes: mine\n', '&a [*a]\n', '!!js/x y\n'),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const page = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));

test('whatever stands in an answer, it is instructions or a refusal with a reason', () => {
  fc.assert(
    fc.property(page, fc.boolean(), fc.boolean(), (text, isFronted, split) => {
      const read = readAnswer(isFronted ? `---\n${text}\n---\n${text}` : text, id, split);
      if (read.is === 'answer') expect(read.instructions.trim()).not.toBe('');
      else if (read.is === 'refused') expect(read.reason).not.toBe('');
    }),
    fuzz(1_500),
  );
});

test("a request page says no more in its front matter than the bridge does, whatever the worker's words are", () => {
  fc.assert(
    fc.property(page, page, (text, context) => {
      const request = sampleRequest('r1', { text, context, attributes: { a: text.slice(0, 200) } });
      const rendered = renderRequest(request, text);
      // as an answer it names its own request: the front matter is whole, however hostile what it quotes
      expect(readAnswer(rendered, 'r2', true)).toMatchObject({ is: 'refused', reason: expect.stringContaining('r1') });
    }),
    fuzz(400),
  );
});

test('text that was made safe to type has no control character, no delimiter and no half of one', () => {
  fc.assert(
    fc.property(page, (text) => {
      const prepared = prepare(text, fakeComposerFacts);
      if (prepared.is === 'refused') return;
      expect(prepared.text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
      expect(prepared.text).not.toMatch(/<<\s*CONTROLLER[\s_\\*]*(?:REQUEST|RESPONSE)/i);
      expect(Buffer.from(prepared.text).toString()).toBe(prepared.text);
    }),
    fuzz(1_500),
  );
});
