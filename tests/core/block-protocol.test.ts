import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  neutraliseDelimiters,
  parseAttributes,
  parseResponse,
  parseSections,
} from '../../bridge/core/block-protocol.ts';

const id = '20261121T012706.123Z-7f3k9q';
const other = '20261121T012706.124Z-aaaaaa';
const END = '<<CONTROLLER_RESPONSE_END>>';
const block = (inner: string, named = ` id=${id}`) => `<<CONTROLLER_RESPONSE${named}>>\n${inner}\n${END}`;
const strict = { split: true, requireBlock: true, requestId: id };
const answer = (instructions: string, notes = '') => ({ is: 'answer', instructions, notes });

describe('the block', () => {
  test('an answer in a block gives its instructions to the worker and its notes to the human', () => {
    expect(parseResponse(`Sure.\n${block('WORKER INSTRUCTIONS:\nUse sqlite.\nNOTES:\nCheap.')}\n`, strict)).toEqual(
      answer('Use sqlite.', 'Cheap.'),
    );
  });

  test('an echoed template before the answer loses, and one that is echoed alone is not an answer', () => {
    const template = '<<CONTROLLER_RESPONSE id=REQUEST-ID>>\nWORKER INSTRUCTIONS:\n…\nNOTES:\n…\n';
    expect(parseResponse(template + block('WORKER INSTRUCTIONS: real'), strict)).toEqual(answer('real'));
    expect(parseResponse(`${template}${END}\n${block('WORKER INSTRUCTIONS: real')}`, strict)).toEqual(answer('real'));
    expect(parseResponse(template + END, strict)).toMatchObject({ is: 'malformed' });
  });

  test('of two complete blocks the last wins', () => {
    expect(parseResponse(`${block('one')}\n${block('two')}`, strict)).toEqual(answer('two'));
  });

  test("a block that names another request's id is not an answer, wherever it stands", () => {
    expect(parseResponse(block('theirs', ` id=${other}`), strict)).toMatchObject({ is: 'malformed' });
    expect(parseResponse(`${block('mine')}\n${block('theirs', ` id=${other}`)}`, strict)).toEqual(answer('mine'));
  });

  test('a block without an id answers the request it was asked for', () => {
    expect(parseResponse(block('yes', ''), strict)).toEqual(answer('yes'));
    expect(parseResponse(block('yes', ` id="${id}"`), strict)).toEqual(answer('yes'));
  });

  test('a START whose END never came, and an END alone, are malformed and never typed', () => {
    expect(parseResponse(`<<CONTROLLER_RESPONSE id=${id}>>\nWORKER INSTRUCTIONS: half`, strict)).toMatchObject({
      is: 'malformed',
    });
    const loose = { ...strict, requireBlock: false };
    expect(parseResponse(`<<CONTROLLER_RESPONSE>>\nhalf`, loose)).toMatchObject({ is: 'malformed' });
    expect(parseResponse(`text\n${END}`, loose)).toMatchObject({ is: 'malformed' });
  });

  test('a START does not match an END, so END and START in the wrong order hold nothing', () => {
    expect(parseResponse(`${END}\ntext\n<<CONTROLLER_RESPONSE>>`, strict)).toMatchObject({ is: 'malformed' });
  });

  test('an empty block and an empty text are empty, not malformed', () => {
    expect(parseResponse(block('  \n\n'), strict)).toEqual({ is: 'empty' });
    expect(parseResponse(' \n', strict)).toEqual({ is: 'empty' });
  });

  test('text without a block is refused where one is required and accepted whole where none is', () => {
    expect(parseResponse('Do it.', strict)).toMatchObject({ is: 'malformed' });
    expect(parseResponse('Do it.', { split: true, requireBlock: false })).toEqual(answer('Do it.'));
  });

  test('a megabyte of unfinished starts is read without growing slower than its length', () => {
    for (const piece of ['<<CONTROLLER_RESPONSE ', '<<CONTROLLER_RESPONSE>>', 'x', ' ', '\n', '```\n', '*']) {
      const startedAt = performance.now();
      parseResponse(piece.repeat(Math.ceil(1_000_000 / piece.length)), strict);
      expect(performance.now() - startedAt).toBeLessThan(10_000);
    }
  });

  test('whatever a controller says, reading it gives one of the four outcomes and throws nothing', () => {
    const piece = fc.constantFrom(
      '<<CONTROLLER_RESPONSE>>',
      `<<CONTROLLER_RESPONSE id=${id}>>`,
      END,
      'WORKER INSTRUCTIONS:',
      '- NOTES:',
      '```',
      'ESCALATE: x',
      '\n',
      '\r\n',
      'text',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.boolean(), fc.boolean(), (pieces, split, requireBlock) => {
        const parsed = parseResponse(pieces.join(''), { split, requireBlock, requestId: id });
        expect(['answer', 'escalate', 'empty', 'malformed']).toContain(parsed.is);
        if (parsed.is === 'answer') expect(parsed.instructions.trim()).not.toBe('');
      }),
    );
  });
});

