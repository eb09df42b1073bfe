// The OpenTelemetry Collector's own receiver for OTLP over HTTP: prints a line for each span that arrives, and first its address.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
)

type span struct {
	Service    string         `json:"service"`
	Name       string         `json:"name"`
	TraceID    string         `json:"traceId"`
	SpanID     string         `json:"spanId"`
	ParentID   string         `json:"parentId"`
	Attributes map[string]any `json:"attributes"`
}

func main() {
	var lock sync.Mutex
	out := json.NewEncoder(os.Stdout)
	sink, err := consumer.NewTraces(func(_ context.Context, traces ptrace.Traces) error {
		lock.Lock()
		defer lock.Unlock()
		for _, of := range traces.ResourceSpans().All() {
			service, _ := of.Resource().Attributes().Get("service.name")
			for _, scope := range of.ScopeSpans().All() {
				for _, one := range scope.Spans().All() {
					if err := out.Encode(span{
						service.AsString(), one.Name(), one.TraceID().String(), one.SpanID().String(),
						one.ParentSpanID().String(), one.Attributes().AsRaw(),
					}); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
	check(err)
	address := freeAddress()
	factory := otlpreceiver.NewFactory()
	config := factory.CreateDefaultConfig()
	check(confmap.NewFromStringMap(map[string]any{
		"protocols": map[string]any{"http": map[string]any{"endpoint": address}},
	}).Unmarshal(config))
	settings := receiver.Settings{
		ID:                component.NewID(factory.Type()),
		TelemetrySettings: componenttest.NewNopTelemetrySettings(),
	}
	otlp, err := factory.CreateTraces(context.Background(), settings, config, sink)
	check(err)
	check(otlp.Start(context.Background(), componenttest.NewNopHost()))
	fmt.Printf("{\"address\":%q}\n", address)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, os.Interrupt)
	<-stop
	check(otlp.Shutdown(context.Background()))
}

func freeAddress() string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	defer listener.Close()
	return listener.Addr().String()
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
