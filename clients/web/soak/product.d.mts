import type { ChildProcess } from "node:child_process";

export const root: string;
export function python(args: string[], more?: Record<string, string>): ChildProcess;
export function startProduct(settings?: Record<string, string>): Promise<{
  url: string;
  port: number;
  output(): string;
  stop(): Promise<void>;
}>;
