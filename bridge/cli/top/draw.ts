import type { MessageView } from '../../api/inbox.ts';
import type { MemberView } from '../../api/members.ts';
import type { RequestView } from '../../api/views.ts';
import { inWords } from '../../core/duration.ts';
import { statusLineToCut } from '../status-line.ts';
import { cell, folded, type Line, type Style, tailTo } from './line.ts';
import { cursorOf, type Known, rowsOf, selected, type Tab, type TopState, tabs } from './state.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Less shows nothing of use. */
const least: Size = { columns: 40, rows: 8 };

/** The whole screen, a line for each row. @param now ms since 1970 */
export function drawn(state: TopState, size: Size, now: number): Line[] {
  if (size.columns < least.columns || size.rows < least.rows)
    return [[`too small: ${least.columns}x${least.rows} at least`]];
  const room = size.rows - 4;
  const body = state.isOpen ? openRow(state, size.columns, room, now) : list(state, size.columns, room, now);
  const blank: Line = [];
  return [header(state, now), tabBar(state), ...fill(body, room, blank), noteLine(state, now), promptLine(state, size)];
}

function fill(lines: readonly Line[], count: number, blank: Line): Line[] {
  return [...lines.slice(0, count), ...Array<Line>(Math.max(0, count - lines.length)).fill(blank)];
}

function header({ known: { overview } }: TopState, now: number): Line {
  const text = overview === null ? 'asking the bridge' : statusLineToCut(overview, now);
  return [{ text: ` bridge  ${text}`, style: 'inverse' }];
}

function tabBar(state: TopState): Line {
  const counts: Readonly<Record<Tab, number>> = {
    requests: state.known.requests.length,
    members: state.known.members.length,
    mail: state.known.messages.length,
  };
  return tabs.flatMap((tab, index) => {
    const text = `${index + 1} ${tab} (${counts[tab]})`;
    return [
      ' ',
      tab === state.tab ? { text: `[${text}]`, style: 'bold' as const } : { text: ` ${text} `, style: 'dim' as const },
    ];
  });
}

function list(state: TopState, columns: number, room: number, now: number): Line[] {
  const rows = rowsOf(state);
  if (rows.length === 0) return [[], [{ text: `  ${empty[state.tab]}`, style: 'dim' }]];
  const cursor = cursorOf(state);
  const first = Math.min(Math.max(0, cursor - Math.floor(room / 2)), Math.max(0, rows.length - room));
  return rows.slice(first, first + room).map((_, index): Line => {
    const isHere = first + index === cursor;
    const [text, style] = rowAt(state, first + index, columns - 2, now);
    const mark = isHere ? '> ' : '  ';
    return [{ text: `${mark}${text}`, ...(isHere ? { style: 'inverse' as const } : style !== null && { style }) }];
  });
}

const empty: Readonly<Record<Tab, string>> = {
  requests: 'nothing is asked',
  members: 'nobody has a name yet: bridge start worker, bridge add',
  mail: 'nobody has written anything yet',
};

function rowAt(state: TopState, index: number, columns: number, now: number): [text: string, style: Style | null] {
  const { known, tab } = state;
  if (tab === 'requests') {
    const request = known.requests[index]!;
    const age = inWords(now - request.openedAt);
    const who = cells(columns, [age, 8, 6], [request.worker, 16, 10], [request.kind, 10, 0]);
    const text = `${who} ${firstLine(asked(request))}`;
    return [text, isYours(request) ? 'yellow' : null];
  }
  if (tab === 'members') {
    return memberRow(known, known.members[index]!, columns, now);
  }
  const message = known.messages[index]!;
  const { sentAt, to, body } = message;
  const who = `${authorOf(message)} → ${to.join(', ')}`;
  return [
    `${cell(`${inWords(now - sentAt)} ago`, 12)} ${cell(who, Math.min(28, columns - 30))} ${firstLine(body)}`,
    null,
  ];
}

