// npm run bench -- door | policy
const suites = { door: './door.mjs', policy: './policy.mjs' };
const [name, ...rest] = process.argv.slice(2);
if (!(name in suites)) {
  console.error(`usage: npm run bench -- ${Object.keys(suites).join(' | ')}`);
  process.exit(2);
}
const { run } = await import(suites[name]);
await run(rest);
