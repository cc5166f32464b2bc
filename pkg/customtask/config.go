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
	"maps"
	"sync/atomic"

	corev1 "k8s.io/api/core/v1"
	"knative.dev/pkg/configmap"
)

type configKey struct{}

// Config is the data of the task's own ConfigMap, as of the start of the call that ctx belongs to. It
// is nil for a task that is no [ConfigWatcher].
func Config(ctx context.Context) map[string]string {
	data, _ := ctx.Value(configKey{}).(map[string]string)
	return maps.Clone(data)
}

// WithConfig returns a ctx that carries data for [Config], for tests.
func WithConfig(ctx context.Context, data map[string]string) context.Context {
	return context.WithValue(ctx, configKey{}, data)
}

// configMap holds what the ConfigMap of a ConfigWatcher says.
type configMap struct {
	data atomic.Pointer[map[string]string]
}

// watchConfig starts following the task's ConfigMap, if it has one.
func watchConfig(cmw configmap.Watcher, task any) *configMap {
	c := &configMap{}
	if w, ok := task.(ConfigWatcher); ok {
		cmw.Watch(w.ConfigName(), func(cm *corev1.ConfigMap) {
			data := maps.Clone(cm.Data)
			c.data.Store(&data)
		})
	}
	return c
}

func (c *configMap) with(ctx context.Context) context.Context {
	if c == nil {
		return ctx
	}
	if data := c.data.Load(); data != nil {
		return WithConfig(ctx, *data)
	}
	return ctx
}
