/** The headings of flags, in the order of the help. `Everywhere`: flags of every command. */
export const optionGroups = ['Watch', 'Answer', 'Limits', 'Notify', 'Debug', 'Everywhere'] as const;
export type OptionGroup = (typeof optionGroups)[number];
