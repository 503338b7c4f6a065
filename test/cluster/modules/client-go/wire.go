// What a typed call has on the wire, seen by net/http's own trace: the client is not touched.
package main

import (
	"context"
	"crypto/tls"
	"net/http/httptrace"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func (a *agent) wire(ctx context.Context, asked ask) (any, error) {
	wire := map[string]string{}
	trace := httptrace.ClientTrace{
		GotConn: func(got httptrace.GotConnInfo) {
			if conn, isTLS := got.Conn.(*tls.Conn); isTLS {
				wire["protocol"] = conn.ConnectionState().NegotiatedProtocol
			}
		},
		WroteHeaderField: func(key string, values []string) {
			if key == "accept" {
				wire[key] = values[0]
			}
		},
	}
	ctx = httptrace.WithClientTrace(ctx, &trace)
	_, err := a.typed.CoreV1().Pods(asked.Namespace).List(ctx, metav1.ListOptions{})
	return wire, err
}
