// What a component calls.

declare module "tidegate:plugin/row-set@0.1.0" {
  import type { Cells, Image, TableDescription } from "tidegate-sdk/contract";

  export function describe(): TableDescription;
  export function read(image: Image, column: number): Cells | undefined;
  export function text(image: Image, column: number): Cells | undefined;
  export function commitTimes(): BigInt64Array;
  export function serverIds(): Uint32Array;
  export function transactions(): Uint32Array;
  export function gtids(): string[];
}

declare module "tidegate:plugin/row-image@0.1.0" {
  import type { Cells } from "tidegate-sdk/contract";

  export function read(column: number): Cells | undefined;
  export function text(column: number): Cells | undefined;
}

declare module "tidegate:plugin/log@0.1.0" {
  import type { Level } from "tidegate-sdk/contract";

  export function write(level: Level, message: string): void;
}