function memberRow(
  known: Known,
  member: MemberView,
  columns: number,
  now: number,
): [text: string, style: Style | null] {
  const { name, unread, agent, groups, status, isEnabled } = member;
  const is = isEnabled ? member.state : 'disabled';
  const { since, request } = atPane(known, member);
  const pause = known.pauses[name] ?? known.pauses['*'];
  const more = [
    request === null ? '' : `${request.kind}: ${firstLine(asked(request))}`,
    unread === 0 ? '' : `${unread} unread`,
    pause === undefined ? '' : `paused: ${pause}`,
    request === null && status !== null ? status : '',
    groups.map((one) => `@${one}`).join(' '),
  ];
  const age = since === null ? '' : inWords(now - since);
  const style = request !== null && isYours(request) ? 'yellow' : (styles[is] ?? null);
  return [
    `${cells(columns, [name, 16, 10], [is, 8, 8], [age, 7, 0], [agent ?? '', 8, 0])} ${more.filter(Boolean).join('  ')}`,
    style,
  ];
}

/** Beside each other: text, columns that it has, and how many of them where there is little room. */
function cells(columns: number, ...all: ReadonlyArray<readonly [text: string, wide: number, narrow: number]>): string {
  const isNarrow = columns < 60;
  const sized = all.map(([text, wide, narrow]) => [text, isNarrow ? narrow : wide] as const);
  return sized.flatMap(([text, width]) => (width === 0 ? [] : [cell(text, width)])).join(' ');
}

const styles: Readonly<Record<string, Style>> = {
  dialog: 'yellow',
  busy: 'cyan',
  ...{ gone: 'dim', away: 'dim', disabled: 'dim' },
};

/** What is known of the pane that a member has. */
function atPane({ overview, requests }: Known, { address }: MemberView) {
  if (address === null) return { since: null, request: null };
  const { host, server, paneId } = address;
  const isThere = (one: { host: string; server: string }, id: string) =>
    one.host === host && one.server === server && id === paneId;
  return {
    since: overview?.workers.find((worker) => isThere(worker, worker.paneId))?.since ?? null,
    request: requests.find((request) => isThere(request, request.pane)) ?? null,
  };
}

/** A name that nothing proves is asked after. */
function authorOf({ from, standing }: MessageView): string {
  return standing === 'claimed' ? `${from}?` : from;
}

function asked({ dialog, text }: RequestView): string {
  return dialog?.subject?.text ?? dialog?.question ?? text;
}

/** Whether only a person can move it on. */
export function isYours({ choices }: RequestView): boolean {
  return choices.length > 0;
}

/** More than any row of a terminal. */
const mostOfLine = 4_000;

function firstLine(text: string): string {
  return text.trimStart().slice(0, mostOfLine).split('\n')[0] ?? '';
}

function openRow(state: TopState, columns: number, room: number, now: number): Line[] {
  if (selected(state).member !== null) return memberWhole(state, room);
  const lines = whole(state, columns, now);
  const scrolled = Math.min(state.scrolled, Math.max(0, lines.length - room));
  const below = lines.length - scrolled - room;
  const shown = lines.slice(scrolled, scrolled + room);
  if (below > 0) shown[shown.length - 1] = [{ text: `  … ${below + 1} more lines: ↓`, style: 'dim' }];
  return shown;
}

function whole(state: TopState, columns: number, now: number): Line[] {
  const { request, message } = selected(state);
  const text = (given: string, indent = 2): Line[] => {
    const lines = folded(given.slice(0, mostShown), columns - indent).map((line): Line => [' '.repeat(indent), line]);
    const left = given.length - mostShown;
    return left <= 0
      ? lines
      : [...lines, [{ text: `  … ${left} more characters, which only commands print`, style: 'dim' }]];
  };
  if (request !== null) {
    const about = [request.project, request.agent, request.pane].filter(Boolean).join('  ');
    return [
      [
        { text: ` ${request.worker}`, style: 'bold' },
        `  ${request.kind}, ${inWords(now - request.openedAt)} ago  #${request.id.slice(-6)}`,
      ],
      [{ text: ` ${about}`, style: 'dim' }],
      ...folded(request.status, columns - 1).map(
        (line): Line => [{ text: ` ${line}`, style: isYours(request) ? 'yellow' : 'dim' }],
      ),
      [],
      ...(request.dialog === null ? text(request.text) : dialogLines(request, text)),
      ...(request.answer === null
        ? []
        : [[], [{ text: ' answer', style: 'bold' as const }], ...text(request.answer.instructions)]),
      ...(request.screen === null
        ? []
        : [[], [{ text: ' what stood there', style: 'dim' as const }], ...text(request.screen)]),
    ];
  }
  if (message === null) return [];
  return [
    [
      { text: ` ${authorOf(message)} → ${message.to.join(', ')}`, style: 'bold' },
      `  ${inWords(now - message.sentAt)} ago`,
    ],
    [{ text: ` thread ${message.thread}  #${message.id.slice(-4)}`, style: 'dim' }],
    [],
    ...text(message.body),
  ];
}

