package exec

import (
	"container/list"
	"sync"
)

// cacheKey names an operation of a document. The text itself is the key: a
// cache belongs to one engine, and an engine to one schema for good.
type cacheKey struct{ query, operation string }

// cache keeps operations that were validated, the last used ones, up to a
// weight: their tokens and expanded fields, by which their plans grow.
type cache struct {
	limit int
	mu    struct {
		sync.Mutex
		weight  int
		order   *list.List // the last used first
		entries map[cacheKey]*list.Element
	}
}

type cached struct {
	key       cacheKey
	operation *operation
}

func newCache(limit int) *cache {
	c := &cache{limit: limit}
	c.mu.order = list.New()
	c.mu.entries = map[cacheKey]*list.Element{}
	return c
}

func (c *cache) get(key cacheKey) *operation {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.mu.entries[key]
	if e == nil {
		return nil
	}
	c.mu.order.MoveToFront(e)
	return e.Value.(*cached).operation
}

// put keeps an operation and gives the one that is kept: another may have come
// first.
func (c *cache) put(key cacheKey, op *operation) *operation {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.mu.entries[key]; e != nil {
		return e.Value.(*cached).operation
	}
	if op.size() > c.limit {
		return op
	}
	c.mu.entries[key] = c.mu.order.PushFront(&cached{key, op})
	for c.mu.weight += op.size(); c.mu.weight > c.limit; {
		last := c.mu.order.Remove(c.mu.order.Back()).(*cached)
		delete(c.mu.entries, last.key)
		c.mu.weight -= last.operation.size()
	}
	return op
}

// len is the number of operations that are kept.
func (c *cache) len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.mu.order.Len()
}
