// Copyright 2026 The Custom Tasks Authors. SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"

	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	pipelineruninformer "github.com/tektoncd/pipeline/pkg/client/injection/informers/pipeline/v1/pipelinerun"
	pipelinerunreconciler "github.com/tektoncd/pipeline/pkg/client/injection/reconciler/pipeline/v1/pipelinerun"
	"go.uber.org/zap"
	"knative.dev/pkg/configmap"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/logging"
	"knative.dev/pkg/reconciler"
)

// newReporter is an ordinary knative controller. It logs how PipelineRuns ended, and writes nothing.
func newReporter(ctx context.Context, _ configmap.Watcher) *controller.Impl {
	impl := pipelinerunreconciler.NewImpl(ctx, &reporter{}, func(*controller.Impl) controller.Options {
		return controller.Options{SkipStatusUpdates: true}
	})
	if _, err := pipelineruninformer.Get(ctx).Informer().AddEventHandler(controller.HandleAll(impl.Enqueue)); err != nil {
		logging.FromContext(ctx).Fatalw("watching PipelineRuns", zap.Error(err))
	}
	return impl
}

type reporter struct{}

func (*reporter) ReconcileKind(ctx context.Context, run *pipelinev1.PipelineRun) reconciler.Event {
	if run.IsDone() {
		logging.FromContext(ctx).Infow("a PipelineRun has ended", "name", run.Name, "success", run.IsSuccessful())
	}
	return nil
}
