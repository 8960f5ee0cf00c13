// Builds the schema as the reference implementation does, validates it and the
// queries over it, and runs the introspection that tools send.
import { readFileSync } from 'node:fs'
import { buildSchema, getIntrospectionQuery, graphqlSync, parse, validate, validateSchema } from 'graphql'

const [schemaFile, queriesFile] = process.argv.slice(2)
const schema = buildSchema(readFileSync(schemaFile, 'utf8'))
const queries = parse(readFileSync(queriesFile, 'utf8'))
const errors = [...validateSchema(schema), ...validate(schema, queries)]
for (const e of errors) console.log(e.message)
const told = graphqlSync({ schema, source: getIntrospectionQuery({ specifiedByUrl: true, inputValueDeprecation: true }) })
for (const e of told.errors ?? []) console.log(e.message)
const types = Object.keys(schema.getTypeMap()).filter((name) => !name.startsWith('__'))
console.log(`${errors.length} errors, ${types.length} types, ${queries.definitions.length} queries`)
process.exit(errors.length > 0 || told.errors ? 1 : 0)
