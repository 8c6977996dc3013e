/** Where an agent works: some texts name what lies there. */
export interface Surroundings {
  readonly workingFolder: string;
}

export interface KindOfText {
  readonly name: string;
  readonly text: (where: Surroundings) => string;
  /** beyond the kinds that the facts were measured on: what reading the programs gave reason to try */
  readonly isMore?: boolean;
}

const sentence = 'The queue is drained by one worker that takes the oldest job first, and no lock is needed. ';
const lineOf = (index: number) => `${index}: ${sentence.repeat(2)}`.slice(0, 79);
const kind = (name: string, text: string | KindOfText['text']): KindOfText => ({
  name,
  text: typeof text === 'string' ? () => text : text,
});

const more = (name: string, text: string | KindOfText['text']): KindOfText => ({ ...kind(name, text), isMore: true });

/**
 * The kinds of text that a delivery is measured on. `README.md` lies in the agent's folder and `/etc/hostname` on every
 * machine: an agent that looks for what a text names finds them.
 */
export const kindsOfText: readonly KindOfText[] = [
  kind('one line', 'Use SQLite, one file, and keep its path configurable.'),
  kind('five lines, one of them empty', 'First the table.\nThen its index.\n\n- keep the names\n- and the order'),
  kind('2,000 characters in one line', sentence.repeat(30).slice(0, 1999).concat('.')),
  kind('10,000 characters in one line', sentence.repeat(120).slice(0, 9999).concat('.')),
  kind(
    '10,000 characters in 125 lines',
    Array.from({ length: 125 }, (_, index) => lineOf(index + 1))
      .join('\n')
      .padEnd(10_000, '.'),
  ),
  kind(
    'accents, CJK and emoji with joiners',
    'Grüße à Zoë: 日本語のテスト, 한국어, e\u0301 and 👩‍👩‍👧 with 👍🏽 🇩🇪 done',
  ),
  kind('a beginning of /help', '/help is no command here'),
  kind('a path at the beginning', '/etc/hostname is the file to read'),
  kind('a beginning of !', '!touch proof is no command here'),
  kind('a beginning of @file', '@README.md is the file to begin with'),
  more('@file in the middle, and an address', 'Read @README.md first, then ask me@example.com about @types/node.'),
  more('@file at the end', 'The file to begin with is @README.md'),
  kind('a beginning of #note', '#note is no memory here'),
  kind('a line that names a key', 'The first line.\nC-c\nEnter\nThe last line.'),
  kind('$(x) and backticks', 'Keep $(touch proof), `touch proof` and $HOME as they are.'),
  more('a $name at the end', 'The folder to use is $HOME'),
  kind('a trailing backslash', 'The path is C:\\temp\\'),
  kind('tabs', 'one\ttwo\t\tthree\n\tindented\n\t\ttwice'),
  kind('a trailing ;', 'echo done;'),
  more('the name of a file and nothing else', 'README.md'),
  more('the path of a picture and nothing else', ({ workingFolder }) => `${workingFolder}/picture.png`),
];
