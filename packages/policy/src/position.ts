import type { Position } from './statement.ts';

/** Turns offsets of one text into lines and columns. The table of lines is made on first use. */
export class Locator {
  private readonly text: string;
  private starts: readonly number[] | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** Line and column from 1, in UTF-16 code units; a line ends behind its line feed. */
  at(offset: number): Position {
    this.starts ??= lineStarts(this.text);
    const line = lastAtMost(this.starts, offset);
    return { line: line + 1, column: offset - this.starts[line]! + 1, offset };
  }
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** Index of the last entry that is not above the offset; entries ascend and the first is 0. */
function lastAtMost(entries: readonly number[], offset: number): number {
  let low = 0;
  let high = entries.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (entries[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
