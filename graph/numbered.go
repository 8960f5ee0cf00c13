package graph

// numbered puts numbers in the order in which they came, each once.
type numbered struct {
	list  []num
	slots []uint32 // by hash: one more than a place in list; 0: none
	shift uint
}

// place is where a number is in the list, to which it is added if it is not there.
func (t *numbered) place(n num) int {
	if 2*len(t.list) >= len(t.slots) {
		t.grow()
	}
	s := t.slot(n)
	if t.slots[s] == 0 {
		t.list = append(t.list, n)
		t.slots[s] = uint32(len(t.list))
	}
	return int(t.slots[s]) - 1
}

// find is where a number is in the list, or -1.
func (t *numbered) find(n num) int {
	if len(t.slots) == 0 {
		return -1
	}
	return int(t.slots[t.slot(n)]) - 1
}

// slot is that of a number, or a free one for it.
func (t *numbered) slot(n num) int {
	for s := int(uint64(n) * 0x9e3779b97f4a7c15 >> t.shift); ; s = (s + 1) & (len(t.slots) - 1) {
		if i := t.slots[s]; i == 0 || t.list[i-1] == n {
			return s
		}
	}
}

const leastSlotBits = 6

// grow makes four slots of each, so that little is put anew.
func (t *numbered) grow() {
	size := max(1<<leastSlotBits, 4*len(t.slots))
	if t.shift -= 2; len(t.slots) == 0 {
		t.shift = 64 - leastSlotBits
	}
	t.slots = make([]uint32, size)
	for i, n := range t.list {
		t.slots[t.slot(n)] = uint32(i + 1)
	}
}

// reset makes the list an empty one, unless its room is too large to be kept.
func (t *numbered) reset() bool {
	if len(t.slots) > 4*mostRoom {
		return false
	}
	clear(t.slots)
	t.list = t.list[:0]
	return true
}

// tally counts by number.
type tally struct {
	numbered
	counts []int
}

// place is that of a number, which counts nothing if it was not there.
func (t *tally) place(n num) int {
	i := t.numbered.place(n)
	if i == len(t.counts) {
		t.counts = append(t.counts, 0)
	}
	return i
}
