#!/usr/bin/env bash
# Generates what is generated: deepcopy, clients, listers, informers, their injection, and the
# schemas inside config/300-*.yaml. The generators are the versions that go.mod pins.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

MODULE=github.com/customtasks/customtasks
HEADER=hack/boilerplate/boilerplate.go.txt
CONTROLLER_GEN=sigs.k8s.io/controller-tools/cmd/controller-gen@v0.18.0

# A module has a folder only once it has been downloaded, and nothing that is built imports these whole.
go mod download k8s.io/code-generator knative.dev/pkg knative.dev/hack

CODEGEN=$(go list -tags tools -m -f '{{.Dir}}' k8s.io/code-generator)
KNATIVE=$(go list -tags tools -m -f '{{.Dir}}' knative.dev/pkg)

# Module cache files are read only and not executable; the scripts are sourced or run by bash.
source "${CODEGEN}/kube_codegen.sh"

echo "deepcopy"
kube::codegen::gen_helpers --boilerplate "${HEADER}" pkg/apis

echo "clientset, listers, informers"
rm -rf pkg/client
kube::codegen::gen_client --with-watch \
  --boilerplate "${HEADER}" \
  --output-dir pkg/client \
  --output-pkg "${MODULE}/pkg/client" \
  pkg/apis

echo "injection"
bash "${KNATIVE}/hack/generate-knative.sh" injection \
  "${MODULE}/pkg/client" "${MODULE}/pkg/apis" \
  "approval:v1alpha1 cel:v1alpha1 custom:v1alpha1" \
  --go-header-file "${HEADER}"

echo "CRD schemas"
go run "${CONTROLLER_GEN}" \
  schemapatch:manifests=config,generateEmbeddedObjectMeta=false output:dir=config \
  paths=./pkg/apis/...

gofmt -w pkg/apis pkg/client
