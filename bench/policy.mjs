// npm run bench -- policy [--quick]: @stagedoor/policy beside engines from npm, on workloads of a fixed seed, in
// interleaved rounds, with freshly built request strings; decisions are checked equal before anything is timed.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { compilePolicies, createContext, createPolicyCache, decide, explain, parsePolicy } from '@stagedoor/policy';
import { casbin, casl, cedarWasm, stagedoor } from './policy/engines.mjs';
import { freshCopies, seeded } from './policy/random.mjs';
import { requestsOf, w1, w2, w3Pool, w3Principal, w3Request, w4 } from './policy/workloads.mjs';

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const micro = (us) => (us < 10 ? us.toFixed(2) : us < 1000 ? us.toFixed(1) : us.toFixed(0));
const row = (cells) =>
  console.log(cells.map((cell, i) => (i === 0 ? String(cell).padEnd(36) : String(cell).padStart(12))).join(''));

/** The requests again, every string a new one. */
function fresh(requests) {
  const actions = freshCopies(requests.map((request) => request.action));
  const resources = freshCopies(requests.map((request) => request.resource));
  return requests.map((request, i) => ({ ...request, action: actions[i], resource: resources[i] }));
}

/** Requests made at a time: a server has made the request it asks about just now, so it lies in the cache. */
const BATCH = 1000;

/** Microseconds a decision, over `count` fresh requests. */
function time(engine, requests, count) {
  let spent = 0n;
  let allowed = 0;
  for (let done = 0; done < count; done += BATCH) {
    const calls = fresh(requests.slice(0, Math.min(BATCH, count - done))).map(engine.call);
    const started = process.hrtime.bigint();
    for (const call of calls) if (engine.decide(call)) allowed += 1;
    spent += process.hrtime.bigint() - started;
  }
  if (allowed < 0) throw new Error('unreachable');
  return Number(spent) / 1000 / count;
}

async function compare(workload, peers, rounds, size = 1000) {
  const ours = stagedoor.prepare(workload);
  const requests = requestsOf(workload, size, (request) => ours.decide(ours.call(request)));
  const engines = [{ name: stagedoor.name, ...ours, requests, count: 50_000 }];
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
  const own = samples.get(stagedoor.name);
  row([workload.name, 'us/decision', 'best', 'times ours']);
  for (const [name, values] of samples) {
    // A ratio per round: both sides then had the same neighbours on the machine.
    const ratio = median(values.map((us, round) => us / own[round]));
    row([`  ${name}`, micro(median(values)), micro(Math.min(...values)), ratio.toFixed(1)]);
  }
  return engines[0];
}

/** Two workloads of ours, in turns. */
function growth(name, [small, smallRequests], [large, largeRequests], rounds) {
  const ratios = [];
  for (let round = 0; round <= rounds * 2; round += 1) {
    const [a, b] = [time(small, smallRequests, 50_000), time(large, largeRequests, 50_000)];
    if (round > 0) ratios.push(b / a);
  }
  row([name, median(ratios).toFixed(2)]);
}

function floors() {
  const ids = Array.from(
    { length: 1000 },
    (_, i) => `arn:aws:ivs:us-west-2:123456789012:channel/${String(i).padStart(12, 'a')}`,
  );
  const map = new Map(ids.map((id) => [id, id]));
  const pattern = /^arn:aws:ivs:[^:]*:[^:]*:channel\/a.*$/;
  const kinds = {
    'one Map look-up, fresh string': (id) => map.get(id),
    'one ARN comparison': (id) => id === ids[0],
    'one anchored regular expression': (id) => pattern.test(id),
  };
  row(['floors', 'us']);
  for (const [name, run] of Object.entries(kinds)) {
    const copies = Array.from({ length: 100 }, () => freshCopies(ids)).flat();
    let hits = 0;
    const started = process.hrtime.bigint();
    for (const id of copies) if (run(id)) hits += 1;
    row([`  ${name}`, (Number(process.hrtime.bigint() - started) / 1000 / copies.length + hits * 0).toFixed(3)]);
  }
}

/** Bytes the cache may take in this run: enough for 100,000 principals. */
const BOUND = 512 * 1024 * 1024;

const used = () => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

