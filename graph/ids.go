package graph

import "sync"

// ids caches the ids of entities by number, and the other way round. They never
// change, and most reads need them and nothing else of an entity's header.
type ids struct {
	mu struct {
		sync.RWMutex
		pages  [][]EntityID
		number map[EntityID]num
	}
}

const (
	idsPerPage = 4096
	maxIDPages = 256 // a million ids, some 60 MB
)

// get fills in what is cached and returns how many are missing.
func (c *ids) get(list []EntityID, at func(int) num) (missing int) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	for i := range list {
		n := at(i)
		page := int(n / idsPerPage)
		if page < len(c.mu.pages) && c.mu.pages[page] != nil {
			list[i] = c.mu.pages[page][n%idsPerPage]
		} else {
			list[i] = EntityID{}
		}
		if list[i].IsZero() {
			missing++
		}
	}
	return missing
}

func (c *ids) put(n num, id EntityID) {
	page := int(n / idsPerPage)
	if page >= maxIDPages {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.mu.pages) <= page {
		c.mu.pages = append(c.mu.pages, nil)
	}
	if c.mu.pages[page] == nil {
		c.mu.pages[page] = make([]EntityID, idsPerPage)
	}
	c.mu.pages[page][n%idsPerPage] = id
	if c.mu.number == nil {
		c.mu.number = map[EntityID]num{}
	}
	c.mu.number[id] = n
}

// number is the number of an id, or 0 where it is not cached.
func (c *ids) number(id EntityID) num {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.mu.number[id]
}

// ids gives the ids of many entities by number: of those that are one with
// others, the oldest one's.
func (rd *reading) ids(list []EntityID, at func(int) num) error {
	if same := rd.same(); same != nil {
		return rd.ownIDs(list, func(i int) num { return same.head(at(i)) })
	}
	return rd.ownIDs(list, at)
}

// ownIDs gives the ids of the entities themselves.
func (rd *reading) ownIDs(list []EntityID, at func(int) num) error {
	if rd.db.ids.get(list, at) == 0 {
		return nil
	}
	var want []num
	var where []int
	for i := range list {
		if list[i].IsZero() {
			want, where = append(want, at(i)), append(where, i)
		}
	}
	if err := rd.headers(want); err != nil {
		return err
	}
	for i, n := range want {
		h, err := rd.header(n)
		if err != nil {
			return err
		}
		list[where[i]] = h.id
		rd.db.ids.put(n, h.id)
	}
	return nil
}

// id is the id of one entity.
func (rd *reading) id(n num) (EntityID, error) {
	var one [1]EntityID
	err := rd.ids(one[:], func(int) num { return n })
	return one[0], err
}
