import { controllerNames } from '../agent-programs/names.ts';

/** What a user may ask for besides: `pane` is a live agent, `mailbox` the human, `rules` the lines of bridge.yaml and then the human. */
const others = ['command', 'pane', 'codex-interactive', 'rules', 'mailbox', 'none'] as const;

/** What `--controller-backend` takes. `codex-interactive` and `none` are MACS's names. */
export const backends: readonly string[] = ['auto', ...controllerNames, ...others];
