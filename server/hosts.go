package server

import (
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/parleydb/parley/server/exec"
)

// local refuses requests under other names than this machine's own.
func local(hosts []string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := hostOf(r.Host)
		if isLocal(host) || slices.ContainsFunc(hosts, func(own string) bool { return strings.EqualFold(own, host) }) {
			next.ServeHTTP(w, r)
			return
		}
		write(w, mediaJSON, refuse(http.StatusMisdirectedRequest, faultf(exec.CodeRequest,
			"this server answers on this machine only, not as %.80q: address it as localhost or 127.0.0.1, or have a proxy do so", host)))
	})
}

// hostOf is a Host header without the port.
func hostOf(header string) string {
	host, _, err := net.SplitHostPort(header)
	if err != nil {
		host = strings.Trim(header, "[]")
	}
	return strings.TrimSuffix(host, ".")
}

func isLocal(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
