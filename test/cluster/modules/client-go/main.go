// client-go in a pod, unchanged: one JSON line on stdin asks for a step, one on stdout answers it (test/clients/README.md).
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"log"
	"os"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/rest"
)

type ask struct {
	ID        int    `json:"id"`
	Step      string `json:"step"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

// failure is what the client's own error says of a refusal.
type failure struct {
	Code    int32  `json:"code"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
	Said    string `json:"said"`
}

type answer struct {
	ID    int      `json:"id"`
	Value any      `json:"value,omitempty"`
	Error *failure `json:"error,omitempty"`
}

func failureOf(err error) *failure {
	told := &failure{Said: err.Error()}
	var status apierrors.APIStatus
	if errors.As(err, &status) {
		told.Code, told.Reason, told.Message = status.Status().Code, string(status.Status().Reason), status.Status().Message
	}
	return told
}

func main() {
	config, err := rest.InClusterConfig()
	if err != nil {
		log.Fatal(err)
	}
	agent, err := newAgent(config)
	if err != nil {
		log.Fatal(err)
	}
	asks := bufio.NewScanner(os.Stdin)
	answers := json.NewEncoder(os.Stdout)
	for asks.Scan() {
		var asked ask
		if err := json.Unmarshal(asks.Bytes(), &asked); err != nil {
			log.Fatal(err)
		}
		said := answer{ID: asked.ID}
		if value, err := agent.take(context.Background(), asked); err != nil {
			said.Error = failureOf(err)
		} else {
			said.Value = value
		}
		if err := answers.Encode(said); err != nil {
			log.Fatal(err)
		}
	}
}
