/** Text read as an ARN: cut at its first five colons when a pattern asks for that, and not before. */

const NOT_CUT = -2;
const NO_ARN = -1;

export class ArnText {
  readonly text: string;
  private region = 0;
  private account = 0;
  private service = 0;
  private sixth = NOT_CUT;

  constructor(text: string) {
    this.text = text;
  }

  /** Offset of the sixth part, which may hold more colons; -1 when the text is no ARN. */
  get tail(): number {
    return this.sixth === NOT_CUT ? this.cut() : this.sixth;
  }

  get isArn(): boolean {
    return this.tail !== NO_ARN;
  }

  /** Part 0 to 4 (`arn`, partition, service, region, account) of a text that is an ARN. */
  part(i: number): string {
    return this.text.slice(this.start(i), this.start(i + 1) - 1);
  }

  private start(i: number): number {
    if (i < 2) return i === 0 ? 0 : 4;
    if (i === 2) return this.service;
    if (i === 3) return this.region;
    return i === 4 ? this.account : this.tail;
  }

  /** A search that found nothing starts the next one over, which then finds an earlier colon. */
  private cut(): number {
    const { text } = this;
    this.sixth = NO_ARN;
    if (!text.startsWith('arn:')) return NO_ARN;
    this.service = text.indexOf(':', 4) + 1;
    this.region = text.indexOf(':', this.service) + 1;
    this.account = text.indexOf(':', this.region) + 1;
    const sixth = text.indexOf(':', this.account) + 1;
    const ordered = this.service > 0 && this.region > this.service && this.account > this.region;
    if (ordered && sixth > this.account) this.sixth = sixth;
    return this.sixth;
  }
}
