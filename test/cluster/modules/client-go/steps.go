// The steps, each in client-go's own idiom: typed clientset and apply configurations, RESTMapper and dynamic client.
package main

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	applyv1 "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
)

type agent struct {
	typed   *kubernetes.Clientset
	dynamic *dynamic.DynamicClient
	seen    *names
	config  *rest.Config
}

func newAgent(config *rest.Config) (*agent, error) {
	typed, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	dynamic, err := dynamic.NewForConfig(config)
	return &agent{typed: typed, dynamic: dynamic, seen: newNames(), config: config}, err
}

func (a *agent) take(ctx context.Context, asked ask) (any, error) {
	switch asked.Step {
	case "wire":
		return a.wire(ctx, asked)
	case "pods":
		return a.pods(ctx, asked)
	case "secret":
		return a.secret(ctx, asked)
	case "write":
		return a.write(ctx, asked)
	case "follow":
		return a.follow(ctx, asked)
	case "seen":
		return asked.Name, a.seen.await(asked.Name, patience)
	case "log":
		return a.log(ctx, asked)
	case "exec":
		return a.exec(ctx, asked, byWebSocket)
	case "exec by SPDY":
		return a.exec(ctx, asked, bySPDY)
	case "forward":
		return a.forward(asked, byWebSocket)
	case "forward by SPDY":
		return a.forward(asked, bySPDY)
	case "delete":
		return nil, a.typed.CoreV1().Pods(asked.Namespace).Delete(ctx, asked.Name, metav1.DeleteOptions{})
	case "dynamic":
		return a.lookUp(ctx, asked)
	}
	return nil, fmt.Errorf("no such step: %s", asked.Step)
}

func (a *agent) pods(ctx context.Context, asked ask) (any, error) {
	pods := a.typed.CoreV1().Pods(asked.Namespace)
	list, err := pods.List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	listed := []string{}
	for _, pod := range list.Items {
		listed = append(listed, pod.Name)
	}
	one, err := pods.Get(ctx, asked.Name, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	return map[string]any{"listed": listed, "uid": one.UID}, nil
}

func (a *agent) secret(ctx context.Context, asked ask) (any, error) {
	secret, err := a.typed.CoreV1().Secrets(asked.Namespace).Get(ctx, asked.Name, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	for key, value := range secret.Data {
		values[key] = string(value)
	}
	return values, nil
}

func (a *agent) write(ctx context.Context, asked ask) (any, error) {
	maps := a.typed.CoreV1().ConfigMaps(asked.Namespace)
	object := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: asked.Name}, Data: map[string]string{"by": "create"}}
	if _, err := maps.Create(ctx, object, metav1.CreateOptions{}); err != nil {
		return nil, err
	}
	patch := []byte(`{"data":{"strategic":"patch"}}`)
	if _, err := maps.Patch(ctx, asked.Name, types.StrategicMergePatchType, patch, metav1.PatchOptions{}); err != nil {
		return nil, err
	}
	applied := applyv1.ConfigMap(asked.Name, asked.Namespace).WithData(map[string]string{"server-side": "apply"})
	after, err := maps.Apply(ctx, applied, metav1.ApplyOptions{FieldManager: "agent"})
	if err != nil {
		return nil, err
	}
	return after.Data, nil
}

func (a *agent) lookUp(ctx context.Context, asked ask) (any, error) {
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(a.typed.Discovery()))
	mapping, err := mapper.RESTMapping(schema.GroupKind{Group: "apps", Kind: "Deployment"})
	if err != nil {
		return nil, err
	}
	object, err := a.dynamic.Resource(mapping.Resource).Namespace(asked.Namespace).Get(ctx, asked.Name, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	return object.GetName(), nil
}
