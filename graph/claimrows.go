package graph

// rowWriter gives the rows that show claims to set, one after another in the same
// memory: set takes copies of what it keeps.
type rowWriter struct {
	set   func(key, value []byte) error
	key   []byte
	value enc
}

// rows gives every row that shows the claim to set.
func (c *claimRow) rows(n num, r row, doc num, alias, label bool, set func(key, value []byte) error) error {
	w := rowWriter{set: set}
	return w.claim(n, c, r, doc, alias, label)
}

// sides gives the keys of the claim's rows at both of its entities to drop.
func (c *claimRow) sides(n num, out, in byte, drop func(key, _ []byte) error) error {
	w := rowWriter{set: drop}
	return w.sides(n, c, row{}, 0, out, in)
}

// claim gives all of them.
func (w *rowWriter) claim(n num, c *claimRow, r row, doc num, alias, label bool) error {
	if c.value.typ == Reference {
		return w.edges(n, c, r, doc)
	}
	from := c.from()
	w.key, w.value = appendAttribute(w.key[:0], c.subject, c.prop, from, n), w.value[:0]
	r.append(&w.value, from)
	head := len(w.value)
	w.value.value(c.value, 0)
	if err := w.set(w.key, w.value); err != nil || !label {
		return err
	}
	w.value = w.value[:head]
	w.value.byte(byte(boolBit(alias)))
	w.value.value(c.value, 0)
	return w.set(labelKey(fold(c.value.text), c.subject, n), w.value)
}

func (w *rowWriter) edges(n num, c *claimRow, r row, doc num) error {
	plain := r
	plain.flags &^= flagMoved
	if plain.flags != r.flags {
		if err := w.sides(n, c, plain, doc, outState, inState); err != nil {
			return err
		}
	}
	if err := w.sides(n, c, r, doc, c.section(outEvent, outState), c.section(inEvent, inState)); err != nil {
		return err
	}
	from := c.from()
	w.key = appendPair(w.key[:0], c.subject, c.ref, from, c.prop, n)
	if err := w.edge(plain, from, doc, c.subject); err != nil {
		return err
	}
	w.key = appendProperty(w.key[:0], c.prop, from, n)
	return w.edge(plain, from, doc, c.subject, c.ref)
}

// sides gives the claim's rows at both of its entities.
func (w *rowWriter) sides(n num, c *claimRow, r row, doc num, out, in byte) error {
	from := c.from()
	w.key = appendEdge(w.key[:0], c.subject, out, from, c.prop, n)
	if err := w.edge(r, from, doc, c.ref); err != nil {
		return err
	}
	w.key = appendEdge(w.key[:0], c.ref, in, from, c.prop, n)
	return w.edge(r, from, doc, c.subject)
}

// edge gives the row with the key in hand, whose value names entities.
func (w *rowWriter) edge(r row, from Time, doc num, entities ...num) error {
	w.value = w.value[:0]
	w.value.edge(&r, from, doc, entities...)
	return w.set(w.key, w.value)
}

// edge writes the value of an edge's row.
func (e *enc) edge(r *row, from Time, doc num, entities ...num) {
	r.append(e, from)
	for _, x := range entities {
		e.num(x)
	}
	e.num(doc)
}
