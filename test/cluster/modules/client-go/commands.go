// exec and port-forward, by WebSocket and by SPDY.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/httpstream"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/tools/remotecommand"
	"k8s.io/client-go/transport/spdy"
	utilexec "k8s.io/client-go/util/exec"
)

type transport int

const (
	byWebSocket transport = iota
	bySPDY
)

const script = `read a; echo "got $a"; echo err >&2; exit 3`

func (a *agent) exec(ctx context.Context, asked ask, by transport) (any, error) {
	options := &corev1.PodExecOptions{
		Container: asked.Name, Command: []string{"sh", "-c", script}, Stdin: true, Stdout: true, Stderr: true,
	}
	target := a.urlOf(asked, "exec", options)
	executor, err := remotecommand.NewSPDYExecutor(a.config, "POST", target)
	if by == byWebSocket {
		executor, err = remotecommand.NewWebSocketExecutor(a.config, "GET", target.String())
	}
	if err != nil {
		return nil, err
	}
	var stdout, stderr bytes.Buffer
	err = executor.StreamWithContext(ctx, remotecommand.StreamOptions{
		Stdin: strings.NewReader("hello\n"), Stdout: &stdout, Stderr: &stderr,
	})
	code := utilexec.CodeExitError{}
	if err != nil && !errors.As(err, &code) {
		return nil, err
	}
	return map[string]any{"stdout": stdout.String(), "stderr": stderr.String(), "code": code.Code}, nil
}

// forward says the first line of what the pod's web server answers.
func (a *agent) forward(asked ask, by transport) (any, error) {
	dialer, err := a.dialer(a.urlOf(asked, "portforward", nil), by)
	if err != nil {
		return nil, err
	}
	stop, ready := make(chan struct{}), make(chan struct{})
	defer close(stop)
	forwarder, err := portforward.New(dialer, []string{":8080"}, stop, ready, io.Discard, io.Discard)
	if err != nil {
		return nil, err
	}
	failed := make(chan error, 1)
	go func() { failed <- forwarder.ForwardPorts() }()
	select {
	case <-ready:
	case err := <-failed:
		return nil, err
	case <-time.After(patience):
		return nil, fmt.Errorf("nothing is forwarded")
	}
	ports, err := forwarder.GetPorts()
	if err != nil {
		return nil, err
	}
	conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", ports[0].Local))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "GET /etc/passwd HTTP/1.0\r\n\r\n"); err != nil {
		return nil, err
	}
	said, err := io.ReadAll(conn)
	line, body, _ := strings.Cut(string(said), "\r\n")
	if !strings.Contains(body, "agent:x") {
		return nil, fmt.Errorf("no file: %q, %v", said, err)
	}
	return line, nil
}

func (a *agent) dialer(target *url.URL, by transport) (httpstream.Dialer, error) {
	if by == byWebSocket {
		return portforward.NewSPDYOverWebsocketDialer(target, a.config)
	}
	tripper, upgrader, err := spdy.RoundTripperFor(a.config)
	return spdy.NewDialer(upgrader, &http.Client{Transport: tripper}, "POST", target), err
}

func (a *agent) urlOf(asked ask, subresource string, options *corev1.PodExecOptions) *url.URL {
	request := a.typed.CoreV1().RESTClient().Post().
		Resource("pods").Namespace(asked.Namespace).Name(asked.Name).SubResource(subresource)
	if options != nil {
		request = request.VersionedParams(options, scheme.ParameterCodec)
	}
	return request.URL()
}
