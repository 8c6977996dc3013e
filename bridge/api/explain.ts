import * as z from 'zod';
import { aim, lookToRead } from '../app/choose-pane.ts';
import type { Reader } from '../app/reader.ts';
import { settledLook } from '../app/settled-look.ts';
import { BridgeError } from '../core/failure.ts';
import type { PaneFacts, Snapshot } from '../core/pane.ts';
import type { Reading } from '../core/reading.ts';
import { nameOf } from '../panes/panes.ts';
import { rejectedEvidence } from '../screen/rejected-evidence.ts';
import { word } from './arguments.ts';
import { method } from './method.ts';
import { warnings } from './pane-view.ts';
import { targetArgs } from './target-argument.ts';
import { document } from './views.ts';

/** What a pane's screen reads as, with what was considered and rejected, which only a person asks about. */
export const explain = method({
  name: 'explain',
  args: z.object({ target: targetArgs, name: word().min(1, 'is empty').nullable().default(null) }),
  result: z.object({
    source: z.string(),
    snapshot: document<Snapshot>(),
    reading: document<Reading>(),
    pane: document<PaneFacts>(),
    socketPath: z.string(),
    warnings,
  }),
  async run(reader: Reader, { target, name }, closed) {
    const { look, pane, warnings } = await aim(reader, { ...target, pane: name ?? target.pane }, lookToRead);
    const { panes, socketPath } = look;
    const settled = await settledLook(panes, pane, closed);
    if (settled === null)
      throw new BridgeError({ what: 'explain', target: pane.paneId, reason: 'the pane has just closed' });
    const { snapshot, reading } = settled;
    const rejected = rejectedEvidence(snapshot, reading, panes.agentProgram(snapshot).composer);
    return { source: nameOf(pane), snapshot, reading: { ...reading, rejected }, pane, socketPath, warnings };
  },
});
