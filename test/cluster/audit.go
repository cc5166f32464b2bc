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

package cluster

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// auditPolicy records each request once, when it has been answered, without bodies.
const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived, ResponseStarted]
rules:
- level: Metadata
`

// Request is one request that the API server has answered. A watch is answered when it ends.
type Request struct {
	// User is the name of who made it: one of People, or system:serviceaccount:NAMESPACE:NAME.
	User      string
	UserAgent string
	// Verb is get, list, watch, create, update, patch, delete or deletecollection.
	Verb string
	// Group, Resource and Subresource of what it was about, such as tekton.dev, customruns and status.
	Group, Resource, Subresource string
	Namespace, Name              string
	// Code is the HTTP status of the answer.
	Code int
	// Time at which the request was received.
	Time time.Time
}

// Writes says whether the request asked for a change.
func (r Request) Writes() bool {
	switch r.Verb {
	case "create", "update", "patch", "delete", "deletecollection":
		return true
	}
	return false
}

// Requests returns the requests answered so far for which keep is true, in the order in which they were answered.
// Options.Audit must be set.
func (c *Cluster) Requests(keep func(Request) bool) ([]Request, error) {
	if !c.opts.Audit {
		return nil, errors.New("reading the audit log: the cluster was started without Options.Audit")
	}
	f, err := os.Open(c.auditPath())
	if err != nil {
		return nil, fmt.Errorf("reading the audit log: %w", err)
	}
	defer f.Close()
	var requests []Request
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		r, err := parseAuditEvent(lines.Bytes())
		if err != nil {
			return nil, err
		}
		if keep(r) {
			requests = append(requests, r)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("reading the audit log: %w", err)
	}
	return requests, nil
}

func (c *Cluster) auditPath() string { return filepath.Join(c.dir, "audit.log") }

// parseAuditEvent reads one line of the audit log.
func parseAuditEvent(line []byte) (Request, error) {
	var event struct {
		Verb      string `json:"verb"`
		UserAgent string `json:"userAgent"`
		User      struct {
			Username string `json:"username"`
		} `json:"user"`
		ObjectRef struct {
			APIGroup    string `json:"apiGroup"`
			Resource    string `json:"resource"`
			Subresource string `json:"subresource"`
			Namespace   string `json:"namespace"`
			Name        string `json:"name"`
		} `json:"objectRef"`
		ResponseStatus struct {
			Code int `json:"code"`
		} `json:"responseStatus"`
		RequestReceivedTimestamp time.Time `json:"requestReceivedTimestamp"`
	}
	if err := json.Unmarshal(line, &event); err != nil {
		return Request{}, fmt.Errorf("reading the audit log: %w", err)
	}
	return Request{
		User:        event.User.Username,
		UserAgent:   event.UserAgent,
		Verb:        event.Verb,
		Group:       event.ObjectRef.APIGroup,
		Resource:    event.ObjectRef.Resource,
		Subresource: event.ObjectRef.Subresource,
		Namespace:   event.ObjectRef.Namespace,
		Name:        event.ObjectRef.Name,
		Code:        event.ResponseStatus.Code,
		Time:        event.RequestReceivedTimestamp,
	}, nil
}
