import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { type Connection, live } from './live.ts';
import { get, inPath, Refused } from './server.ts';

export function useConnection(): Connection {
  const [connection, turned] = useState(live.connection);
  useEffect(() => {
    turned(live.connection);
    return live.listen({ turned });
  }, []);
  return connection;
}

/** What was asked for; null before it came. A fault leaves what came before where it is. */
export interface Asked<Result> {
  readonly value: Result | null;
  readonly fault: Refused | null;
  readonly again: () => void;
}

/** What happens at once is asked about once. */
const togetherMs = 30;

/**
 * Asks the server, and again whenever something happens that changes the answer, and after each cut.
 * @param path null: nothing is asked
 * @param changedBy the kinds of events that change the answer
 * @param everyMs for what nobody journals
 */
export function useAsked<Result>(path: string | null, changedBy: RegExp | null, everyMs?: number): Asked<Result> {
  const [state, setState] = useState<{ path: string | null; value: Result | null; fault: Refused | null }>(nothing);
  const again = useRef(() => {});
  // a pattern is written where it is used, and never changes
  useEffect(() => {
    if (path === null) return;
    let isOver = false;
    let isAsking = false;
    let isDue = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      if (isOver) return;
      if (isAsking) {
        isDue = true;
        return;
      }
      isAsking = true;
      isDue = false;
      const found = await get<Result>(path).then(
        (value) => ({ value, fault: null }),
        (fault: Refused) => ({ value: null, fault }),
      );
      isAsking = false;
      if (isOver) return;
      setState((before) => ({ path, ...found, value: found.value ?? (before.path === path ? before.value : null) }));
      if (isDue) soon();
    };
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(() => void ask(), togetherMs);
    };
    again.current = soon;
    const leave = live.listen({
      heard: ({ kind }) => void (changedBy?.test(kind) && soon()),
      turned: (connection) => void (connection === 'live' && soon()),
    });
    const beat = everyMs === undefined ? undefined : setInterval(() => document.hidden || void ask(), everyMs);
    void ask();
    return () => {
      isOver = true;
      leave();
      clearTimeout(timer);
      clearInterval(beat);
    };
  }, [path, everyMs]);
  const isCurrent = state.path === path;
  return {
    value: isCurrent ? state.value : null,
    fault: isCurrent ? state.fault : null,
    again: useCallback(() => again.current(), []),
  };
}

/**
 * The newest, and what was before them a page at a time, as somebody wants it; the newest first.
 * @param orderOf what is more is newer
 * @param before asks for the page before the oldest that is there
 * @param size of a page: a shorter one is the last
 */
export function useOlder<Item>(
  newest: readonly Item[],
  keyOf: (item: Item) => string,
  orderOf: (item: Item) => number,
  size: number,
  before: (oldest: Item) => Promise<readonly Item[]>,
): { readonly all: readonly Item[]; readonly more: (() => void) | null; readonly fault: Refused | null } {
  const [older, setOlder] = useState<readonly Item[]>([]);
  const [isAll, setAll] = useState(false);
  const [fault, setFault] = useState<Refused | null>(null);
  const known = new Map([...older, ...newest].map((one) => [keyOf(one), one]));
  const all = [...known.values()].sort((a, b) => orderOf(b) - orderOf(a));
  const more = () =>
    void before(all.at(-1)!).then(
      (page) => {
        setFault(null);
        setAll(page.length < size);
        setOlder([...all, ...page]);
      },
      (refused: Refused) => setFault(refused),
    );
  return { all, more: isAll || newest.length < size ? null : more, fault };
}

const nothing = { path: null, value: null, fault: null };

/** The instant, anew every so often, for what says how long ago something was. */
export function useNow(read: () => number, everyMs = 1_000): number {
  const [at, setAt] = useState(read);
  useEffect(() => {
    const beat = setInterval(() => setAt(read()), everyMs);
    return () => clearInterval(beat);
  }, [read, everyMs]);
  return at;
}

const dark = matchMedia('(prefers-color-scheme: dark)');

/** As the person has it, also where that changes. */
export function useScheme(): 'dark' | 'light' {
  const [isDark, setDark] = useState(dark.matches);
  useEffect(() => {
    const turned = ({ matches }: { readonly matches: boolean }) => setDark(matches);
    turned(dark);
    dark.addEventListener('change', turned);
    return () => dark.removeEventListener('change', turned);
  }, []);
  return isDark ? 'dark' : 'light';
}

/** What somebody types and has not sent: kept in this tab, whatever is drawn anew or loaded again. */
export function useDraft(name: string): readonly [text: string, set: (text: string) => void] {
  const key = `draft:${name}`;
  const [kept, setKept] = useState({ key, text: sessionStorage.getItem(key) ?? '' });
  const text = kept.key === key ? kept.text : (sessionStorage.getItem(key) ?? '');
  const set = useCallback(
    (text: string) => {
      setKept({ key, text });
      if (text === '') sessionStorage.removeItem(key);
      else sessionStorage.setItem(key, text);
    },
    [key],
  );
  return [text, set];
}

/** An act that is under way, and what it came to. */
export function useAct(): {
  readonly isBusy: boolean;
  readonly said: Said | null;
  readonly run: (act: () => Promise<string | null>) => Promise<boolean>;
  readonly say: (said: Said | null) => void;
} {
  const [isBusy, setBusy] = useState(false);
  const [said, say] = useState<Said | null>(null);
  const run = useCallback(async (act: () => Promise<string | null>) => {
    setBusy(true);
    say(null);
    try {
      const text = await act();
      say(text === null ? null : { text, isFault: false });
      return true;
    } catch (fault) {
      const { message, nextStep } = fault instanceof Refused ? fault : { message: String(fault), nextStep: null };
      say({ text: nextStep === null ? message : `${message} (${nextStep})`, isFault: true });
      return false;
    } finally {
      setBusy(false);
    }
  }, []);
  return { isBusy, said, run, say };
}

export interface Said {
  readonly text: string;
  readonly isFault: boolean;
}

/** Where the page is: `requests`, `requests/ID`, … */
export function usePlace(): readonly string[] {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const turned = () => setHash(location.hash);
    addEventListener('hashchange', turned);
    return () => removeEventListener('hashchange', turned);
  }, []);
  return hash.replace(/^#\/?/, '').split('/').map(decoded);
}

/** What somebody types into the address may be no such thing. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function linkTo(...place: readonly string[]): string {
  return `#/${place.map(inPath).join('/')}`;
}
