// node run.mjs URL OPERATIONS: has the clients graphql-ws and graphql-sse run
// each of the operations against a server, one after another and then all at
// once on one connection, and prints what each client was told, as JSON lines.
// OPERATIONS is a JSON array of requests; "take" leaves an operation after so
// many answers.
import { createClient as overSockets } from 'graphql-ws';
import { createClient as overEvents } from 'graphql-sse';
import WebSocket from 'ws';

const [url, list] = process.argv.slice(2);
const operations = JSON.parse(list);

// told lists the answers to an operation, or the errors that refused it.
async function told(client, { take, ...operation }) {
  const answers = [];
  try {
    for await (const answer of client.iterate(operation)) {
      answers.push(answer);
      if (answers.length === take) break;
    }
  } catch (err) {
    answers.push({ refused: Array.isArray(err) ? err : String(err.message ?? err.reason ?? err) });
  }
  return answers;
}

async function run(name, client) {
  for (const operation of operations) {
    console.log(JSON.stringify({ client: name, query: operation.query, answers: await told(client, operation) }));
  }
  const together = await Promise.all(operations.map((operation) => told(client, operation)));
  operations.forEach((operation, i) => console.log(JSON.stringify({ client: name + ' together', query: operation.query, answers: together[i] })));
  await client.dispose();
}

await run('graphql-ws', overSockets({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, lazy: false, retryAttempts: 0, keepAlive: 100 }));
await run('graphql-sse', overEvents({ url, retryAttempts: 0 }));