/** A member and its screen, of which the end is where it works. */
function memberWhole(state: TopState, room: number): Line[] {
  const member = selected(state).member!;
  const facts = [member.state, member.status, member.agent, member.role, member.model, member.pane];
  const groups = member.groups.map((one) => `@${one}`);
  const mail = member.unread === 0 ? 'has read all of its mail' : `${member.unread} unread`;
  const head: Line[] = [
    [{ text: ` ${member.fullName}`, style: 'bold' }, `  ${[...facts, ...groups].filter(Boolean).join('  ')}`],
    [{ text: ` ${[mail, member.description].filter(Boolean).join(' · ')}`, style: 'dim' }],
  ];
  const lines = state.screen?.member === member.fullName ? state.screen.lines : null;
  if (lines === null) return [...head, [], [{ text: member.pane === null ? '  it has no pane' : '  …', style: 'dim' }]];
  const height = Math.max(1, room - head.length - 1);
  const below = Math.min(state.scrolled, Math.max(0, lines.length - height));
  const above = Math.max(0, lines.length - height - below);
  const rule = above === 0 ? 'its screen' : `its screen; ${above} more lines: ↑`;
  return [
    ...head,
    [{ text: ` ── ${rule} ──`, style: 'dim' }],
    ...lines.slice(above, above + height).map((line): Line => [' ', line]),
  ];
}

/** Of one text: as much as a message may have. */
const mostShown = 64 * 1024;

function dialogLines({ dialog }: RequestView, text: (given: string, indent?: number) => Line[]): Line[] {
  const { question, subject, options } = dialog!;
  const about = subject === null || subject.isWhole ? '' : ' (it does not show all of it)';
  return [
    ...text(question),
    ...(subject === null
      ? []
      : [[], [{ text: ` the ${subject.is}${about}`, style: 'bold' as const }], ...text(subject.text, 4)]),
    [],
    ...options.map(({ label }, index): Line => [`  ${index + 1}. ${label}`]),
  ];
}

function noteLine({ note, lostAt, known }: TopState, now: number): Line {
  if (lostAt !== null)
    return [
      { text: ` the bridge has not answered for ${inWords(now - lostAt)}: what stands here is old`, style: 'red' },
    ];
  if (note !== null) return [{ text: ` ${note}`, style: 'bold' }];
  const all = known.pauses['*'];
  return all === undefined ? [] : [{ text: ` all workers are paused: ${all}`, style: 'yellow' }];
}

const asks = { answer: 'answer', choose: 'option (number or words)', reply: 'reply' } as const;

function promptLine(state: TopState, { columns }: Size): Line {
  const { prompt } = state;
  if (prompt === null) return [{ text: ` ${hints(state, columns - 1)}`, style: 'dim' }];
  if (prompt.is === 'dismiss')
    return [{ text: ` end #${prompt.id.slice(-6)} without an answer? y / Esc`, style: 'yellow' }];
  const head = ` ${asks[prompt.is]} #${prompt.id.slice(-6)}> `;
  // what is typed last must be seen
  const typed = tailTo(prompt.text, Math.max(1, columns - head.length - 2));
  return [{ text: head, style: 'bold' }, typed, { text: '_', style: 'inverse' }];
}

/** What can be done here, as far as there is room; how to leave is always said. */
function hints(state: TopState, columns: number): string {
  const { tab, isOpen, known } = state;
  const { request } = selected(state);
  const each: Readonly<Record<Tab, readonly string[]>> = {
    requests: request === null ? [] : [request.dialog === null ? 'a answer' : 'c choose', 'd dismiss', 'p pause'],
    members: ['p pause'],
    mail: ['r reply'],
  };
  const move = isOpen ? ['↑↓ Esc'] : ['↑↓ Enter', '1 2 3'];
  const all = [...move, ...each[tab], `P ${known.pauses['*'] === undefined ? 'pause' : 'resume'} all`, 'q quit'];
  const line = () => all.join(' · ');
  while (line().length > columns && all.length > 2) all.splice(-2, 1);
  return line();
}
