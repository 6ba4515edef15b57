export class FaultProxy {
  port: number;
  connections: number;
  readonly url: string;
  constructor(target: number);
  start(): Promise<this>;
  stop(): Promise<void>;
  cut(): void;
  cutAfter(bytes: number): void;
  refuse(on: boolean): void;
  stall(on: boolean): void;
  halfOpen(): void;
  delay(ms: number): void;
}