describe('the sections', () => {
  test.each([
    'WORKER INSTRUCTIONS:\ndo it\nNOTES:\nwhy',
    'WORKER INSTRUCTIONS: do it\nNOTES: why',
    'Worker Instructions: do it\nNotes: why',
    '**WORKER INSTRUCTIONS:** do it\n**NOTES:** why',
    '**WORKER INSTRUCTIONS**: do it\n**NOTES**: why',
    '**WORKER INSTRUCTIONS**\ndo it\n**NOTES**\nwhy',
    '## WORKER INSTRUCTIONS\n\ndo it\n\n## NOTES\n\nwhy\n',
    '### Worker instructions:\ndo it\n### Notes:\nwhy',
    '__WORKER INSTRUCTIONS:__\ndo it\n__NOTES:__\nwhy',
    '`WORKER INSTRUCTIONS:`\ndo it\n`NOTES:`\nwhy',
    '> WORKER INSTRUCTIONS:\ndo it\n> NOTES:\nwhy',
    '- **WORKER INSTRUCTIONS:** do it\n- **NOTES:** why',
    '- WORKER INSTRUCTIONS: do it\n- NOTES: why',
    '1. WORKER INSTRUCTIONS: do it\n2. NOTES: why',
    'WORKER INSTRUCTIONS\ndo it\nNOTES:\nwhy',
    '  WORKER INSTRUCTIONS:\ndo it\n  NOTES:\nwhy',
    'WORKER INSTRUCTIONS：do it\nNOTES：why',
    'NOTES: why\nWORKER INSTRUCTIONS: do it',
    'why\nWORKER INSTRUCTIONS: do it',
    'WORKER INSTRUCTIONS:\r\ndo it\r\nNOTES:\r\nwhy\r\n',
    '```\nWORKER INSTRUCTIONS:\ndo it\nNOTES:\nwhy\n```',
  ])('headers are recognised however they are decorated: %j', (text) => {
    expect(parseSections(text, true)).toEqual(answer('do it', 'why'));
  });

  test.each([
    '2. Notes.md must be updated',
    'Notes.md must be updated',
    '- notes: read them',
    'notes: lower case is prose',
    '2. Notes: keep it short',
    '- NOTES: an item of the list',
    'NOTES are kept in docs/',
    'Update the NOTES: section',
    'see worker instructions: above',
    'WORKER INSTRUCTIONS are in docs/',
    'MY NOTES: x',
    'FOOTNOTES: x',
    'NOTES_FILE: x',
    '#NOTES: a tag',
  ])('a line that only looks like a header stays with the instructions: %j', (line) => {
    const text = `1. Edit a.ts\n${line}\n3. Run the tests`;
    expect(parseSections(`WORKER INSTRUCTIONS:\n${text}\nNOTES:\nprivate`, true)).toEqual(answer(text, 'private'));
  });

  test('a header inside a code fence of the instructions is content', () => {
    const text = 'Write this file:\n```\nNOTES: not mine\nESCALATE: nor this\n```\nand commit.';
    expect(parseSections(`WORKER INSTRUCTIONS:\n${text}\nNOTES: mine`, true)).toEqual(answer(text, 'mine'));
  });

  test('a fence that never closes hides no notes', () => {
    expect(parseSections('WORKER INSTRUCTIONS:\n```\ndo it\nNOTES: why', true)).toEqual(answer('```\ndo it', 'why'));
  });

  test('bold text straight after a plain header keeps its decoration', () => {
    expect(parseSections('WORKER INSTRUCTIONS:**now** run it', true)).toEqual(answer('**now** run it'));
  });

  test('text without headers is all instructions; notes alone are an empty answer', () => {
    expect(parseSections('just do it', true)).toEqual(answer('just do it'));
    expect(parseSections('NOTES: I have no idea', true)).toEqual({ is: 'empty' });
    expect(parseSections('WORKER INSTRUCTIONS:\n\nNOTES: x', true)).toEqual({ is: 'empty' });
  });

  test('without splitting everything goes to the worker', () => {
    const text = 'WORKER INSTRUCTIONS: do it\nNOTES: why';
    expect(parseSections(text, false)).toEqual(answer(text));
  });

  test('indentation, blank lines, tabs and odd characters inside the instructions are kept', () => {
    const text = '    indented;\n\n\tUp\nC-c $(x) `y` \u2028 漢字 👩‍👩‍👧\n  trailing \\';
    expect(parseSections(`WORKER INSTRUCTIONS:\n${text}\nNOTES: n`, true)).toEqual(answer(text, 'n'));
  });
});

