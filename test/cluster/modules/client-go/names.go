// The names that a watch has shown so far, to be waited for.
package main

import (
	"fmt"
	"sync"
	"time"
)

type names struct {
	sync.Mutex
	known map[string]chan struct{}
}

func newNames() *names {
	return &names{known: map[string]chan struct{}{}}
}

// of is closed once the name was seen.
func (n *names) of(name string) chan struct{} {
	if _, known := n.known[name]; !known {
		n.known[name] = make(chan struct{})
	}
	return n.known[name]
}

func (n *names) add(name string) {
	n.Lock()
	defer n.Unlock()
	select {
	case <-n.of(name):
	default:
		close(n.of(name))
	}
}

func (n *names) await(name string, patience time.Duration) error {
	n.Lock()
	seen := n.of(name)
	n.Unlock()
	select {
	case <-seen:
		return nil
	case <-time.After(patience):
		return fmt.Errorf("the watch has not shown %s", name)
	}
}
