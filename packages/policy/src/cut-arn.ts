/** An ARN cut at its first five colons, its parts taken out when they are asked for. */

const PARTS = 5;

export class CutArn {
  readonly text: string;
  /** Offset of the sixth part, which may hold more colons. */
  readonly tail: number;
  private readonly ends: readonly number[];
  private readonly parts: (string | undefined)[] = [];
  private wholeHead: string | undefined;

  constructor(text: string, ends: readonly number[]) {
    this.text = text;
    this.ends = ends;
    this.tail = ends[PARTS - 1]! + 1;
  }

  /** The first five parts and the colons behind them. */
  get head(): string {
    return (this.wholeHead ??= this.text.slice(0, this.tail));
  }

  /** Part 0 to 4: `arn`, partition, service, region, account. */
  part(i: number): string {
    return (this.parts[i] ??= this.text.slice(i === 0 ? 0 : this.ends[i - 1]! + 1, this.ends[i]));
  }
}

/** `undefined` for text that is no ARN: it does not begin with `arn:` or has fewer than five colons. */
export function cutArn(text: string): CutArn | undefined {
  if (!text.startsWith('arn:')) return undefined;
  const second = text.indexOf(':', 4);
  const third = text.indexOf(':', second + 1);
  const fourth = text.indexOf(':', third + 1);
  const fifth = text.indexOf(':', fourth + 1);
  // A search that found nothing starts the next one over, which then finds an earlier colon.
  if (second < 0 || third < second || fourth < third || fifth < fourth) return undefined;
  return new CutArn(text, [3, second, third, fourth, fifth]);
}
