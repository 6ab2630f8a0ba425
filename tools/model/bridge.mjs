// Lets another language drive the built wire: one JSON request per line in, one JSON answer per line out.
// Dates travel as {"$date": milliseconds}, bytes as {"$bytes": base64}.
import { createInterface } from 'node:readline';
import { parseInput } from '../../packages/server/dist/wire/input.js';
import { loadModels } from '../../packages/server/dist/wire/models.js';
import { recognize } from '../../packages/server/dist/wire/recognize.js';
import { faceOf, renderError, renderOutput } from '../../packages/server/dist/wire/render.js';

const models = loadModels();

function pack(value) {
  if (value instanceof Date) return { $date: value.getTime() };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(pack);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, pack(held)]));
}

function unpack(value) {
  if (Array.isArray(value)) return value.map(unpack);
  if (typeof value !== 'object' || value === null) return value;
  if (typeof value.$date === 'number') return new Date(value.$date);
  if (typeof value.$bytes === 'string') return Buffer.from(value.$bytes, 'base64');
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, unpack(held)]));
}

function read({ line, body }) {
  const bytes = Buffer.from(body, 'base64');
  const match = recognize(models, line, bytes);
  if (!match.ok) return { refused: `${match.code}: ${match.message}` };
  const parsed = parseInput(match, line, bytes);
  if (!parsed.ok) return { refused: `${parsed.error.code}: ${parsed.error.message}` };
  return { service: match.operation.service.name, operation: match.operation.name, input: pack(parsed.input) };
}

const answered = ({ status, headers, body }) => ({ status, headers, body: Buffer.from(body).toString('base64') });

const tasks = {
  read,
  write: ({ service, operation, output }) =>
    answered(renderOutput(models.operation(service, operation), unpack(output), 'r-1')),
  refuse: ({ service, operation, error }) =>
    answered(renderError(faceOf(models.operation(service, operation)), error, 'r-1')),
};

for await (const text of createInterface({ input: process.stdin })) {
  const request = JSON.parse(text);
  process.stdout.write(`${JSON.stringify(tasks[request.task](request))}\n`);
}
