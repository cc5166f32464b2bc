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

// Package cluster runs a real Kubernetes control plane with Tekton Pipelines on one machine, without containers:
// etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kwok for simulated nodes, Tekton's controller and
// webhook, and this project's own. Every program is built from its Go module; nothing else is fetched.
//
//	opts := cluster.Options{Log: os.Stderr}
//	if err := cluster.Build(ctx, opts); err != nil {
//		return err
//	}
//	c, err := cluster.Start(ctx, opts)
//	if err != nil {
//		return err
//	}
//	defer c.Stop()
//	if err := c.InstallSuite(ctx); err != nil {
//		return err
//	}
//	client := dynamic.NewForConfigOrDie(c.RESTConfig(cluster.Alice))
//
// Two clusters may run side by side. Everything a cluster writes is in its state folder, .cache/run/NAME-*, and is
// removed by Stop. Its processes die with the program that started them; Down ends what a crash left all the same.
//
// Containers do not really run: kwok walks their pods through their phases. A TaskRun's pod succeeds at once unless
// annotations on the TaskRun, or on the Task it runs, or its environment, say otherwise: see PodResults.
//
// The control plane listens on the loopback address only. The probe, profiling and webhook servers of programs built
// on knative.dev/pkg have no option for that: they listen on every address, on ports that are free when the cluster
// starts.
package cluster
