/**
 * `1` where a key sent to the pane reaches another pane too, as a format of tmux; `0` where it does not. With
 * `synchronize-panes` tmux copies each key to all panes of the window that have the option as well, are to be seen (in a
 * zoomed window only the active one is, also where the target is another), and take input (tmux 3.2a to 3.7c).
 *
 * A neighbour in copy mode hears nothing just then, and counts nevertheless: a person may leave it at any moment, and a
 * text without its Enter would be left in the composer. The window's panes are asked only where the option is on.
 */
export const keysReachOthers = '?pane_synchronized,#{?#{==:HEARING,#{pane_id}},0,#{!=:HEARING,}},0'.replaceAll(
  'HEARING',
  '#{P:#{?#{==:#{pane_synchronized}#{pane_input_off}#{pane_dead},100},#{?window_zoomed_flag,#{?pane_active,#{pane_id},},#{pane_id}},}}',
);
