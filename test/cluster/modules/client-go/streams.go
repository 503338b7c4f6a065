// The steps whose answer goes on: a shared informer, and a log that is followed.
package main

import (
	"bufio"
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/cache"
)

// As long as a test waits for one thing.
const patience = 20 * time.Second

// follow starts a shared informer, which begins with a WatchList since client-go 0.35.
func (a *agent) follow(ctx context.Context, asked ask) (any, error) {
	factory := informers.NewSharedInformerFactoryWithOptions(a.typed, 0, informers.WithNamespace(asked.Namespace))
	informer := factory.Core().V1().ConfigMaps().Informer()
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc: func(object any) { a.seen.add(object.(*corev1.ConfigMap).Name) },
	})
	if err != nil {
		return nil, err
	}
	factory.Start(ctx.Done())
	within, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if !cache.WaitForCacheSync(within.Done(), informer.HasSynced) {
		return nil, fmt.Errorf("the informer does not sync")
	}
	return "following", nil
}

// log reads three lines of a log that goes on.
func (a *agent) log(ctx context.Context, asked ask) (any, error) {
	options := &corev1.PodLogOptions{Follow: true}
	stream, err := a.typed.CoreV1().Pods(asked.Namespace).GetLogs(asked.Name, options).Stream(ctx)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	lines := []string{}
	for scanner := bufio.NewScanner(stream); len(lines) < 3 && scanner.Scan(); {
		lines = append(lines, scanner.Text())
	}
	return lines, nil
}
