export interface DrawnRequest {
  readonly command: string;
  /** what the model says of the command, where the agent shows it */
  readonly reason?: string;
  readonly width?: number;
  readonly height?: number;
}

export function drawDialog(agent: string, request: DrawnRequest): string[];
export function drawnRows(agent: string, request: DrawnRequest): string[];
export const drawnAgents: readonly string[];
