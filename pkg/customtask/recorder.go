/*
Copyright 2026 The Custom Tasks Authors

Licensed under the Apache License, Version 2.0 (the "License");
you may not use this file except in compliance with the License.
You may obtain a copy of the License at

    http://www.apache.org/licenses/LICENSE-2.0

Unless required by applicable law or agreed to in writing, software
distributed under the License is distributed on an "AS IS" BASIS,
WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
See the License for the specific language governing permissions and
limitations under the License.
*/

package customtask

import (
	"context"

	"go.uber.org/zap"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/record"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/injection"
	"knative.dev/pkg/logging"
)

// Events have a client with a budget of its own, so that a burst of them delays no run.
const (
	eventQPS   = 50
	eventBurst = 200
)

// newRecorder returns ctx's recorder, or one that records under the given name until ctx ends.
func newRecorder(ctx context.Context, name string) record.EventRecorder {
	if r := controller.GetEventRecorder(ctx); r != nil {
		return r
	}
	logger := logging.FromContext(ctx)
	cfg := rest.CopyConfig(injection.GetConfig(ctx))
	cfg.QPS, cfg.Burst, cfg.RateLimiter = eventQPS, eventBurst, nil
	client, err := kubernetes.NewForConfig(cfg)
	if err != nil {
		logger.Fatalw("making a client for Events", zap.Error(err))
	}
	broadcaster := record.NewBroadcaster(record.WithContext(ctx))
	broadcaster.StartRecordingToSink(&typedcorev1.EventSinkImpl{Interface: client.CoreV1().Events("")})
	return broadcaster.NewRecorder(scheme.Scheme, corev1.EventSource{Component: name})
}

// reticent leaves out what knative's reconciler says of finalizers: it is no change of the run (C63).
type reticent struct{ record.EventRecorder }

// Eventf records what is worth it.
func (r reticent) Eventf(object runtime.Object, eventtype, reason, format string, args ...any) {
	if reason != "FinalizerUpdate" {
		r.EventRecorder.Eventf(object, eventtype, reason, format, args...)
	}
}