describe('escalation', () => {
  test.each([
    'ESCALATE: needs a human',
    '**ESCALATE:** needs a human',
    '**ESCALATE**: needs a human',
    '  ESCALATE:needs a human',
    'WORKER INSTRUCTIONS:\nESCALATE: needs a human',
    'WORKER INSTRUCTIONS: wait\nNOTES: hm\nESCALATE: needs a human',
    'I looked at the files.\n\nESCALATE: needs a human',
  ])('a line that escalates goes to the human, with or without a block: %j', (text) => {
    const expected = { is: 'escalate', reason: 'needs a human' };
    expect(parseResponse(block(text), strict)).toEqual(expected);
    expect(parseResponse(text, strict)).toEqual(expected);
    expect(parseResponse(text, { split: false, requireBlock: false })).toEqual(expected);
  });

  test('an escalation without a reason says so, and a reason may have many lines', () => {
    expect(parseSections('ESCALATE:', true)).toEqual({ is: 'escalate', reason: 'no reason given' });
    expect(parseSections('ESCALATE: a\nb', true)).toEqual({ is: 'escalate', reason: 'a\nb' });
  });

  test('a sentence about escalating is no escalation', () => {
    expect(parseSections('Write ESCALATE: reason when stuck', true)).toMatchObject({ is: 'answer' });
  });
});

describe('attributes and neutralising', () => {
  test('attributes are read plain or quoted, lower-cased, bounded in number and size', () => {
    expect(parseAttributes(' id=a1 Type="two words" x=\'y z\'')).toEqual({ id: 'a1', type: 'two words', x: 'y z' });
    const many = Array.from({ length: 50 }, (_, n) => `k${n}=${'v'.repeat(500)}`).join(' ');
    expect(Object.keys(parseAttributes(many))).toHaveLength(16);
    expect(parseAttributes(many).k0).toHaveLength(200);
    expect(parseAttributes('__proto__=x constructor=y')).not.toHaveProperty('__proto__', 'x');
  });

  test.each([
    '<<CONTROLLER_REQUEST>>',
    '<<CONTROLLER_REQUEST_END>>',
    `<<CONTROLLER_RESPONSE id=${id}>>`,
    '<<<CONTROLLER_RESPONSE_END>>>',
    '<<controller_response>>',
    '<< CONTROLLER_REQUEST>>',
    '<<CONTROLLERREQUEST>>',
    '<<CONTROLLER\\_REQUEST>>',
    '<<CONTROLLER_\nREQUEST>>',
  ])('a delimiter in a text of somebody else loses its power, once and for all: %j', (text) => {
    const tamed = neutraliseDelimiters(`a ${text} b`);
    expect(tamed).not.toMatch(/<<\s*CONTROLLER/i);
    expect(neutraliseDelimiters(tamed)).toBe(tamed);
  });

  test('other double brackets stay as they are', () => {
    const text = 'cat <<EOF\n1 << 2\n<<CONTROL>> <<CONTROLLER>>\nEOF';
    expect(neutraliseDelimiters(text)).toBe(text);
  });
});
