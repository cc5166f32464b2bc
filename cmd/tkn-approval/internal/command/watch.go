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

package command

import (
	"context"
	"fmt"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	approvalclient "github.com/customtasks/customtasks/pkg/client/clientset/versioned/typed/approval/v1alpha1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
)

// follow lists, and prints what comes and changes after that. The API server ends a watch now and then;
// then it lists again and prints what has changed meanwhile.
func (l *listing) follow(ctx context.Context, client approvalclient.ApprovalRequestInterface) error {
	seen := map[types.UID]string{} // resourceVersion of each request that was printed
	for {
		list, err := sorted(ctx, client)
		if err != nil {
			return err
		}
		var news []v1alpha1.ApprovalRequest
		for i := range list.Items {
			if l.news(ctx, &list.Items[i], seen) {
				news = append(news, list.Items[i])
			}
		}
		if err := l.printer.each(news); err != nil {
			return err
		}
		events, err := client.Watch(ctx, metav1.ListOptions{ResourceVersion: list.ResourceVersion})
		if err != nil {
			return fmt.Errorf("watching approval requests: %w", err)
		}
		if err := l.stream(ctx, events, seen); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// stream prints what a watch brings, until it ends.
func (l *listing) stream(ctx context.Context, events watch.Interface, seen map[types.UID]string) error {
	defer events.Stop()
	for event := range events.ResultChan() {
		if event.Type == watch.Error {
			err := apierrors.FromObject(event.Object)
			if apierrors.IsGone(err) || apierrors.IsResourceExpired(err) {
				return nil
			}
			return fmt.Errorf("watching approval requests: %w", err)
		}
		request, ok := event.Object.(*v1alpha1.ApprovalRequest)
		if !ok || event.Type == watch.Deleted || event.Type == watch.Bookmark || !l.news(ctx, request, seen) {
			continue
		}
		if err := l.printer.each([]v1alpha1.ApprovalRequest{*request}); err != nil {
			return err
		}
	}
	return nil
}

// news reports whether a request is to be printed, and remembers that it was. One that was printed once is
// printed when it changes, whatever becomes of it; but a mere name, which tells no change, is not.
func (l *listing) news(ctx context.Context, request *v1alpha1.ApprovalRequest, seen map[types.UID]string) bool {
	version, known := seen[request.UID]
	if !known && !l.wanted(ctx, request) || known && (version == request.ResourceVersion || l.printer.names) {
		return false
	}
	seen[request.UID] = request.ResourceVersion
	return true
}
