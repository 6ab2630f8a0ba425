// A small load generator: prebuilt requests over keep-alive sockets, one outstanding request a socket.
import { connect } from 'node:net';

/**
 * @param {{ port: number, request: Buffer, connections: number, seconds: number, expect: number }} options
 * @returns requests answered, seconds taken and sorted latencies in microseconds; throws on any other status than `expect`
 */
export async function load({ port, request, connections, seconds, expect }) {
  const until = performance.now() + seconds * 1000;
  const started = performance.now();
  const latencies = [];
  await Promise.all(Array.from({ length: connections }, () => drive(port, request, until, expect, latencies)));
  const taken = (performance.now() - started) / 1000;
  latencies.sort((a, b) => a - b);
  return { count: latencies.length, seconds: taken, latencies };
}

function drive(port, request, until, expect, latencies) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let sent = 0;
    let buffered = '';
    const send = () => {
      sent = performance.now();
      socket.write(request);
    };
    socket.on('connect', send);
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      buffered += chunk.toString('latin1');
      const headEnd = buffered.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(buffered.slice(0, headEnd))?.[1] ?? 0);
      if (buffered.length < headEnd + 4 + length) return;
      const status = Number(buffered.slice(9, 12));
      if (status !== expect) {
        socket.destroy();
        reject(new Error(`status ${status} instead of ${expect}: ${buffered.slice(headEnd + 4)}`));
        return;
      }
      buffered = '';
      const now = performance.now();
      latencies.push((now - sent) * 1000);
      if (now < until) send();
      else socket.end(resolve);
    });
  });
}

/** The request as bytes on the wire. */
export function wireRequest({ method, path, headers, body }) {
  const head = [`${method} ${path} HTTP/1.1`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), Buffer.from(body)]);
}

export const percentile = (sorted, share) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
