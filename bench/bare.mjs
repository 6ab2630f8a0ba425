// The floor: a bare node:http server that reads the same body and answers the same bytes.
import { createServer } from 'node:http';

const answer = Buffer.from(process.argv[2] ?? '{}', 'base64');
const type = process.argv[3] ?? 'application/json';
const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    response.writeHead(200, { 'content-type': type, 'content-length': answer.length });
    response.end(answer);
  });
});
server.keepAliveTimeout = 65_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));
