/** Which bridge watches a pane and answers there; which one is typing there just now. */
export const ownerOption = '@bridge-owner';
export const writerOption = '@bridge-writer';
export type ClaimOption = typeof ownerOption | typeof writerOption;

/** What an option of a pane says of the bridge that claims the pane. */
export interface Claim {
  /** the control client that vouches for it, as `clientsOf` names it: the claim is void once that has gone */
  readonly client: string;
  /** one for each bridge process */
  readonly bridge: string;
  /** names the runtime folder: bridges that share one have agreed there already */
  readonly folder: string;
  readonly pid: number;
  /** milliseconds since the epoch, by that host's clock */
  readonly since: number;
  readonly host: string;
  /** its state directory, or the end of a long one */
  readonly home: string;
}

/**
 * What a client is called in a claim. Its name alone is its process id, which another container may give out as well, and
 * which the system gives out again; so when it came (seconds since the epoch) belongs to it.
 */
export const clientFormat = '#{client_name}@#{client_created}';

/** The first field: a later form of claim has another number, and is none for us. */
const form = 'bridge-1';
const longestHome = 120;

/** The claim in one word, of characters that mean nothing in a format, a command or a pattern of tmux. */
export function claimText({ client, bridge, folder, pid, since, host, home }: Claim): string {
  const shown = home.length > longestHome ? `…${home.slice(-longestHome)}` : home;
  const fields = [client, bridge, folder, String(pid), String(since), host, shown];
  return [form, ...fields.map(encoded)].join(':');
}

/** null for what no bridge has written: anybody can set an option. */
export function claimIn(text: string): Claim | null {
  if (!isPlain(text)) return null;
  const [first, ...fields] = text.split(':');
  if (first !== form || fields.length !== 7) return null;
  const [client = '', bridge = '', folder = '', pid = '', since = '', host = '', home = ''] = fields.map(decoded);
  if (client === '' || !/^[0-9a-f]+$/.test(bridge) || ![pid, since].every((digits) => /^\d{1,15}$/.test(digits)))
    return null;
  return { client, bridge, folder, pid: Number(pid), since: Number(since), host, home };
}

/** What `claimText` makes, in a pattern of tmux and of JavaScript. */
export const plainPattern = '^[A-Za-z0-9_.@/:-]*$';

/** True for a text that can stand in a format of tmux as it is. */
export function isPlain(text: string): boolean {
  return new RegExp(plainPattern).test(text);
}

/** A byte that is not plain is `_` and two digits; a percent sign would be one of strftime's. */
function encoded(field: string): string {
  return [...Buffer.from(field)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9.@/-]/.test(character) ? character : `_${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
}

function decoded(field: string): string {
  const bytes = field.replace(/_([0-9a-f]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString();
}

/** Who judges a claim, and what can be seen of clients. */
export interface Judge {
  readonly bridge: string;
  readonly folder: string;
  /** our own control clients on that server */
  readonly ours: ReadonlySet<string>;
  /** all control clients that it has, as it named them just now */
  readonly living: ReadonlySet<string>;
}

/**
 * free     nothing stands there
 * ours     this process has written it
 * void     no bridge has, or one that shares our runtime folder and has lost the pane there, or it names a client of ours
 * gone     its client is not there: its bridge has ended, or is just changing clients
 * theirs   another bridge's, which lives
 */
export type Standing =
  | { readonly is: 'free' | 'ours' | 'void' }
  | { readonly is: 'gone' | 'theirs'; readonly claim: Claim };

export function standingOf(text: string, judge: Judge): Standing {
  if (text === '') return { is: 'free' };
  const claim = claimIn(text);
  if (claim === null) return { is: 'void' };
  if (claim.bridge === judge.bridge) return { is: 'ours' };
  if (claim.folder === judge.folder || judge.ours.has(claim.client)) return { is: 'void' };
  return { is: judge.living.has(claim.client) ? 'theirs' : 'gone', claim };
}
