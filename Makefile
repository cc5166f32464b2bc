# Everything that the targets need beside Go and make comes from the Go module proxy, in pinned
# versions, and is kept in .cache.
SHELL := /bin/bash
.DEFAULT_GOAL := help

export CGO_ENABLED ?= 0
# The race detector needs cgo, and so a C compiler.
RACE := $(shell command -v gcc >/dev/null 2>&1 || command -v cc >/dev/null 2>&1 && echo -race)
CLUSTER := .cache/bin/cluster
E2E_TIMEOUT ?= 20m

.PHONY: help
help: ## Show the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: cluster ## Run a pipeline with an approval gate to its end on a local control plane (REJECT=1: reject it)
	@$(CLUSTER) demo $(if $(REJECT),-reject)

.PHONY: dev
dev: cluster ## Start a local control plane and keep it up until Ctrl-C
	@$(CLUSTER) dev

.PHONY: dev-down
dev-down: cluster ## End make dev, and remove what crashes left behind
	@$(CLUSTER) down

.PHONY: test
test: unit verify e2e ## Run every test

.PHONY: unit
unit: ## Run the tests that need no cluster, with the race detector
	go vet ./...
	CGO_ENABLED=$(if $(RACE),1,0) go test -vet=off $(RACE) ./...
	cd test/cluster && go vet ./... && go test ./...
	cd test/outside && go vet ./... && go test -count=1 ./...
	cd examples/custom-kind && go vet ./... && go test ./...
	cd examples/embedding && go vet ./...
	cd test/bench && go vet ./...

.PHONY: faults
faults: ## Put known faults into the code, one at a time, and see that a test notices (ONLY=word: those that have it)
	go run ./test/faults -only "$(ONLY)"

.PHONY: verify
verify: ## Check that the generated code is up to date and everything is formatted
	@unformatted=$$(gofmt -l cmd examples hack internal pkg test); \
	  if [ -n "$$unformatted" ]; then echo "not formatted:"; echo "$$unformatted"; exit 1; fi
	hack/verify-codegen.sh
	go run ./hack/api -check

.PHONY: e2e
e2e: cluster ## Run the tests on a real API server and a real Tekton
	$(CLUSTER) build
	cd test/e2e && go vet -tags e2e ./... && go test -vet=off -tags e2e -count=1 -parallel 8 -timeout $(E2E_TIMEOUT) ./...

.PHONY: conformance
conformance: cluster ## Check every kind here against the contract and write docs/conformance.md
	$(CLUSTER) build
	cd test/e2e && go test -tags e2e -count=1 -timeout $(E2E_TIMEOUT) -run '^TestConformance$$' . \
	  -args -conformance-report=$(CURDIR)/docs/conformance.md

.PHONY: bench
bench: cluster ## Measure speed, requests and memory on a local control plane (about 6 minutes)
	$(CLUSTER) build
	cd test/bench && go run . $(BENCHFLAGS)

.PHONY: generate
generate: ## Generate clients, deepcopy, CRD schemas and the listings of the Go API
	hack/update-codegen.sh
	go run ./hack/api

.PHONY: lint
lint: ## Run golangci-lint
	go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.5.0 run ./...

.PHONY: cluster
cluster:
	@go build -C test/cluster -trimpath -o $(CURDIR)/$(CLUSTER) ./cmd/cluster

.PHONY: clean
clean: dev-down ## Remove the cache folder
	rm -rf .cache
