// A component as Relay writes them: a fragment that pages through a connection
// and can be fetched again by the id of its node.
const meetings = graphql`
  fragment component_actor on State
    @refetchable(queryName: "componentPageQuery")
    @argumentDefinitions(count: { type: "Int", defaultValue: 10 }, cursor: { type: "String" }) {
    name
    meetingsConnection(first: $count, after: $cursor, rollUp: true) @connection(key: "component_meetingsConnection") {
      edges {
        node {
          id
          name
          participants {
            __typename
            name
          }
        }
      }
    }
  }
`
const query = graphql`
  query componentQuery($key: String!) {
    state(key: $key) {
      ...component_actor
    }
  }
`
export { meetings, query }
