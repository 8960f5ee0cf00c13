package graph

import "context"

// Uses tells whether a store holds entities of a kind, or claims about them by
// a property (""; none is asked for) whose value fits (nil: any), retracted
// ones and those under embargo too. Of a reference, target is the kind of the
// entity that it points to.
type Uses func(kind, property string, fits func(v Value, target string) bool) (bool, error)

// uses looks into the store as it is.
func (db *DB) uses(ctx context.Context) Uses {
	return func(kind, property string, fits func(Value, string) bool) (found bool, err error) {
		v := db.At(Point{Clearance: Red})
		v.now = MaxTime
		err = v.read(ctx, func(rd *reading) error {
			found = false
			number, ok, err := rd.kindNumber(kind)
			if err != nil || !ok {
				return err
			}
			list, err := rd.kindRows(number, MaxTime-1, MinTime)
			if err != nil || property == "" {
				found = len(list) > 0
				return err
			}
			props, err := rd.numbers([]string{property})
			for i := 0; err == nil && i < len(list) && !found && len(props) > 0; i++ {
				found, err = rd.usedBy(list[i], props, fits)
			}
			return err
		})
		return found, err
	}
}

// usedBy tells whether a claim about one entity has a value that fits.
func (rd *reading) usedBy(n num, props map[uint16]bool, fits func(Value, string) bool) (found bool, err error) {
	var failed error
	err = rd.everyClaim(n, props, func(c *Claim, _ []Evidence) {
		switch target, err := rd.kindOfValue(c.Value); {
		case err != nil:
			failed = err
		case fits == nil || fits(c.Value, target):
			found = true
		}
	})
	if err == nil {
		err = failed
	}
	return found, err
}

func (rd *reading) kindOfValue(v Value) (string, error) {
	if v.typ != Reference {
		return "", nil
	}
	n, err := rd.lookup(ByID(v.Entity()))
	if err != nil {
		return "", err
	}
	h, err := rd.header(n)
	if err != nil {
		return "", err
	}
	return rd.nameOf(h.kind)
}