/** Every principal is asked for once: texts are parsed, compiled and kept; then mixed requests of all of them. */
function principals(count, textsOf, rounds) {
  const cache = createPolicyCache({ maxBytes: BOUND });
  const before = used();
  let loading = 0n;
  for (let i = 0; i < count; i += 1) {
    const documents = textsOf(i).map((text, n) => ({ id: `p${n}`, text }));
    const started = process.hrtime.bigint();
    cache.put(`p${i}`, '1', documents);
    loading += process.hrtime.bigint() - started;
  }
  const seconds = Number(loading) / 1e9;
  const megabytes = (used() - before) / 1e6;
  const random = seeded(3);
  const samples = [];
  for (let round = 0; round <= rounds; round += 1) {
    let spent = 0n;
    for (let batch = 0; batch < 50; batch += 1) {
      const picks = Array.from({ length: BATCH }, () => random.int(count));
      const requests = fresh(picks.map((index) => w3Request(random, index)));
      const calls = requests.map(({ action, resource, context }) => ({
        principal: stagedoor.principal,
        action,
        resource,
        resourceAccount: '123456789012',
        context: createContext(Object.entries(context)),
      }));
      const layers = picks.map((index) => ({ identity: cache.find(`p${index}`, '1') }));
      const from = process.hrtime.bigint();
      for (let i = 0; i < calls.length; i += 1) decide(calls[i], layers[i]);
      spent += process.hrtime.bigint() - from;
    }
    if (round > 0) samples.push(Number(spent) / 1000 / 50 / BATCH);
  }
  return { us: median(samples), seconds, megabytes, kept: cache.size.principals, estimate: cache.size.bytes / 1e6 };
}

/** A shape of W3 in a process of its own, so that one leaves nothing behind for the next. */
export function principalsAlone(count, shape, rounds) {
  const textsOf = shape === 'pool' ? w3Pool(1000) : w3Principal;
  return principals(count, textsOf, rounds);
}

function inItsOwnProcess(count, shape, rounds) {
  const code = `import { principalsAlone } from ${JSON.stringify(import.meta.url)}; console.log(JSON.stringify(principalsAlone(${count}, ${JSON.stringify(shape)}, ${rounds})));`;
  const answer = spawnSync(
    process.execPath,
    ['--expose-gc', '--max-old-space-size=4096', '--input-type=module', '-e', code],
    { encoding: 'utf8', cwd: fileURLToPath(new URL('..', import.meta.url)) },
  );
  if (answer.status !== 0) throw new Error(answer.stderr);
  return JSON.parse(answer.stdout);
}

function manyPrincipals(shape, title, sizes, rounds) {
  row([title, 'us/decision', 'load s', 'MB', 'cache says', 'kept']);
  const found = sizes.map((count) => inItsOwnProcess(count, shape, rounds));
  found.forEach(({ us, seconds, megabytes, estimate, kept }, i) =>
    row([`  ${sizes[i]}`, micro(us), seconds.toFixed(2), megabytes.toFixed(0), estimate.toFixed(0), kept]),
  );
  row([`  ${sizes.at(-1)} / ${sizes[0]}`, (found.at(-1).us / found[0].us).toFixed(2)]);
}

function hostile() {
  row(['W5 hostile globs', 'us/decision', 'us/char']);
  for (const length of [100, 200, 400, 800, 1600]) {
    const glob = `arn:aws:ivs:us-west-2:123456789012:channel/${'*a'.repeat(20)}*b`;
    const policy = parsePolicy(
      JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Action: 'ivs:GetChannel', Resource: glob },
      }),
    );
    const identity = compilePolicies([{ id: 'p', policy: policy.policy }]);
    const request = {
      principal: stagedoor.principal,
      action: 'ivs:GetChannel',
      resource: `arn:aws:ivs:us-west-2:123456789012:channel/${'a'.repeat(length)}`,
      context: createContext([]),
    };
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
  const rates = [];
  for (let round = 0; round < 20; round += 1) {
    const started = process.hrtime.bigint();
    for (const { request, layers } of calls) explain(request, layers);
    rates.push(Math.round(calls.length / (Number(process.hrtime.bigint() - started) / 1e9)));
  }
  row(['explain on W2, a second', median(rates), `best ${Math.max(...rates)}`]);
}

export async function run(args) {
  const quick = args.includes('--quick');
  const rounds = quick ? 2 : 7;
  console.log(`node ${process.version}, one core, ${rounds} interleaved rounds, medians\n`);
  floors();
  await compare(
    w1(),
    [
      [casl, 20_000],
      [cedarWasm, 1000],
      [casbin, 500],
    ],
    rounds,
  );
  await compare(
    w2(),
    [
      [casl, 20_000],
      [cedarWasm, 300],
      [casbin, 50],
    ],
    rounds,
  );
  const small = await compare(
    w4(500),
    [
      [casl, 2000],
      [cedarWasm, 50],
    ],
    rounds,
  );
  const large = await compare(
    w4(5000),
    [
      [casl, 300],
      [cedarWasm, 6],
    ],
    rounds,
  );
  growth('W4-5000 / W4-500', [small, small.requests], [large, large.requests], rounds);
  const sizes = quick ? [1000, 10_000] : [1000, 10_000, 100_000];
  manyPrincipals('pool', 'W3, 3 of 1,000 managed policies', sizes, rounds);
  manyPrincipals('own', 'W3, 3 policies of their own', sizes, rounds);
  hostile();
  explainRate();
}
