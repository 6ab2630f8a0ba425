/** Times as signatures write them: `20150830T123600Z`, always UTC. */

const maxDayOfMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const httpDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/;

/** Milliseconds since the epoch to ISO 8601 basic format. */
export function formatTimestamp(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}Z`;
}

/** ISO 8601 basic format to milliseconds; NaN when it is anything else or no such time exists. */
export function parseTimestamp(text: string): number {
  if (text.length !== 16 || text[8] !== 'T' || text[15] !== 'Z') return Number.NaN;
  const day = parseDay(digits(text, 0, 4), digits(text, 4, 6), digits(text, 6, 8));
  return day + parseTime(digits(text, 9, 11), digits(text, 11, 13), digits(text, 13, 15));
}

/** HTTP's own date format in basic format; `undefined` for other text. */
export function basicDate(text: string): string | undefined {
  const found = httpDate.exec(text);
  if (found === null) return undefined;
  const [, day, name = '', year, hour, minute, second] = found;
  const month = String(months.indexOf(name) + 1).padStart(2, '0');
  return `${year}${month}${day}T${hour}${minute}${second}Z`;
}

function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

function parseDay(year: number, month: number, day: number): number {
  const longest = maxDayOfMonth[month - 1];
  if (longest === undefined || !(day >= 1 && day <= longest)) return Number.NaN;
  const ms = Date.UTC(year, month - 1, day);
  return day <= 28 || new Date(ms).getUTCDate() === day ? ms : Number.NaN;
}

function parseTime(hour: number, minute: number, second: number): number {
  const exists = hour <= 23 && minute <= 59 && second <= 59;
  return exists ? ((hour * 60 + minute) * 60 + second) * 1000 : Number.NaN;
}
