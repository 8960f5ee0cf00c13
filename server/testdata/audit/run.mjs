// node run.mjs URL: runs the public audits of GraphQL over HTTP against a
// server and prints those that are not met; any of them makes it fail.
import { auditServer } from 'graphql-http';

const results = await auditServer({ url: process.argv[2] });
const unmet = results.filter((r) => r.status !== 'ok');
for (const r of unmet) console.log(r.status, r.id, r.name, r.reason);
console.log(`${results.length - unmet.length} of ${results.length}`);
process.exit(unmet.length ? 1 : 0);
