package graph

// workspace is memory that an update needs for itself. When the update has ended
// well, the next one takes it over, empty; what uses the one that ended any longer
// finds nothing of it there.
type workspace struct {
	ops        []operation
	opContents enc // of ops
	rows       rowWriter
	hand       enc // what is written down to be hashed

	byNum   map[num]*cachedEntity
	byID    map[EntityID]*cachedEntity
	byKey   map[Key]*cachedEntity
	changed []*cachedEntity // of those, what is not written yet
	said    map[AssertionID]saidHere

	prepared []prepared // links of the draft in hand, where they are few
}

// What is handed on at most: memory of a large update is dropped.
const (
	maxSpareBytes = 64 << 10
	maxSpareItems = 64
)

// emptied is the memory for the next update.
func (m *workspace) emptied() workspace {
	bytes := cap(m.opContents) + cap(m.rows.key) + cap(m.rows.value) + cap(m.hand)
	items := max(cap(m.ops), cap(m.changed), len(m.byNum), len(m.byID), len(m.byKey), len(m.said))
	if bytes > maxSpareBytes || items > maxSpareItems {
		return workspace{}
	}
	clear(m.byNum)
	clear(m.byID)
	clear(m.byKey)
	clear(m.said)
	clear(m.changed[:cap(m.changed)])
	clear(m.prepared[:cap(m.prepared)])
	m.ops, m.opContents, m.changed, m.prepared = m.ops[:0], m.opContents[:0], m.changed[:0], m.prepared[:0]
	m.rows.set = nil
	return *m
}
