/** What Claude Code 2.1.332 puts round a long paste, to its model and to its hooks: the paste itself is the group `text`. */
export const pasted = '^\\s*<pasted_content id="(\\w+)">\\n(?<text>[^]*)\\n</pasted_content id="\\1">\\s*$';
