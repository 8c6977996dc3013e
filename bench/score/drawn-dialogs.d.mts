export interface DrawnRequest {
  readonly command: string;
  /** what the model says of the command, where the agent shows it */
  readonly reason?: string;
  readonly width?: number;
  readonly height?: number;
}

export interface DrawnEdit {
  readonly file: string;
  readonly content?: string;
  readonly width?: number;
  readonly height?: number;
}

export function drawEdit(agent: string, request: DrawnEdit): string[];
export function editRows(agent: string, request: DrawnEdit): string[];
export const editAgents: readonly string[];
export function drawDialog(agent: string, request: DrawnRequest): string[];
export function drawnRows(agent: string, request: DrawnRequest): string[];
export const drawnAgents: readonly string[];
