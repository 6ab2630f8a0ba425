// npm run bench -- policy [--quick]: @stagedoor/policy beside engines from npm, on workloads of a fixed seed, in
// interleaved rounds, with freshly built request strings; decisions are checked equal before anything is timed.
import { compilePolicies, createContext, decide, explain, parsePolicy } from '@stagedoor/policy';
import { casbin, casl, cedarWasm, stagedoor } from './policy/engines.mjs';
import { freshCopies, seeded } from './policy/random.mjs';
import { requestsOf, w1, w2, w3Principal, w3Request, w4 } from './policy/workloads.mjs';

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const micro = (us) => (us < 10 ? us.toFixed(2) : us < 1000 ? us.toFixed(1) : us.toFixed(0));
const row = (cells) => console.log(cells.map((cell, i) => (i === 0 ? String(cell).padEnd(36) : String(cell).padStart(12))).join(''));

/** The requests again, every string a new one. */
function fresh(requests) {
  const actions = freshCopies(requests.map((request) => request.action));
  const resources = freshCopies(requests.map((request) => request.resource));
  return requests.map((request, i) => ({ ...request, action: actions[i], resource: resources[i] }));
}

/** Microseconds a decision, over `count` fresh requests. */
function time(engine, requests, count) {
  const calls = [];
  while (calls.length < count) calls.push(...fresh(requests.slice(0, count - calls.length)).map(engine.call));
  const started = process.hrtime.bigint();
  let allowed = 0;
  for (const call of calls) if (engine.decide(call)) allowed += 1;
  const us = Number(process.hrtime.bigint() - started) / 1000 / count;
  if (allowed < 0) throw new Error('unreachable');
  return us;
}

async function compare(workload, peers, rounds, size = 1000) {
  const ours = stagedoor.prepare(workload);
  const requests = requestsOf(workload, size, (request) => ours.decide(ours.call(request)));
  const engines = [{ name: stagedoor.name, ...ours, count: 100_000 }];
  for (const [peer, count] of peers) engines.push({ name: peer.name, count, ...(await peer.prepare(workload)) });
  for (const engine of engines.slice(1)) {
    for (const request of requests.slice(0, 200)) {
      if (engine.decide(engine.call(request)) !== ours.decide(ours.call(request))) {
        throw new Error(`${workload.name}: ${engine.name} decides otherwise on ${JSON.stringify(request)}`);
      }
    }
  }
  const samples = new Map(engines.map((engine) => [engine.name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const engine of engines) {
      const us = time(engine, requests, engine.count);
      if (round > 0) samples.get(engine.name).push(us);
    }
  }
  const base = median(samples.get(stagedoor.name));
  row([workload.name, 'us/decision', 'times ours']);
  for (const [name, values] of samples) row([`  ${name}`, micro(median(values)), (median(values) / base).toFixed(1)]);
  return base;
}

function floors() {
  const ids = Array.from({ length: 1000 }, (_, i) => `arn:aws:ivs:us-west-2:123456789012:channel/${String(i).padStart(12, 'a')}`);
  const map = new Map(ids.map((id) => [id, id]));
  const pattern = /^arn:aws:ivs:[^:]*:[^:]*:channel\/a.*$/;
  const kinds = { 'one Map look-up, fresh string': (id) => map.get(id), 'one ARN comparison': (id) => id === ids[0], 'one anchored regular expression': (id) => pattern.test(id) };
  row(['floors', 'us']);
  for (const [name, run] of Object.entries(kinds)) {
    const copies = Array.from({ length: 100 }, () => freshCopies(ids)).flat();
    let hits = 0;
    const started = process.hrtime.bigint();
    for (const id of copies) if (run(id)) hits += 1;
    row([`  ${name}`, (Number(process.hrtime.bigint() - started) / 1000 / copies.length + hits * 0).toFixed(3)]);
  }
}

/** Principals on first use: texts are parsed, compiled and kept. */
function principals(count, rounds) {
  const before = process.memoryUsage().rss;
  const started = process.hrtime.bigint();
  const layers = Array.from({ length: count }, (_, i) => stagedoor.layersOf(w3Principal(i)));
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const random = seeded(3);
  const samples = [];
  for (let round = 0; round <= rounds; round += 1) {
    const picks = Array.from({ length: 50_000 }, () => random.int(count));
    const requests = fresh(picks.map((index) => w3Request(random, index)));
    const calls = requests.map(({ action, resource, context }) => ({ principal: stagedoor.principal, action, resource, resourceAccount: '123456789012', context: createContext(Object.entries(context)) }));
    const from = process.hrtime.bigint();
    for (let i = 0; i < calls.length; i += 1) decide(calls[i], layers[picks[i]]);
    if (round > 0) samples.push(Number(process.hrtime.bigint() - from) / 1000 / calls.length);
  }
  return { us: median(samples), seconds, megabytes: (process.memoryUsage().rss - before) / 1e6 };
}

function hostile() {
  row(['W5 hostile globs', 'us/decision', 'us/char']);
  for (const length of [100, 200, 400, 800, 1600]) {
    const glob = `arn:aws:ivs:us-west-2:123456789012:channel/${'*a'.repeat(20)}*b`;
    const policy = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'ivs:GetChannel', Resource: glob } }));
    const identity = compilePolicies([{ id: 'p', policy: policy.policy }]);
    const request = { principal: stagedoor.principal, action: 'ivs:GetChannel', resource: `arn:aws:ivs:us-west-2:123456789012:channel/${'a'.repeat(length)}`, context: createContext([]) };
    for (let i = 0; i < 2000; i += 1) decide(request, { identity });
    const started = process.hrtime.bigint();
    for (let i = 0; i < 5000; i += 1) decide(request, { identity });
    const us = Number(process.hrtime.bigint() - started) / 1000 / 5000;
    row([`  ${length} characters`, micro(us), (us / length).toFixed(4)]);
  }
}

function explainRate() {
  const workload = w2();
  const engine = stagedoor.prepare(workload);
  const calls = requestsOf(workload, 1000, (request) => engine.decide(engine.call(request))).map(engine.call);
  for (const { request, layers } of calls) explain(request, layers);
  const started = process.hrtime.bigint();
  for (let i = 0; i < 5; i += 1) for (const { request, layers } of calls) explain(request, layers);
  row(['explain on W2, a second', Math.round((5 * calls.length) / (Number(process.hrtime.bigint() - started) / 1e9))]);
}

export async function run(args) {
  const rounds = args.includes('--quick') ? 2 : 5;
  console.log(`node ${process.version}, one core, ${rounds} interleaved rounds, medians\n`);
  floors();
  await compare(w1(), [[casl, 20_000], [cedarWasm, 1000], [casbin, 500]], rounds);
  await compare(w2(), [[casl, 20_000], [cedarWasm, 300], [casbin, 50]], rounds);
  const small = await compare(w4(500), [[casl, 2000], [cedarWasm, 50]], rounds);
  const large = await compare(w4(5000), [[casl, 300], [cedarWasm, 6]], rounds);
  row(['W4-5000 / W4-500', (large / small).toFixed(2)]);
  const sizes = [1000, 10_000, 100_000].map((count) => ({ count, ...principals(count, rounds) }));
  row(['W3 principals with 3 policies', 'us/decision', 'load s', 'MB']);
  for (const { count, us, seconds, megabytes } of sizes) row([`  ${count}`, micro(us), seconds.toFixed(2), megabytes.toFixed(0)]);
  row(['W3-100k / W3-1k', (sizes[2].us / sizes[0].us).toFixed(2)]);
  hostile();
  explainRate();
}
