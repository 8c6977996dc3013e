/** A fault of tmux itself that a user of the bridge may meet. */
interface Fault {
  /** the last version that has it; all from 3.2 on do */
  readonly until: string;
  readonly says: string;
  readonly remedy: string;
  /** it is worth another tmux */
  readonly isGrave: boolean;
}

/**
 * The first and the last were seen on tmux built from its own tags, up to the version that is named. The second is mended in
 * 3.7 (its pull requests 4980 and 5004), and was seen on 3.3a to 3.6a. docs/reference/tmux-versions.md has what was run.
 */
const faults: readonly Fault[] = [
  {
    until: '3.2a',
    says: 'it ends with all its sessions when a program asks it for the last activity of a pane that has closed (the bridge does not); a wide character that wraps at the right edge is read with a blank before it',
    remedy: 'take tmux 3.3a or newer',
    isGrave: true,
  },
  {
    until: '3.6b',
    says: 'it can end with all its sessions when one control client (tmux -C) attaches while another leaves or a window closes; bridges of one user take turns',
    remedy: 'tmux 3.7 has it mended',
    isGrave: false,
  },
  {
    until: '3.7c',
    says: 'respawn-pane ends it with all its sessions where the pane was moved out of a session that a control client watches',
    remedy: 'open a new window instead',
    isGrave: false,
  },
];

/** What is known to be wrong with this tmux, as `tmux -V` names it; nothing for a build without a number. */
export function faultsOf(version: string): readonly Fault[] {
  const rank = rankOf(version);
  return rank === null ? [] : faults.filter(({ until }) => rank <= rankOf(until)!);
}

/** `3.2` < `3.2a` < `3.3`; null for `master`, `next-3.8` and the like */
function rankOf(version: string): number | null {
  const found = /^(?:tmux )?(\d+)\.(\d+)([a-z]?)$/.exec(version);
  if (found === null) return null;
  const [, major = '', minor = '', letter = ''] = found;
  return (Number(major) * 1000 + Number(minor)) * 100 + (letter === '' ? 0 : letter.charCodeAt(0) - 96);
}
