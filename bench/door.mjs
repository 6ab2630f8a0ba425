// Signed calls through the whole server beside a bare node:http server that reads the same body and answers the
// same bytes; rounds interleaved. Prints requests a second, latency and the ratio to the bare server.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { sign } from '@stagedoor/sigv4';
import { load, percentile, wireRequest } from './load.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const region = 'us-west-2';
const mateo = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const admin = { accessKeyId: 'AKIAADMIN12345678901', secretAccessKey: 'adminSecretOfTheExampleAccount1234567890' };
const form = 'application/x-www-form-urlencoded; charset=utf-8';

const cases = [
  {
    name: 'ivs:GetChannel',
    service: 'ivs',
    path: '/GetChannel',
    body: JSON.stringify({ arn: `arn:aws:ivs:${region}:123456789012:channel/VgNkEJgOVX9N` }),
    type: 'application/json',
    credentials: mateo,
  },
  {
    name: 'sts:GetCallerIdentity',
    service: 'sts',
    path: '/',
    body: 'Action=GetCallerIdentity&Version=2011-06-15',
    type: form,
    credentials: mateo,
  },
  {
    name: 'iam:GetUser',
    service: 'iam',
    path: '/',
    body: 'Action=GetUser&Version=2010-05-08&UserName=mateojackson',
    type: form,
    credentials: admin,
  },
];

function started(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } });
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`${args[0]} ended with ${code}`)));
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text) => {
      const url = /http:\/\/[0-9.]+:(\d+)/.exec(text);
      if (url) resolve({ port: Number(url[1]), stop: () => child.kill() });
    });
  });
}

function signed(port, { service, path, body, type, credentials }) {
  const url = `http://127.0.0.1:${port}${path}`;
  const headers = { host: `127.0.0.1:${port}`, 'content-type': type };
  const request = { method: 'POST', url, headers, body: Buffer.from(body) };
  const extra = sign(request, credentials, { service, region, now: Date.now() });
  return wireRequest({
    method: 'POST',
    path,
    headers: { ...headers, ...extra, 'content-length': Buffer.byteLength(body) },
    body,
  });
}

async function answerOf(port, one) {
  const headers = { 'content-type': one.type };
  const url = `http://127.0.0.1:${port}${one.path}`;
  const extra = sign(
    { method: 'POST', url, headers: { ...headers, host: `127.0.0.1:${port}` }, body: Buffer.from(one.body) },
    one.credentials,
    { service: one.service, region, now: Date.now() },
  );
  const response = await fetch(url, { method: 'POST', headers: { ...headers, ...extra }, body: one.body });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${one.name}: ${response.status} ${text}`);
  return { text, type: response.headers.get('content-type') };
}

const row = (cells) =>
  console.log(cells.map((cell, i) => (i === 0 ? String(cell).padEnd(34) : String(cell).padStart(10))).join(''));
const total = (rounds) => {
  const latencies = rounds.flatMap((round) => round.latencies).sort((a, b) => a - b);
  const seconds = rounds.reduce((sum, round) => sum + round.seconds, 0);
  return { rate: latencies.length / seconds, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
};

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** `npm run bench -- door [--seconds 2] [--rounds 5] [--workers N]` */
export async function run(args) {
  const option = (name, otherwise) =>
    args.includes(`--${name}`) ? Number(args[args.indexOf(`--${name}`) + 1]) : otherwise;
  const [seconds, rounds, workers, connections] = [option('seconds', 2), option('rounds', 5), option('workers', 1), 64];
  const state =
    workers > 1
      ? [
          '--data',
          process.env.BENCH_DATA ?? `${process.cwd()}/.stagedoor/bench-${process.pid}`,
          '--workers',
          String(workers),
        ]
      : ['--ephemeral'];
  const server = await started('node', [
    here('../packages/server/dist/main.js'),
    'start',
    ...state,
    '--port',
    workers > 1 ? '4590' : '0',
    '--ops-port',
    '0',
    '--import',
    here('../examples/fixtures.yaml'),
    '--log-level',
    'warn',
  ]);
  if (workers > 1) await new Promise((resolve) => setTimeout(resolve, 2000));
  console.log(
    `node ${process.version}, ${connections} keep-alive connections, ${rounds} rounds of ${seconds} s each side, ${workers} worker(s)\n`,
  );
  row(['', 'req/s', 'p50 us', 'p99 us', 'ratio']);
  for (const one of cases) {
    const { text, type } = await answerOf(server.port, one);
    const bare = await started('node', [here('./bare.mjs'), Buffer.from(text).toString('base64'), type]);
    const sides = { ours: [], bare: [] };
    for (let round = 0; round <= rounds; round += 1) {
      const ours = await load({
        port: server.port,
        request: signed(server.port, one),
        connections,
        seconds,
        expect: 200,
      });
      const floor = await load({ port: bare.port, request: signed(bare.port, one), connections, seconds, expect: 200 });
      if (round === 0) continue; // warm-up
      sides.ours.push(ours);
      sides.bare.push(floor);
    }
    bare.stop();
    const [ours, floor] = [total(sides.ours), total(sides.bare)];
    const ratio = median(sides.ours.map((r, i) => r.count / r.seconds / (sides.bare[i].count / sides.bare[i].seconds)));
    row([one.name, ours.rate.toFixed(0), ours.p50.toFixed(0), ours.p99.toFixed(0), ratio.toFixed(2)]);
    row(['  bare node:http, same bytes', floor.rate.toFixed(0), floor.p50.toFixed(0), floor.p99.toFixed(0), '1.00']);
  }
  server.stop();
}
