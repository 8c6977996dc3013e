/** Classes of verbs, as alternatives for a pattern; lower case. */

/** To have done these concludes something. */
export const work =
  'added|implemented|fixed|updated|removed|deleted|created|refactored|renamed|moved|replaced|rewrote|rewritten|migrated|upgraded|bumped|converted|extracted|introduced|wired|documented|corrected|resolved|patched|merged|committed|pushed|published|deployed|released|installed|configured|enabled|disabled|cleaned|simplified|split|optimi[sz]ed|formatted|generated|built|wrote|written|set up|restored|reverted|adjusted|changed|improved|hardened|extended|completed|finished|shipped|landed|ported|translated|tightened|dropped|switched|tagged|rebased|squashed|applied|registered|integrated|made|saved|exported|uploaded|scaffolded|addressed|cleared|consolidated|deduplicated|centrali[sz]ed|parametri[sz]ed|parameteri[sz]ed|normali[sz]ed|standardi[sz]ed|moderni[sz]ed|repaired|stubbed|mocked|linted|aligned|hooked|swapped|unified|inlined|hoisted|reworked|reorgani[sz]ed|restructured|modified|archived|initiali[sz]ed|provisioned|rotated|synced|regenerated|rebuilt|pinned|bundled|drafted|reduced|increased|reformatted|silenced|guarded|covered|marked|ensured|cut|put|done|sorted|cherry-picked|relaxed|memoi[sz]ed|batched|opened|closed|handled|passed|validated|verified|trimmed|tuned|threaded|filled|redirected|escaped|sanitized|throttled|debounced|lifted|collapsed|flattened|prefixed|backported|vendored|typed|annotated|instrumented|localized|styled|resized|compressed|encrypted|seeded|backed up|exposed|gated|isolated|decoupled|factored|loosened|suppressed|excluded|rewired|polished|tidied|automated|gave|taught|lowered|raised|allowed|prevented|stopped';

/** Verbs of looking and trying: to have done them concludes nothing. */

/** To have looked, tried, thought or said concludes nothing. */
export const looking =
  'need|exceed|proceed|succeed|looked|checked|reviewed|analy[sz]ed|searched|explored|traced|investigated|inspected|noticed|scanned|studied|considered|tried|attempted|started|paused|waited|wanted|needed|assumed|failed|skipped|encountered|expected|hoped|intended|planned|identified|discovered|learned|walked|compared|reproduced|asked|examined|used|mentioned|described|listed|explained|included|proposed|suggested|outlined|noted|stopped|detected|determined|narrowed|located|tracked|figured|called|referenced|experienced|seemed|cloned|loaded|fetched|gathered|collected|interested|confirmed|located|summarized|summarised|not|never|opened|agreed|believed|counted|doubted|focused|guessed|inferred|liked|observed|picked up|preferred|realized|realised|recalled|received|recommended|remembered|replied|reported|sampled|skimmed|spotted|stumbled|suspected|thought|verified|watched|wondered|worked|answered|measured|profiled|timed|diffed|grepped|queried|bisected|profiled|decided|chose|followed|hoped|happened|arrived|struggled|stumbled|tested|debugged';

/** Participles that do not end in -ed. */
export const irregular =
  'written|rewritten|split|set|reset|built|rebuilt|made|remade|put|cut|brought|taken|given|sent|shut|hidden|drawn|redrawn|undone|redone|thrown|frozen|bound|swept|torn';

/** What is done to a code base and hardly ever by a running program: as a present passive these conclude. */
export const authored =
  'written|rewritten|drafted|documented|ported|refactored|reworded|rephrased|renamed|reworked|migrated|upgraded|bumped|translated|wired(?: up)?|implemented|scaffolded|committed|tagged|shipped|released|cherry-picked|rebased|backported|deduplicated|typed|linted|reformatted|untangled|tidied|restored|rebuilt|polished|patched|repaired|proofread';

/** The agent, and what may stand between it and its verb. */
export const have =
  "(?:i|we)(?:'ve| have)?(?: (?:just|now|also|already|successfully|since|then|both|finally|fully|temporarily|additionally|gone ahead and|went ahead and))*";

/** States that work ends in. */
export const ended =
  'done|complete|completed|finished|fixed|resolved|implemented|in place|ready|live|deployed|merged|up and running|working|set(?: up)?|sorted|green|clean|up to date|updated|installed|configured|gone|wired up|all set|good to go|passing|applied|pushed|committed|through|up|finalized|migrated|closed|shipped|removed|solved|purged|decommissioned|broken up|taken apart';
