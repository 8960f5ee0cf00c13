package server

import (
	"mime"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"
)

// The media types that answers may have.
const (
	mediaGraphQL = "application/graphql-response+json"
	mediaJSON    = "application/json"
	mediaEvents  = "text/event-stream"
)

// negotiate chooses the media type of the answer: the one that the Accept
// header likes best, the first of equals. Without a header it is JSON. Empty:
// the client takes neither.
func negotiate(accept string) string {
	if strings.TrimSpace(accept) == "" {
		return mediaJSON
	}
	best, liking := "", 0.0
	for part := range strings.SplitSeq(accept, ",") {
		media, quality := offer(part)
		if media != "" && quality > liking {
			best, liking = media, quality
		}
	}
	return best
}

// offer reads one media range of an Accept header and gives the type that
// serves it, or none.
func offer(part string) (media string, quality float64) {
	wanted, params, err := mime.ParseMediaType(strings.TrimSpace(part))
	if err != nil || (params["charset"] != "" && !strings.EqualFold(params["charset"], "utf-8")) {
		return "", 0
	}
	quality = 1
	if q, ok := params["q"]; ok {
		if quality, err = strconv.ParseFloat(q, 64); err != nil {
			return "", 0
		}
	}
	switch wanted {
	case mediaGraphQL, mediaEvents:
		return wanted, quality
	case mediaJSON, "*/*", "application/*":
		return mediaJSON, quality
	}
	return "", 0
}

// anyLanguage is what the library makes of an asterisk.
const anyLanguage = "mul"

// languages lists the languages that an Accept-Language header asks for, the
// preferred one first, without their regions: names carry none.
func languages(accept string) []string {
	if len(accept) > 200 {
		return nil
	}
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err != nil {
		return nil
	}
	var list []string
	for _, tag := range tags {
		base, _ := tag.Base()
		if name := base.String(); name != anyLanguage && !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}
